"""Messages in two languages: gathers what is said in English, compiles what was translated.

`python -m tools.messages` compiles every `.po` to the `.mo` that Django reads;
`python -m tools.messages extract` first adds to each room's catalogue the messages
that its code, its templates and its errors say, and drops those that nobody says.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "beffroi"
HOME = "desks"  # the catalogue of what belongs to no Django room: foundation, house, command line
LANGUAGE = "fr"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
Said = tuple[int, str | tuple[str, ...], str | None]


def _calls(source: bytes) -> Iterator[Said]:
    for line, function, message, _comments in extract_python(BytesIO(source), KEYWORDS, [], {}):
        parts = message if isinstance(message, tuple) else (message,)
        if function.startswith("pgettext") and len(parts) > 1:
            yield line, parts[1], parts[0]
        elif function.startswith("ngettext"):
            yield line, (parts[0], parts[1]), None
        elif parts and parts[0]:
            yield line, parts[0], None


def _errors(source: str) -> Iterator[Said]:
    """The `message` and `advice` of each class of errors: they are said through gettext too."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        for each in node.body:
            target = each.targets[0] if isinstance(each, ast.Assign) else None
            if (
                isinstance(each, ast.Assign)
                and isinstance(target, ast.Name)
                and target.id in ("message", "advice")
                and isinstance(each.value, ast.Constant)
                and isinstance(each.value.value, str)
                and each.value.value
            ):
                yield each.lineno, each.value.value, None


def said_in(file: Path) -> Iterator[Said]:
    """What one file says: line, message (or singular and plural), context."""
    text = file.read_text()
    if file.suffix == ".py":
        yield from _calls(text.encode())
        yield from _errors(text)
        return
    import django.conf

    if not django.conf.settings.configured:
        django.conf.settings.configure()
    from django.utils.translation.template import templatize

    flat = "\n".join(line.lstrip() for line in templatize(text, origin=str(file)).split("\n"))
    yield from _calls(flat.encode())


def room_of(file: Path) -> Path:
    """The room (a folder with `apps.py`) whose catalogue a file's messages go to."""
    for folder in file.parents:
        if folder == PACKAGE:
            break
        if (folder / "apps.py").exists():
            return folder
    return PACKAGE / HOME


def gathered() -> dict[Path, Catalog]:
    """Every message said in the package, as one fresh catalogue a room."""
    catalogues: dict[Path, Catalog] = {}
    files = [
        *PACKAGE.rglob("*.py"),
        *PACKAGE.rglob("templates/**/*.html"),
        *PACKAGE.rglob("templates/**/*.txt"),
    ]
    for file in sorted(files):
        room = room_of(file)
        for _line, message, context in said_in(file):
            catalogue = catalogues.setdefault(room, Catalog(locale=LANGUAGE))
            catalogue.add(message, locations=[(str(file.relative_to(PACKAGE)), 0)], context=context)
    return catalogues


def catalogue_file(room: Path) -> Path:
    """Where the French words of a room are."""
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def read(file: Path) -> Catalog:
    """A catalogue as it is on disk."""
    with file.open("rb") as source:
        return read_po(source, locale=LANGUAGE, domain="django")


def extract() -> None:
    """Bring every catalogue up to what is said today; nothing is guessed from likeness."""
    for room, fresh in gathered().items():
        file = catalogue_file(room)
        known = read(file) if file.exists() else Catalog(locale=LANGUAGE)
        catalogue = Catalog(
            locale=LANGUAGE,
            project="Beffroi",
            fuzzy=False,
            charset="utf-8",
            creation_date=known.creation_date,  # a date of today would change every file each time
            revision_date=known.revision_date,
        )
        for message in fresh:
            if not message.id:
                continue
            before = known.get(message.id, context=message.context)
            catalogue.add(
                message.id,
                string=before.string if before else "",
                locations=message.locations,
                context=message.context,
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            write_po(out, catalogue, width=110, sort_by_file=True, include_lineno=False, omit_header=False)


def compile_all() -> int:
    """Write the `.mo` beside each `.po`; how many."""
    count = 0
    for file in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/django.po")):
        with file.with_suffix(".mo").open("wb") as out:
            write_mo(out, read(file))
        count += 1
    return count


def missing() -> list[str]:
    """What is said and not translated, or only guessed: one line each."""
    faults = []
    for room, fresh in gathered().items():
        file = catalogue_file(room)
        known = read(file) if file.exists() else Catalog(locale=LANGUAGE)
        for message in fresh:
            if not message.id:
                continue
            there = known.get(message.id, context=message.context)
            words = there.string if there else ""
            complete = all(words) if isinstance(words, tuple) else bool(words)
            if not complete or (there is not None and there.fuzzy):
                faults.append(f"{file.relative_to(PACKAGE)}: {message.id!r}")
    return faults


def main() -> None:
    """Compile; with `extract`, gather first; with `missing`, say what lacks and fail."""
    if sys.argv[1:] == ["extract"]:
        extract()
    faults = missing()
    print(f"{compile_all()} catalogues compiled, {len(faults)} messages without French")
    if sys.argv[1:] == ["missing"]:
        print("\n".join(faults))
        raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
