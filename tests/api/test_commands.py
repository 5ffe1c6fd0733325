"""`beffroi token` and `beffroi webhook`, as an administrator types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.during.webhooks.peers import receiver
from tests.journey.installation import Installation
from tests.territory.towns import cross

pytestmark = pytest.mark.journey


def refused(made: Installation, *arguments: str) -> str:
    """What a command that fails says."""
    done = subprocess.run(
        [sys.executable, "-m", "beffroi", *arguments],
        env=made.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr


def test_a_program_from_its_token_to_its_end(tmp_path: Path) -> None:
    made = Installation(tmp_path / "data")
    made.environment["BEFFROI_WEBHOOK_NETWORKS"] = "127.0.0.0/8"
    made.set_up()
    file = cross(tmp_path / "cross.osm")
    made.command("territory", "import", "--name", "Redon", "--key", "redon", "--osm", str(file))
    made.command(
        "people", "invite", "--email", "a@m.example", "--name", "A", "--role", "administrator",
        "--organisation", "Mairie", "--everywhere",
    )  # fmt: skip
    asked = ["--name", "SIG", "--organisation", "Mairie", "--scope", "events:read", "--territory", "redon"]
    assert "365" in refused(made, "token", "add", *asked, "--days", "400")
    first = made.answer("token", "add", *asked, "--days", "90")
    (row,) = made.answer("token", "list")
    assert (row["name"], row["state"], row["reach"]) == ("SIG", "live", ["redon"])
    assert first["token"] not in json.dumps(row)
    assert made.answer("token", "renew", "SIG", "--days", "365")["token"] != first["token"]
    assert [each["email"] for each in made.answer("people", "list")] == ["a@m.example"]
    with receiver() as peer:
        peer.plan = [204, 500]
        one = made.answer("webhook", "add", "--program", "SIG", "--url", peer.url)
        assert one["secret"].startswith("whsec_")
        key = one["subscription"]
        assert made.answer("webhook", "test", key)["status"] == 204
        assert "http_500" in refused(made, "webhook", "test", key)
    assert [each["fault"] for each in made.answer("webhook", "deliveries", key)] == ["http_500", ""]
    made.command("webhook", "pause", key)
    assert made.answer("webhook", "list")[0]["state"] == "paused"
    made.command("webhook", "resume", key, "--skip")
    made.command("webhook", "remove", key)
    assert made.answer("webhook", "list") == []
    assert "incident.opened" in made.answer("webhook", "kinds")
    made.command("token", "revoke", "SIG")
    assert made.answer("token", "list")[0]["state"] == "revoked"
