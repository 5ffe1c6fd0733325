"""The town of the eyes' own tests, with a real RTSP server as its camera."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.eyes.conftest import Declare, Town, burglary, configured, declare, happen, town
from tests.eyes.peers import RtspPeer, rtsp_peer

__all__ = ["Declare", "Town", "burglary", "configured", "declare", "happen", "town"]


@pytest.fixture
def camera(declare: Declare) -> Iterator[RtspPeer]:
    """C-1 is a real RTSP server, with a recorder."""
    with rtsp_peer() as peer:
        declare(rtsp=peer.address("live"), replay=peer.address("replay?from={from}&to={to}"))
        yield peer
