"""What the house checks read: the files of the product, as the repository tracks them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "beffroi"
_LEFT_OUT = {"vendor", "node_modules", "__pycache__", "data"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is or may become part of the repository (tracked, or new and not ignored)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(ROOT / name for name in sorted(listed.split("\0")) if name and (ROOT / name).is_file())


def code(
    *suffixes: str, under: tuple[str, ...] = ("src", "tests", "tools", "benchmarks", "frontend")
) -> list[Path]:
    """Files written by hand with one of the suffixes; migrations are Django's own writing."""
    return [
        path
        for path in tracked()
        if path.suffix in suffixes
        and path.relative_to(ROOT).parts[0] in under
        and not _LEFT_OUT & set(path.relative_to(ROOT).parts)
        and "migrations" not in path.parts
    ]


def shown(path: Path) -> str:
    """The path as a reader of a failure wants it: from the repository's root."""
    return str(path.relative_to(ROOT))


def rooms() -> list[Path]:
    """Every room, and the three times that hold rooms of their own."""
    times = [SOURCE / name for name in ("before", "during", "after")]
    inner = [each for time in times if time.is_dir() for each in sorted(time.iterdir())]
    outer = [each for each in sorted(SOURCE.iterdir()) if each not in times]
    return [each for each in outer + inner if (each / "__init__.py").exists()]


def pure() -> list[Path]:
    """The parts that run without Django: rules, methods, the tree, the seal's reader, the foundation."""
    return [
        path
        for path in code(".py", under=("src",))
        if path.is_relative_to(SOURCE / "foundation")
        or any(part.startswith("rules") or part == "methods" for part in path.parts)
        or path in (SOURCE / "journal" / "merkle.py", SOURCE / "after" / "evidence" / "verify.py")
    ]
