"""What tests may find on a machine: real input and real services; they skip by name where it is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_default = Path(__file__).resolve().parents[2] / "shared" / "data"


def need(name: str) -> Path:
    """The path of the real input `name`; skips the test, saying which file is missing."""
    path = Path(os.environ.get("BEFFROI_SHARED_DATA", _default)) / name
    if not path.exists():
        pytest.skip(f"real input {name} is not on this machine (set BEFFROI_SHARED_DATA)")
    return path


def service(name: str, found: object, advice: str) -> None:
    """Skip a test whose service `name` is not `found`; fail it where every service must be there."""
    if found:
        return
    if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
        pytest.fail(f"{name} must be on this machine: {advice}")
    pytest.skip(f"{name} is not on this machine ({advice})")
