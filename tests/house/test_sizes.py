"""Files and functions stay of a size that one person can hold in mind."""

from __future__ import annotations

import ast
import re

import pytest
from tests.house.sources import code, shown

pytestmark = pytest.mark.unit

FILE_LINES, FUNCTION_LINES = 400, 60
_OPENS = re.compile(
    r"(function\b.*|=>\s*|^\s*(?:async\s+|static\s+|get\s+|set\s+)*[\w#$]+\([^;]*\)\s*)\{\s*$"
)
_CONTROL = re.compile(r"^\s*(?:\}\s*)?(?:if|for|while|switch|catch|else|do|try|with)\b")


def _script_functions(text: str) -> list[tuple[str, int]]:
    """Name line and length of each JavaScript function, by the indentation that closes it."""
    lines = text.splitlines()
    found = []
    for start, line in enumerate(lines):
        if not _OPENS.search(line) or _CONTROL.match(line):
            continue
        indent = line[: len(line) - len(line.lstrip())]
        closes = re.compile(re.escape(indent) + r"\}")
        end = next((n for n in range(start + 1, len(lines)) if closes.match(lines[n])), len(lines) - 1)
        found.append((line.strip(), end - start + 1))
    return found


def _python_functions(text: str) -> list[tuple[str, int]]:
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_file_is_too_long() -> None:
    files = code(".py", ".js", ".mjs", ".css", ".html")
    lengths = {shown(path): len(path.read_text().splitlines()) for path in files}
    assert len(lengths) > 40
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    long = [
        (shown(path), name, lines)
        for path in code(".py", ".js", ".mjs")
        for name, lines in (_python_functions if path.suffix == ".py" else _script_functions)(
            path.read_text()
        )
        if lines > FUNCTION_LINES
    ]
    assert long == []


def test_the_reader_of_scripts_measures() -> None:
    text = "function a() {\n  if (b) {\n    c();\n  }\n}\nconst d = (e) => {\n  f();\n};\n"
    assert [lines for _, lines in _script_functions(text)] == [5, 3]
