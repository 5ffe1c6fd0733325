"""`python -m benchmarks` lists the benchmarks; `python -m benchmarks NAME…` runs them.

A benchmark is a module of this folder with `run(quick: bool) -> list[Figure]`; the first
line of its docstring says what it measures.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import _report

_HERE = Path(__file__).parent


def names() -> list[str]:
    """The benchmarks there are: `fusion_quality.py` is `fusion-quality`."""
    return sorted(file.stem.replace("_", "-") for file in _HERE.glob("*.py") if not file.stem.startswith("_"))


def _module(name: str) -> str:
    return name.replace("-", "_")


def purpose(name: str) -> str:
    """The first line of the benchmark's docstring, read without running it."""
    text = ast.get_docstring(ast.parse((_HERE / f"{_module(name)}.py").read_text())) or ""
    return text.partition("\n")[0]


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which benchmarks to run; none: list them")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="a rougher answer in under 45 s")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked; 0 when every budget holds, 1 when one does not, 2 for an unknown name."""
    asked = _arguments(arguments)
    known = names()
    if not asked.names:
        width = max(map(len, known), default=0)
        print("\n".join(f"{name.ljust(width)}  {purpose(name)}" for name in known))
        return 0
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    # A measurement never touches the installation of whoever runs it.
    os.environ.setdefault("BEFFROI_DATA_DIR", tempfile.mkdtemp(prefix="beffroi-bench-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")
    figures: list[_report.Figure] = []
    for name in asked.names:
        started = time.perf_counter()
        measured = importlib.import_module(f"benchmarks.{_module(name)}").run(asked.quick)
        figures += measured
        if asked.json:
            print("\n".join(_report.line(each) for each in measured), flush=True)
        else:
            print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    if not asked.json:
        print(_report.table(figures))
    return 1 if any(each.holds is False for each in figures) else 0


if __name__ == "__main__":
    raise SystemExit(main())
