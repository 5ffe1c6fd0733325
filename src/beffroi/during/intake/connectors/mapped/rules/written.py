"""Reads a mapping as a person wrote it (TOML), or says on which line it is wrong and what to write."""

from __future__ import annotations

import re
import tomllib
from functools import partial
from typing import Any

from beffroi.during.intake.connectors.mapped.rules.lines import Where, line_of, lines_of
from beffroi.during.intake.connectors.mapped.rules.parts import (
    COMMON,
    Wrong,
    conditions,
    known,
    rule,
    words,
)
from beffroi.during.intake.connectors.mapped.rules.paths import BadPath, Path, parse
from beffroi.during.intake.connectors.mapped.rules.shapes import Mapping
from beffroi.foundation.errors import Invalid

FORMATS = ("json", "text", "form")
LONGEST = 16_384
_RULES_MOST = 20
_TOPICS_MOST = 20
_TOPIC = re.compile(r"[^\s#+/][^\s#+]*|\+|#")
_SYNTAX = re.compile(r"\(at line (\d+)")
_WHOLE = ("format", "topics", "each", "observation")


class BadMapping(Invalid):
    """A mapping that cannot be used: the line, why, and what to write instead."""

    code = "intake.bad_mapping"
    message = "Line {line} of the mapping: {why}."
    advice = "Correct it, then look at what it makes: `beffroi source try --mapping FILE --message FILE`."


def read(text: str) -> Mapping:
    """The mapping that a text declares. Raises BadMapping."""
    if len(text) > LONGEST:
        raise BadMapping(line=1, why=f"a mapping has at most {LONGEST} characters")
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        found = _SYNTAX.search(str(error))
        last = max(1, text.count("\n") + (not text.endswith("\n")))
        raise BadMapping(line=int(found[1]) if found else last, why=_syntax(str(error))) from None
    try:
        return _mapping(given)
    except Wrong as error:
        raise BadMapping(line=line_of(lines_of(text), error.where), why=error.why) from None


def _syntax(said: str) -> str:
    return f"not TOML, {(_SYNTAX.split(said)[0].strip() or 'nested too deeply').lower()}"[:200]


def _mapping(given: dict[str, Any]) -> Mapping:
    known(given, (*_WHOLE, *COMMON), ())
    common = {name: value for name, value in given.items() if name in COMMON and name != "ignore"}
    written = given.get("observation", [{}])
    if not isinstance(written, list) or not all(isinstance(each, dict) for each in written):
        raise Wrong(("observation",), "write each as [[observation]], with two brackets")
    if not 1 <= len(written) <= _RULES_MOST:
        raise Wrong(("observation",), f"1 to {_RULES_MOST} [[observation]]")
    several = "observation" in given
    rules = []
    for number, own in enumerate(written):
        head: Where = ("observation", number) if several else ()
        known(own, COMMON, head)
        rules.append(rule({**common, **own}, partial(_where, head, own, common)))
    return Mapping(
        rules=tuple(rules),
        format=_format(given.get("format", "json")),
        topics=_topics(given.get("topics", ["#"])),
        each=_each(given.get("each")),
        ignore=conditions(given.get("ignore", []), ("ignore",)),
    )


def _where(head: Where, own: dict[str, Any], common: dict[str, Any], name: str) -> Where:
    """Where a rule's field stands: in its own [[observation]], else among those common to all."""
    return (name,) if name in common and name not in own else (*head, name)


def _format(given: Any) -> str:
    if given not in FORMATS:
        raise Wrong(("format",), f"format is one of {', '.join(FORMATS)}")
    return str(given)


def _topics(given: Any) -> tuple[str, ...]:
    found = words(given, ("topics",))
    if not 1 <= len(found) <= _TOPICS_MOST:
        raise Wrong(
            ("topics",), f'1 to {_TOPICS_MOST} topics below the source\'s prefix, such as ["+/status"]'
        )
    for each in found:
        levels = each.split("/")
        if not all(_TOPIC.fullmatch(level) for level in levels) or "#" in levels[:-1] or len(levels) > 12:
            raise Wrong(
                ("topics",), f"{each!r} is no MQTT filter: levels, + for any, # at the end for all below"
            )
    return found


def _each(given: Any) -> Path | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise Wrong(("each",), 'each is a path to a list, such as "alarms"')
    try:
        return parse(given)
    except BadPath as error:
        raise Wrong(("each",), f"{given!r}: {error}") from None
