"""Pure parts are typed strictly; everything is written in one style."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.house.sources import ROOT, pure, shown

pytestmark = pytest.mark.unit


def _run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_pure_parts_pass_mypy_strict() -> None:
    files = [shown(path) for path in pure()]
    assert len(files) > 8
    _run("mypy", "--strict", "--follow-imports=silent", *files)


def test_one_style() -> None:
    _run("ruff", "check", "--quiet", "src", "tests", "tools", "benchmarks")
    _run("ruff", "format", "--check", "--quiet", "src", "tests", "tools", "benchmarks")


def test_the_checks_run_on_this_python() -> None:
    assert sys.version_info >= (3, 11)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
