"""The parts of a written mapping, each checked where it stands: paths, values, times, tables of kinds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from beffroi.during.intake.connectors.mapped.rules.lines import Where
from beffroi.during.intake.connectors.mapped.rules.paths import BadPath, Path, parse
from beffroi.during.intake.connectors.mapped.rules.shapes import (
    IGNORE,
    Condition,
    Kind,
    Moment,
    Rule,
    Value,
)
from beffroi.during.intake.kinds import KINDS

#: Fields that are one value each, and whether it is a number.
FIELDS = {
    **dict.fromkeys(("device", "zone", "floor"), False),
    **dict.fromkeys(("lat", "lon", "radius_m", "certainty"), True),
}
#: What may stand for all observations of a mapping, or in one [[observation]].
COMMON = ("kind", "key", "on_change", "seen_at", "content", "ignore", *FIELDS)

_WORD = 64
_MOST = 50
_CONTENT_MOST = 12
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_TAKEN = frozenset(("protocol", "zone", "floor", "late_s", "clock_ahead_s"))
_DIRECTIVES = frozenset("YymdHMSfzjpI")
_FORMAT_LONGEST = 40


class Wrong(Exception):
    """A part that cannot be used: where it stands, and why."""

    def __init__(self, where: Where, why: str) -> None:
        super().__init__(why)
        self.where, self.why = where, why


def rule(given: dict[str, Any], where: Callable[[str], Where]) -> Rule:
    """One observation's rule from its own fields and those common to all. Raises Wrong."""
    if "kind" not in given:
        raise Wrong(
            where("kind"),
            'it says not what it is: write kind = "device.fault", or a [kind] table with path and values',
        )
    if "key" not in given and "on_change" not in given:
        raise Wrong(
            where("kind"),
            'nothing names a message: write key = ["path"] for what differs in each, or on_change = ["path"]',
        )
    if ("lat" in given) != ("lon" in given):
        raise Wrong(where("lat" if "lat" in given else "lon"), "lat and lon go together")
    fields = {name: value(given[name], where(name), FIELDS[name]) for name in FIELDS if name in given}
    return Rule(
        kind=kind(given["kind"], where("kind")),
        key=paths(given["key"], where("key")) if "key" in given else (),
        on_change=paths(given["on_change"], where("on_change")) if "on_change" in given else (),
        seen_at=moment(given["seen_at"], where("seen_at")) if "seen_at" in given else None,
        fields=fields,
        content=content(given.get("content", {}), where("content")),
        ignore=conditions(given.get("ignore", []), where("ignore")),
    )


def known(given: dict[str, Any], names: Iterable[str], where: Where) -> None:
    """Every name is one of `names`. Raises Wrong with the nearest."""
    names = list(names)
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"the nearest is {near[0]}" if near else f"there are {', '.join(names)}"
            raise Wrong((*where, name), f"{name[:40]!r} is not known; {hint}")


def words(given: Any, where: Where) -> tuple[str, ...]:
    """A list of words (numbers and truths too), as words. Raises Wrong."""
    found = given if isinstance(given, list) else [given]
    if len(found) > _MOST or not all(isinstance(each, str | int | float) for each in found):
        raise Wrong(where, f"a list of at most {_MOST} words or numbers")
    return tuple(word(each) for each in found)


