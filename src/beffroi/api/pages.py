"""The OpenAPI document as a page says it: operations in groups, their parameters and schemas in rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from beffroi.api import contract
from beffroi.foundation.errors import BeffroiError

GROUPS = {
    "incidents": _("Incidents"),
    "units": _("Patrol units"),
    "devices": _("Devices"),
    "events": _("Events"),
    "on call": _("On call"),
    "observations": _("Observations"),
    "incoming": _("Other formats"),
}
_MOST_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field: its name, where it stands or how deep, its type, what it means."""

    name: str
    where: str
    kind: str
    meaning: str
    needed: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scopes: tuple[str, ...]
    door: str
    parameters: tuple[Row, ...]
    body: tuple[Row, ...]
    answer: tuple[Row, ...]
    codes: tuple[tuple[str, str], ...]


def groups() -> list[tuple[str, list[Operation]]]:
    """Operations by group, in the reader's language."""
    found: dict[str, list[Operation]] = {tag: [] for tag in GROUPS}
    for path, item in contract.document()["paths"].items():
        for method, each in item.items():
            found[each["tags"][0]].append(_operation(path, method, each))
    return [(gettext(GROUPS[tag]), operations) for tag, operations in found.items() if operations]


def _operation(path: str, method: str, each: dict[str, Any]) -> Operation:
    responses = each["responses"]
    good = next((code for code in ("200", "202") if code in responses), "")
    return Operation(
        id=f"{method}-{path}".replace("/", "-").replace("{", "").replace("}", ""),
        method=method.upper(),
        path=path,
        summary=_summary(each),
        description=_said(each),
        scopes=tuple(each.get("x-scopes", ())),
        door=next(iter(each["security"][0])),
        parameters=tuple(_parameter(one) for one in each.get("parameters", ())),
        body=tuple(_rows(_schema(each.get("requestBody")))),
        answer=tuple(_rows(_schema(responses.get(good)))),
        codes=tuple((code, _said(one)) for code, one in sorted(responses.items())),
    )


def _summary(each: dict[str, Any]) -> str:
    words = str(each["summary"])
    return gettext(words)


def _parameter(one: dict[str, Any]) -> Row:
    schema = one.get("schema", {})
    words = _said(one) or _said(schema)
    return Row(one["name"], one["in"], kind_of(schema), words, bool(one.get("required")))


def _said(part: dict[str, Any]) -> str:
    """What a part of the document says of itself, in the reader's language."""
    words = str(part.get("description", ""))
    return gettext(words) if words else ""


def _schema(holder: dict[str, Any] | None) -> dict[str, Any]:
    content = (holder or {}).get("content", {})
    found: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return found


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "")
    if reference.count("/") == 3:
        found: dict[str, Any] = contract.document()["components"]["schemas"][reference.rpartition("/")[2]]
        return found
    return schema


def _rows(schema: dict[str, Any], depth: int = 0) -> list[Row]:
    """The fields of a schema, those of what it holds below them."""
    here = _resolved(schema)
    if "anyOf" in here and "properties" not in here:
        here = _resolved(next((each for each in here["anyOf"] if each.get("type") != "null"), {}))
    if here.get("type") == "array":
        here = _resolved(here.get("items", {}))
    needed = set(here.get("required", ()))
    found: list[Row] = []
    for name, each in here.get("properties", {}).items():
        found.append(Row(name, "", kind_of(each), _said(each), name in needed, depth))
        if depth + 1 < _MOST_LEVELS:
            found += _rows(each, depth + 1)
    return found


def kind_of(schema: dict[str, Any]) -> str:
    """A schema's type in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind_of(each) for each in schema["anyOf"]))
    if schema.get("enum"):
        shown = [str(each) for each in schema["enum"]]
        return " | ".join(shown) if len(shown) <= 8 else f"{' | '.join(shown[:6])} … ({len(shown)})"
    if schema.get("type") == "array":
        return f"[{kind_of(schema.get('items', {}))}]"
    said = str(schema.get("format") or schema.get("const") or schema.get("type") or "any")
    return said


def errors() -> list[tuple[str, int, str, str]]:
    """Every error that operations may answer: code, status, sentence and advice in the reader's language."""
    found = {each.code: each for each in _known(BeffroiError) if each.code.partition(".")[0] in _ROOMS}
    return [
        (code, each.status, _open(gettext(each.message)), gettext(each.advice) if each.advice else "")
        for code, each in sorted(found.items())
    ]


_ROOMS = {"api", "beffroi", "people", "incident", "dispatch", "territory", "intake", "oncall"}


def _open(template: str) -> str:
    """A sentence whose fields are shown as `…`."""
    parts = template.replace("{", "\0{").replace("}", "}\0").split("\0")
    return "".join("…" if part.startswith("{") else part for part in parts)


def _known(root: type[BeffroiError]) -> list[type[BeffroiError]]:
    return [each for child in root.__subclasses__() for each in (child, *_known(child))]
