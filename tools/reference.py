"""Writes `docs/reference/`: every setting, fact, command and connector, from the code itself.

python -m tools.reference           write the pages
python -m tools.reference --check   exit 1 when a page is not what the code says
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "beffroi"
REFERENCE = ROOT / "docs" / "reference"
_NOTE = "<!-- Written by `python -m tools.reference`: change the code, not this page. -->"


def _page(title: str, lead: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", _NOTE, "", lead, "", *lines]).rstrip() + "\n"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _row(*cells: object) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def settings() -> str:
    """The page of the settings."""
    from beffroi.foundation.settings import Settings

    lead = (
        "Read once at start: from `beffroi.toml` (or the file that `BEFFROI_CONFIG` names), then from the\n"
        "environment, which wins. The environment's name is `BEFFROI_` and the setting in capitals."
    )
    rows = [_row("setting", "default", "unit", "what it is for"), "|---|---|---|---|"]
    for each in fields(Settings):
        default = f"`{each.default}`" if each.default != "" else "(empty)"
        secret = " Secret: never shown or logged." if each.metadata["secret"] else ""
        rows.append(_row(f"`{each.name}`", default, each.metadata["unit"], each.metadata["help"] + secret))
    return _page("Settings", lead, rows)


def _module_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)


def facts() -> str:
    """The page of the facts that rooms append to the journal."""
    from beffroi.journal.facts import declared

    for path in sorted(SOURCE.glob("**/facts.py")):
        importlib.import_module(_module_of(path))
    lead = (
        "What the journal (main courante) may hold, room by room. No personal content: identifiers, codes,\n"
        "figures and salted hashes. An old version stays readable for ever."
    )
    lines: list[str] = []
    room = ""
    for (name, version), fact in sorted(declared().items(), key=lambda each: (each[1].__module__, each[0])):
        if not fact.__module__.startswith("beffroi."):
            continue
        where = fact.__module__.removeprefix("beffroi.").removesuffix(".facts").replace(".", "/")
        if where != room:
            lines += [f"## {where}", ""]
            room = where
        lines += [f"### `{name}` version {version}", "", inspect.getdoc(fact) or "", ""]
        hints = inspect.get_annotations(fact)
        lines += [f"- `{key}`: {kind}" for key, kind in hints.items() if not str(kind).startswith("ClassVar")]
        lines.append("")
    return _page("Facts", lead, lines)


def walk(command: click.Command, name: str = "beffroi") -> list[tuple[str, click.Command]]:
    """Every command below `command`, with the words that call it."""
    found = [(name, command)]
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=name)
        for key in command.list_commands(context):
            inner = command.get_command(context, key)
            if inner is not None and not inner.hidden:
                found += walk(inner, f"{name} {key}")
    return found


def _options(command: click.Command, context: click.Context) -> list[str]:
    rows = [record for each in command.params if (record := each.get_help_record(context))]
    if not rows:
        return []
    lines = [_row("option", "meaning"), "|---|---|"]
    return [*lines, *(_row(f"`{option}`", meaning) for option, meaning in rows), ""]


def _text_of_help(command: click.Command) -> str:
    text = inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    words, _, example = f"{text}\n\n{command.epilog or ''}".strip().partition("Example: ")
    line = " ".join(example.split())
    return f"{words.strip()}\n\nExample:\n\n    {line}" if line else words


def commands() -> str:
    """The page of the command line."""
    from beffroi.house.main import beffroi

    lines: list[str] = []
    for name, command in walk(beffroi):
        if isinstance(command, click.Group):
            continue
        context = click.Context(command, info_name=name)
        usage = " ".join(command.collect_usage_pieces(context))
        lines += [f"## {name}", "", f"    {name} {usage}".rstrip(), "", _text_of_help(command), ""]
        lines += _options(command, context)
    lead = "Each command also answers `--help`. Its exit status is 0 only when the work is done."
    return _page("Commands", lead, lines)


def connector_folders() -> list[Path]:
    """Every connector: a folder with `connector.py` and `doc.md`."""
    return sorted(path.parent for path in SOURCE.glob("**/connector.py"))


def connectors() -> str:
    """The page of the connectors, each with its own words."""
    lines: list[str] = []
    for folder in connector_folders():
        text = (folder / "doc.md").read_text().strip()
        title, _, rest = text.partition("\n")
        deeper = "\n".join(f"#{line}" if line.startswith("#") else line for line in rest.strip().splitlines())
        lines += [
            f"## {title.lstrip('# ')}",
            "",
            f"Folder: `{folder.relative_to(SOURCE.parents[1])}`",
            "",
            deeper,
            "",
        ]
    lead = (
        "What Beffroi listens to. A connector turns one kind of message into observations and knows no other."
    )
    return _page("Connectors", lead, lines)


def _fields(schema: dict[str, Any]) -> list[str]:
    from beffroi.api.pages import kind_of

    needed = set(schema.get("required", ()))
    rows = [_row("field", "type", "meaning"), "|---|---|---|"]
    for name, each in schema.get("properties", {}).items():
        mark = "" if name in needed else " (optional)"
        rows.append(_row(f"`{name}`{mark}", f"`{kind_of(each)}`", each.get("description", "")))
    return rows


def _api_operation(path: str, method: str, each: dict[str, Any]) -> list[str]:
    from beffroi.api.pages import kind_of

    door = next(iter(each["security"][0]))
    scopes = ", ".join(f"`{scope}`" for scope in each.get("x-scopes", ()))
    lines = [
        f"### {method.upper()} {path}",
        "",
        f"{each['summary']}. {each.get('description', '')}".strip(),
        "",
    ]
    lines += [f"Scopes: {scopes}." if scopes else f"With the token of a {door}.", ""]
    if parameters := each.get("parameters"):
        lines += [_row("parameter", "in", "type", "meaning"), "|---|---|---|---|"]
        for one in parameters:
            schema = one.get("schema", {})
            words = one.get("description") or schema.get("description", "")
            lines.append(_row(f"`{one['name']}`", one["in"], f"`{kind_of(schema)}`", words))
        lines.append("")
    body = each.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        lines += [f"Body: `{kind_of(body)}`.", ""]
    for code, answer in sorted(each["responses"].items()):
        content = answer.get("content", {})
        kinds = {kind_of(one["schema"]) for one in content.values() if one.get("schema")}
        said = f" (`{' | '.join(sorted(kinds))}`)" if kinds and code < "300" else ""
        lines.append(f"- {code}: {answer['description']}{said}")
    return [*lines, ""]


def api() -> str:
    """The page of the API, from its OpenAPI document."""
    from beffroi.api.contract import document

    found = document()
    lines = ["## Operations", ""]
    for path, item in found["paths"].items():
        for method, each in item.items():
            lines += _api_operation(path, method, each)
    lines += ["## Schemas", ""]
    for name, schema in sorted(found["components"]["schemas"].items()):
        if schema.get("properties"):
            lines += [
                f"### {name}",
                "",
                " ".join(schema.get("description", "").split()),
                "",
                *_fields(schema),
                "",
            ]
    lead = (
        "Every path under `/api/v1`, as the OpenAPI 3.1 document at `/api/v1/openapi.json` has it.\n"
        "Errors of operations are problem details (RFC 9457). Times in UTC, degrees, metres, seconds. The\n"
        "[guide for integrators](../guides/integrator.md) walks through it."
    )
    return _page("API", lead, lines)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "facts.md": facts,
    "commands.md": commands,
    "connectors.md": connectors,
    "api.md": api,
}


def prepare() -> None:
    """Django, which some rooms' modules need to be imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")
    import django

    django.setup()


def main(arguments: list[str] | None = None) -> int:
    """Write or check the pages; 1 when a checked page is out of date."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    asked = parser.parse_args(arguments)
    prepare()
    stale = []
    for name, write in PAGES.items():
        page, text = REFERENCE / name, write()
        if page.exists() and page.read_text() == text:
            continue
        stale.append(name)
        if not asked.check:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text)
    print(
        "\n".join(f"{name}: {'out of date' if asked.check else 'written'}" for name in stale) or "up to date"
    )
    return 1 if asked.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
