"""An import killed at any moment leaves the town as it was, or whole; the next one works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.real_data import need

pytestmark = [pytest.mark.fault]

BEFFROI = "import sys; from beffroi.house.main import main; sys.argv[0] = 'beffroi'; main()"


def command(data: Path, *words: str | Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "BEFFROI_DATA_DIR": str(data), "BEFFROI_CONFIG": os.devnull}
    line = [sys.executable, "-c", BEFFROI, *(str(word) for word in words)]
    return subprocess.Popen(
        line,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def answer(data: Path, *words: str | Path) -> str:
    process = command(data, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_killed_at_any_moment(tmp_path: Path) -> None:
    data = tmp_path / "house"
    first, second = need("osm/saint-jean-la-poterie.osm.gz"), need("osm/redon.osm.gz")
    began = time.monotonic()
    answer(data, "territory", "import", "--name", "Essai", "--osm", first)
    whole = time.monotonic() - began
    for share in (0.5, 0.7, 0.8, 0.9, 0.97):
        process = command(data, "territory", "import", "--name", "Essai", "--osm", second)
        time.sleep(whole * share)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        shown = json.loads(answer(data, "territory", "show", "essai", "--json"))
        sources = {1: first.name, 2: second.name}
        assert shown["version"]["source_name"] == sources[shown["version"]["number"]]
        folder = data / shown["version"]["folder"]
        assert all((folder / name).exists() for name in shown["version"]["files"])
    answer(data, "territory", "import", "--name", "Essai", "--osm", second)
    shown = json.loads(answer(data, "territory", "show", "essai", "--json"))
    assert (shown["version"]["number"], shown["versions"]) == (2, 2)
    assert shown["version"]["source_name"] == second.name
