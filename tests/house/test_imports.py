"""The street's order holds, and the check that says so can fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from tests.house.sources import ROOT, SOURCE, pure

pytestmark = pytest.mark.unit


def _lint(source: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(
        [*command, "--config", str(ROOT / ".importlinter"), "--no-cache", "--no-logo"],
        cwd=source,
        env=os.environ | {"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_holds() -> None:
    done = _lint(ROOT / "src")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("room", "content", "said"),
    [
        ("utils", '"""A drawer."""\n', "utils"),
        ("during/shared", '"""A drawer between rooms."""\n', "shared"),
        ("territory", "import beffroi.during.fusion\n", "territory"),
        ("before/signal", "from django.db import models\n", None),
    ],
)
def test_a_wrong_import_or_an_unknown_room_fails(
    tmp_path: Path, room: str, content: str, said: str | None
) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "static", "data", "locale")
    shutil.copytree(SOURCE, tmp_path / "beffroi", ignore=ignored)
    where = tmp_path / "beffroi" / room
    where.mkdir(exist_ok=True)
    file = where / "__init__.py" if said in ("utils", "shared") else where / "rules_of_a_test.py"
    if said is None:
        file = where / "rules.py"
    file.write_text(content)
    done = _lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (said or "django") in done.stdout


def test_pure_parts_never_reach_django() -> None:
    graph = grimp.build_graph("beffroi", include_external_packages=True, cache_dir=None)
    pages = [path.relative_to(SOURCE.parent).with_suffix("") for path in pure()]
    modules = [".".join(page.parts).removesuffix(".__init__") for page in pages]
    assert len(modules) > 5
    reached = [chain for module in modules if (chain := graph.find_shortest_chain(module, "django"))]
    assert not reached