def word(given: str | float | bool) -> str:
    """A plain value as a word: true, false, whole numbers without a point, text without space around."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, float) and given.is_integer() and abs(given) < 2**53:
        return str(int(given))
    return str(given).strip()


def path(given: Any, where: Where) -> Path:
    """A path. Raises Wrong."""
    if not isinstance(given, str):
        raise Wrong(where, 'a path is text, such as "object.door"')
    try:
        return parse(given)
    except BadPath as error:
        raise Wrong(where, f"{given[:60]!r}: {error}") from None


def paths(given: Any, where: Where) -> tuple[Path, ...]:
    """One path or several. Raises Wrong."""
    found = given if isinstance(given, list) else [given]
    if not 1 <= len(found) <= 8:
        raise Wrong(where, "1 to 8 paths")
    return tuple(path(each, where) for each in found)


def value(given: Any, where: Where, number: bool) -> Value:
    """A path, or a table with `path` (and `of`, by which a number is divided) or `always`. Raises Wrong."""
    if not isinstance(given, dict):
        return Value(path=path(given, where))
    known(given, ("path", "always", "of"), where)
    if ("path" in given) == ("always" in given):
        raise Wrong(where, "either path or always")
    of = given.get("of", 1)
    if not isinstance(of, int | float) or isinstance(of, bool) or not 0 < of < 1e9:
        raise Wrong((*where, "of"), "of is a number above 0, such as 100")
    if "path" in given:
        return Value(path=path(given["path"], (*where, "path")), of=float(of))
    return Value(always=_constant(given["always"], (*where, "always"), number), of=float(of))


def _constant(given: Any, where: Where, number: bool) -> str | float | bool:
    if number:
        if not isinstance(given, int | float) or isinstance(given, bool) or not abs(given) < 1e9:
            raise Wrong(where, "a number is wanted")
        return float(given)
    if not isinstance(given, str | int | float):
        raise Wrong(where, "a word or a number is wanted")
    if len(str(given)) > _WORD:
        raise Wrong(where, f"at most {_WORD} characters")
    return given


def moment(given: Any, where: Where) -> Moment:
    """When it was seen: a path (ISO 8601), or a table with path, as and zone. Raises Wrong."""
    if not isinstance(given, dict):
        return Moment(path(given, where))
    known(given, ("path", "as", "zone"), where)
    written = given.get("as", "iso")
    if written not in ("iso", "epoch_s", "epoch_ms"):
        _format(written, (*where, "as"))
    zone = given.get("zone")
    if isinstance(written, str) and "%" in written and "%z" not in written and zone is None:
        raise Wrong(where, 'a format without %z needs its zone, such as zone = "Europe/Paris"')
    return Moment(path(given.get("path"), (*where, "path")), written, _zone(zone, (*where, "zone")))


def _format(written: Any, where: Where) -> None:
    hint = 'as is "iso", "epoch_s", "epoch_ms" or a format such as "%d/%m/%Y %H:%M:%S"'
    if not isinstance(written, str) or "%" not in written or len(written) > _FORMAT_LONGEST:
        raise Wrong(where, hint)
    used = re.findall(r"%(.?)", written.replace("%%", ""), re.DOTALL)
    if not set(used) <= _DIRECTIVES or len(set(used)) != len(used):
        raise Wrong(where, f"{hint}; each of %{' %'.join(sorted(_DIRECTIVES))} once at most")
    if not {"Y", "y"} & set(used) or not ({"m", "d"} <= set(used) or "j" in used):
        raise Wrong(where, f"{hint}; it needs a year, a month and a day")


def _zone(given: Any, where: Where) -> ZoneInfo | None:
    if given is None:
        return None
    try:
        if isinstance(given, str) and re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", given):
            return ZoneInfo(given)
    except (OSError, ValueError, LookupError):
        pass
    raise Wrong(where, 'zone is a name such as "Europe/Paris" or "UTC"')


def kind(given: Any, where: Where) -> Kind:
    """A kind by name, or a table with path, values and default. Raises Wrong."""
    if isinstance(given, str):
        return Kind(always=_kind(given, where, ignored=False))
    if not isinstance(given, dict):
        raise Wrong(where, 'kind = "device.fault", or a [kind] table with path and values')
    known(given, ("path", "values", "default", "always"), where)
    if "always" in given:
        if len(given) > 1:
            raise Wrong(where, "always stands alone")
        return Kind(always=_kind(given["always"], (*where, "always"), ignored=False))
    found = given.get("values")
    if "path" not in given or not isinstance(found, dict) or not 1 <= len(found) <= _MOST:
        raise Wrong(where, f'a path, and values = {{ "word" = "kind" }} with 1 to {_MOST} words')
    inside: Where = (*where, "values")
    values = {
        each.strip().lower(): _kind(name, (*inside, each), ignored=True) for each, name in found.items()
    }
    if len(values) < len(found):
        raise Wrong(inside, "two words of values differ by capitals or spaces only, which are not looked at")
    default = given.get("default")
    return Kind(
        path=path(given["path"], (*where, "path")),
        values=values,
        default=None if default is None else _kind(default, (*where, "default"), ignored=True),
    )


def _kind(given: Any, where: Where, *, ignored: bool) -> str:
    if isinstance(given, str) and (given in KINDS or (ignored and given == IGNORE)):
        return given
    near = difflib.get_close_matches(str(given), [*KINDS, IGNORE], 1)
    hint = f"the nearest is {near[0]}" if near else "`beffroi observe --help` lists the kinds"
    raise Wrong(where, f"{str(given)[:40]!r} is not a kind; {hint}")


def content(given: Any, where: Where) -> dict[str, Value]:
    """What else to keep, by name. Raises Wrong."""
    if not isinstance(given, dict) or len(given) > _CONTENT_MOST:
        raise Wrong(where, f"[content] holds at most {_CONTENT_MOST} names with a path each")
    for name in given:
        if not _NAME.fullmatch(name) or name in _TAKEN:
            raise Wrong(
                (*where, name), f"{name[:40]!r}: small letters, digits and _, and not {', '.join(_TAKEN)}"
            )
    return {name: value(each, (*where, name), number=False) for name, each in given.items()}


def conditions(given: Any, where: Where) -> tuple[Condition, ...]:
    """Which messages to ignore: any of these. Raises Wrong."""
    found = given if isinstance(given, list) else [given]
    if len(found) > _MOST or not all(isinstance(each, dict) for each in found):
        raise Wrong(where, "write each as [[ignore]] with a path and one of is, not, missing")
    return tuple(_condition(each, (*where, number)) for number, each in enumerate(found))


def _condition(given: dict[str, Any], where: Where) -> Condition:
    known(given, ("path", "is", "not", "missing"), where)
    asked = {"is", "not", "missing"} & given.keys()
    if len(asked) != 1 or "path" not in given:
        raise Wrong(where, "a path and one of is, not, missing")
    at = path(given["path"], (*where, "path"))
    if "missing" in asked:
        if not isinstance(given["missing"], bool):
            raise Wrong((*where, "missing"), "missing is true or false")
        return Condition(at, missing=given["missing"])
    name = asked.pop()
    among = frozenset(each.lower() for each in words(given[name], (*where, name)))
    return Condition(at, among=among) if name == "is" else Condition(at, outside=among)
