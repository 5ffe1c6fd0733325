"""GeoReport v2's own words: answers and errors, as JSON or XML by the extension asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from beffroi.during.intake.connectors import WebAnswer

_JSON, _XML = "application/json; charset=utf-8", "text/xml; charset=utf-8"
_Row = Mapping[str, str | bool]


def split(path: str) -> tuple[str, str]:
    """A resource and the format asked for, from `requests.json`."""
    resource, _, form = path.rpartition(".")
    return resource, form.lower()


def answer(rows: Sequence[_Row], form: str, *, names: tuple[str, str], status: int = 200) -> WebAnswer:
    """Rows as a list; in XML under `names`: the list's and each row's. JSON unless `form` is xml."""
    if form != "xml":
        return WebAnswer(_JSON, json.dumps([dict(row) for row in rows]).encode(), status)
    root = ElementTree.Element(names[0])
    for row in rows:
        item = ElementTree.SubElement(root, names[1])
        for name, value in row.items():
            ElementTree.SubElement(item, name).text = str(value).lower() if isinstance(value, bool) else value
    return WebAnswer(_XML, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), status)


def refusal(status: int, description: str, form: str) -> WebAnswer:
    """One error, with the code of its HTTP status as the standard advises."""
    row = {"code": str(status), "description": _printable(description)}
    return answer([row], form, names=("errors", "error"), status=status)


def _printable(text: str) -> str:
    return "".join(each for each in text if each.isprintable())
