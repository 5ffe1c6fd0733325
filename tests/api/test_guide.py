"""The guides' walk with curl, run as it is written, and their check of a signature."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.api.test_contract import Server, server
from tests.house.sources import ROOT

from beffroi.during.incident.models import Incident, Note
from beffroi.during.webhooks.rules import signing

__all__ = ["server"]
pytestmark = pytest.mark.desk
GUIDES = ("docs/guides/integrator.md", "docs/fr/integrateur.md")


def blocks(guide: str, kind: str) -> list[str]:
    """The blocks of code of a guide."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", (ROOT / guide).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES)
def test_the_walk_with_curl_goes_as_the_guide_says(guide: str, server: Server, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    walk = blocks(guide, "sh")
    assert len(walk) == 5
    environment = {**os.environ, "BEFFROI": server.address, "TOKEN": server.program}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(walk)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "taken.json").read_text())["id"] == server.incident
    assert (tmp_path / "token.header").stat().st_mode & 0o077 == 0
    problem = json.loads((tmp_path / "problem.json").read_text())
    assert problem["code"] == "incident.already_acknowledged"
    assert ("acquittée" in problem["title"]) == ("fr/" in guide)
    assert Incident.objects.get(pk=server.incident).acknowledged_at is not None
    assert Note.objects.count() == 1


@pytest.mark.parametrize("guide", GUIDES)
def test_the_guides_check_knows_what_is_genuine(guide: str) -> None:
    found: dict[str, Any] = {}
    (code,) = blocks(guide, "python")
    exec(code, found)  # noqa: S102 - the guide's own words
    genuine = found["genuine"]
    secrets = [signing.written(bytes([n]) * 32) for n in (1, 2)]
    headers = signing.headers(secrets, identifier="m", timestamp=1_800_000_000, body=b"{}")
    for secret in secrets:
        assert genuine(secret, headers, b"{}", now=1_800_000_010)
    assert not genuine(signing.written(b"3" * 32), headers, b"{}", now=1_800_000_010)
    assert not genuine(secrets[0], headers, b"{ }", now=1_800_000_010)
    assert not genuine(secrets[0], headers, b"{}", now=1_800_001_000)


def test_both_guides_walk_the_same_way() -> None:
    assert blocks(GUIDES[0], "python") == blocks(GUIDES[1], "python")
    plain = [[re.sub(r"'[^']*'", "", each) for each in blocks(guide, "sh")] for guide in GUIDES]
    assert [len(each) for each in plain] == [5, 5]
