"""Every room says what it is; no drawer for what nobody named; errors are never swallowed in silence."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.house.sources import SOURCE, code, rooms, shown

pytestmark = pytest.mark.unit

DRAWERS = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "base", "misc"}
_NOQA = re.compile(r"#\s*noqa(?::\s*[A-Z0-9, ]+?)?(?P<reason>\s+-\s+\S.*)?$")


@pytest.mark.parametrize("room", rooms(), ids=shown)
def test_a_room_says_what_enters_what_leaves_and_its_facts(room: Path) -> None:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    lines = [line for line in text.splitlines() if line.strip()]
    assert 4 <= len(lines) <= 9, f"{shown(room)}: about five lines, found {len(lines)}"
    for said in ("enters", "leaves", "Facts"):
        assert said in text, f"{shown(room)}: does not say '{said}'"


def test_no_drawer() -> None:
    found = [
        shown(path)
        for path in code(".py", ".js", ".css", ".html")
        if DRAWERS & {path.stem, *path.relative_to(SOURCE.parents[1]).parts[:-1]} and path.name != "base.html"
    ]
    assert found == []


def _broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))
        for kind in kinds
    )


def test_a_broad_except_gives_its_reason() -> None:
    silent = []
    for path in code(".py", under=("src", "tools")):
        text = path.read_text()
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler) and _broad(node):
                beside = "\n".join(lines[node.lineno - 1 : node.lineno + 1])
                reason = re.search(r"#\s*(?:noqa[^-\n]*-\s*)?(?!noqa)\w.{10,}", beside)
                if not reason:
                    silent.append(f"{shown(path)}:{node.lineno}")
    assert silent == []


def test_every_noqa_gives_its_reason() -> None:
    silent = [
        f"{shown(path)}:{number}"
        for path in code(".py", under=("src", "tools", "benchmarks"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (found := _NOQA.search(line)) and not found["reason"]
    ]
    assert silent == []


def _writes_of(path: Path) -> set[str]:
    """Names of the ORM's writing methods that a file calls."""
    writing = {"create", "bulk_create", "save", "update", "bulk_update", "update_or_create", "get_or_create"}
    return {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing
    }


def test_queries_and_rules_never_write() -> None:
    reading = [
        path
        for path in code(".py", under=("src",))
        if path.stem == "queries" or path.stem.startswith("rules")
    ]
    assert reading
    # `update` alone is also a method of sets, dictionaries and hashes.
    assert {shown(path): found for path in reading if (found := _writes_of(path) - {"update"})} == {}
