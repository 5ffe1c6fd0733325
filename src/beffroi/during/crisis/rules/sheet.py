"""A sheet that a town kept in its spreadsheet: CSV as French and English programs write it.

Every fault is found at once, each with its line, so that it is mended in one go.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from beffroi.foundation.errors import Invalid

#: No town's list is longer; a file that is, is another file.
BYTES_MOST, LINES_MOST, CELL_MOST = 512 * 1024, 2_000, 1_000
_FORMULA = tuple("=@-+")
_SAME = {
    "email": "courriel",
    "e-mail": "courriel",
    "mail": "courriel",
    "adresse": "courriel",
    "tel": "telephone",
    "phone": "telephone",
    "portable": "telephone",
    "cell": "cellule",
    "name": "nom",
    "task": "fonction",
    "step": "action",
    "etape": "action",
    "levels": "niveaux",
    "niveau": "niveaux",
    "help": "mission",
    "aide": "mission",
}


def _(message: str) -> str:
    """Marks a message for translation; who shows it translates it."""
    return message


class BadSheet(Invalid):
    """A file that is no sheet of ours."""

    code = "crisis.bad_sheet"
    message = "This file cannot be read: {why}."
    advice = "Take the file that this page offers, change its lines, and send it again as CSV."

    def __init__(self, template: str, **about: object) -> None:
        super().__init__(why=template.format(**about))
        self.template, self.about = template, about


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number as the spreadsheet shows it, its values by column."""

    number: int
    values: Mapping[str, str]

    def of(self, column: str) -> str:
        """The value of a column; '' where there is none."""
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which column of which line: a code, and what would be right."""

    line: int
    column: str
    code: str
    expected: str


def lines(data: bytes, columns: Sequence[str], needed: Sequence[str]) -> list[Line]:
    """The lines of a sheet, empty ones left out. Raises BadSheet."""
    rows = _rows(_text(data))
    if not rows:
        raise BadSheet(_("it is empty"))
    heads = [_column(each) for each in rows[0][1]]
    unknown = [given for given, head in zip(rows[0][1], heads, strict=True) if head not in columns and head]
    if unknown:
        raise BadSheet(
            _("no column is called “{given}”; they are {columns}"),
            given=unknown[0][:40],
            columns=", ".join(columns),
        )
    if len(set(heads)) != len(heads):
        raise BadSheet(_("a column stands there twice"))
    missing = [each for each in needed if each not in heads]
    if missing:
        raise BadSheet(_("the column “{column}” is missing from its first line"), column=missing[0])
    return [Line(number, dict(zip(heads, values, strict=False))) for number, values in rows[1:]]


def _text(data: bytes) -> str:
    if len(data) > BYTES_MOST:
        raise BadSheet(_("it is longer than {most} kB"), most=BYTES_MOST // 1024)
    if b"\0" in data:
        raise BadSheet(_("it is no text: save it as CSV"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what French spreadsheets write


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.lstrip().split("\n", 1)[0]
    comma = max(";,\t", key=first.count)
    found: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    try:
        for row in reader:
            values = [_bare(each.strip())[:CELL_MOST] for each in row]
            if any(values):
                found.append((reader.line_num, values))
            if len(found) > LINES_MOST:
                raise BadSheet(_("it has more than {most} lines"), most=LINES_MOST)
    except csv.Error:
        raise BadSheet(_("its quotation marks do not match")) from None
    return found


def _column(given: str) -> str:
    said = unaccented(given)
    return _SAME.get(said, said)


def unaccented(words: str) -> str:
    """Small letters without accents, for comparing."""
    split = unicodedata.normalize("NFKD", words.strip().casefold())
    return "".join(each for each in split if not unicodedata.combining(each))


def key_of(given: str, known: Mapping[str, str]) -> str | None:
    """The key of something that is named by its key or by its words; None where nothing is."""
    said = unaccented(given)
    return next((key for key, words in known.items() if said and said in (key, unaccented(words))), None)


def written(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """A sheet that a French spreadsheet opens with a double click."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[_plain(row.get(each, "")) for each in columns] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _plain(value: str) -> str:
    """No value is a formula: a spreadsheet would run it."""
    return f"'{value}" if value[:1] in _FORMULA else value


def _bare(value: str) -> str:
    """What `_plain` made, as it was."""
    return value[1:] if value[:1] == "'" and value[1:2] in _FORMULA else value
