"""`beffroi demo` sets a town up, tells its story through the real doors, and stops as it should."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journey.installation import Installation

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, str, int]:
    """A demo told at ten times its pace while another program holds the port it would like."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    house = Installation(folder)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "beffroi", "demo", "--once", "--pace", "10"],
            env={**house.environment, "BEFFROI_PORT": str(port)},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return house, done.stdout + done.stderr, port


def test_it_says_where_to_look_and_how_to_sign_in(told: tuple[Installation, str, int]) -> None:
    _, said, _ = told
    assert re.search(r"http://127\.0\.0\.1:\d+/", said)
    for role in ("operator", "supervisor", "referent"):
        assert re.search(rf"{role}\s+http\S+\s+\S+@\S+\s+[a-z]+-[a-z]+-[a-z]+", said), said


def test_a_port_in_use_is_said_and_another_taken(told: tuple[Installation, str, int]) -> None:
    _, said, port = told
    assert f"Port {port} is in use" in said
    assert f"127.0.0.1:{port}/" not in said


def test_the_story_was_told_to_its_end(told: tuple[Installation, str, int]) -> None:
    _, said, _ = told
    assert said.count("story: ") == 12
    assert "The story stopped" not in said


def test_it_left_one_confirmed_act_a_doubtful_one_and_a_mended_camera(
    told: tuple[Installation, str, int],
) -> None:
    house, _, _ = told
    log = house.command("journal", "export", "territory:bourg-lexercice")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"entry"')]
    facts = [json.loads(each["entry"])[2]["fact"] for each in lines]
    assert facts.count("incident.opened") == 3
    assert facts.count("incident.confirmed") == 1
    assert facts.count("signal.reported") == 1
    assert facts[-1] == "rehearsal.played" or "rehearsal.played" in facts


def test_the_journal_holds_and_replay_agrees(told: tuple[Installation, str, int]) -> None:
    house, _, _ = told
    assert house.answer("journal", "verify")["good"]
    house.command("replay", "--territory", "bourg-lexercice", "--from-start")


def test_nothing_is_left_running(told: tuple[Installation, str, int]) -> None:
    house, said, _ = told
    assert not (house.data / "running.json").exists()
    assert "Traceback" not in said


def test_a_folder_that_is_no_demo_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "precious").write_text("kept")
    done = subprocess.run(
        [sys.executable, "-m", "beffroi", "demo", "--once"],
        env={**os.environ, "BEFFROI_DATA_DIR": str(tmp_path / "data"), "BEFFROI_CONFIG": os.devnull},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert (tmp_path / "data" / "precious").read_text() == "kept"
