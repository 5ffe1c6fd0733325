"""On which line of a TOML text each key stands: the standard reader of TOML does not say."""

from __future__ import annotations

import re
from collections import Counter

Where = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_LIST = re.compile(r"^\s*\[\[\s*([^\[\]]+?)\s*\]\]\s*(?:#.*)?$")
_NAME = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.|=)""")


def lines_of(text: str) -> dict[Where, int]:
    """The line (from 1) of each table and key; tables of a list carry their index."""
    found: dict[Where, int] = {}
    counts: Counter[Where] = Counter()
    table: Where = ()
    for number, line in enumerate(text.splitlines(), 1):
        listed, single = _LIST.match(line), _TABLE.match(line)
        if listed or single:
            name = _parts((listed or single)[1])  # type: ignore[index]
            # `[observation.kind]` belongs to the last `[[observation]]`.
            head = name[:1]
            table = (*head, counts[head] - 1, *name[1:]) if counts[head] and len(name) > 1 else name
            if listed:
                counts[table] += 1
                table = (*table, counts[table] - 1)
            found[table] = number
        else:
            key = _key(line)
            if key:
                found.setdefault((*table, *key), number)
    return found


def line_of(found: dict[Where, int], where: Where) -> int:
    """The line of what stands at `where`, or of the nearest that holds it."""
    for length in range(len(where), 0, -1):
        if where[:length] in found:
            return found[where[:length]]
    return 1


def _parts(name: str) -> Where:
    return tuple(each.strip().strip("\"'") for each in name.split("."))


def _key(line: str) -> Where:
    parts: list[str] = []
    at = 0
    while found := _NAME.match(line, at):
        parts.append(found[1] or found[2] or found[3] or "")
        if found[4] == "=":
            return tuple(parts)
        at = found.end()
    return ()
