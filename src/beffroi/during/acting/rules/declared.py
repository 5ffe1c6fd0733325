"""An actuator as its TOML file declares it: topics, payloads, what confirms; read into plain values."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from beffroi.during.acting.rules import matching, payloads
from beffroi.during.acting.rules.kinds import KINDS, Act
from beffroi.foundation.errors import Invalid

TOPIC_MOST, WORDS_MOST, PAYLOAD_MOST = 200, 400, 4096
ANSWER_S = (1, 120)
MINUTES = (1, 720)
#: What keeps a message that was held up on its way from moving something when nobody looks any more.
AGAINST_LATE = ("until", "clean_session")
_LEVEL = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NAMES = frozenset({"kind", "command", "state", "answer_s", "against_late", "id", "acts", "texts", "hazard"})
_ACT_NAMES = frozenset({"payload", "json", "confirmed", "refused", "minutes"})
_TEXT_NAMES = frozenset({"words", "approved", "payload"})


class BadActuator(Invalid):
    """A declaration of an actuator that cannot be used."""

    code = "acting.bad_actuator"
    advice = "See docs/design/acting.md for what a declaration holds."


@dataclass(frozen=True, slots=True)
class Way:
    """How one act is told and known to be done; its normal follows after `minutes` (0: never by itself)."""

    payload: Any
    confirmed: matching.Sign
    refused: matching.Sign | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A message that a loudspeaker may say: its words, who approved them, what the device calls it."""

    words: str
    approved: str
    payload: str


@dataclass(frozen=True, slots=True)
class Declared:
    """An actuator's declaration. `id_path` is where the device repeats the command's identifier."""

    kind: str
    command: str
    state: str
    answer_s: int
    acts: Mapping[str, Way]
    texts: Mapping[str, Text]
    against_late: str = ""
    id_path: str = ""
    hazard: str = ""

    def act(self, name: str) -> Act:
        """What an act of this actuator is like. Raises KeyError."""
        return KINDS[self.kind].acts[name]

    @property
    def normal(self) -> str:
        """The act that puts back what the others changed; '' where there is none."""
        return next((name for name in self.acts if self.act(name).normal), "")


def read(text: str) -> Declared:
    """A declaration. Raises BadActuator, which names the place and what is wrong there."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise BadActuator(where="file", why=str(broken)) from None
    _known(given, _NAMES, "file")
    kind = _one_of(given.get("kind"), tuple(KINDS), "kind")
    command, state = (_topic(given.get(name), name) for name in ("command", "state"))
    if command == state:
        raise BadActuator(where="state", why="must be another topic than command")
    found = Declared(
        kind=kind,
        command=command,
        state=state,
        answer_s=_whole(given.get("answer_s", 10), "answer_s", ANSWER_S),
        acts=_acts(given.get("acts"), kind),
        texts=_texts(given.get("texts", {})),
        against_late=_said(given, "against_late", 20),
        id_path=_said(given, "id", 120),
        hazard=_said(given, "hazard", 200),
    )
    _whole_of(found)
    return found


def _whole_of(found: Declared) -> None:
    """What must hold across a declaration."""
    moving = [name for name in found.acts if found.act(name).moves]
    if moving:
        _one_of(found.against_late, AGAINST_LATE, "against_late")
        if not found.hazard:
            raise BadActuator(where="hazard", why="say in a few words what it may hurt")
    for name in moving:
        if found.against_late == "until" and not payloads.holds(found.acts[name].payload, "until"):
            raise BadActuator(where=f"acts.{name}", why="its payload must hold {until}")
    for name, way in found.acts.items():
        if way.minutes and (found.act(name).moves or not found.normal or name == found.normal):
            raise BadActuator(
                where=f"acts.{name}.minutes", why="only what has a normal, and moves nothing, ends by itself"
            )
    if any(found.act(name).speaks for name in found.acts) and not found.texts:
        raise BadActuator(where="texts", why="a loudspeaker says approved texts only: declare at least one")
    if found.normal and not any(way.minutes for way in found.acts.values()):
        raise BadActuator(where="acts", why="say after how many minutes the normal comes back")
    if found.id_path and not all(payloads.holds(way.payload, "id") for way in found.acts.values()):
        raise BadActuator(where="id", why="every payload must then hold {id}")


def _acts(given: object, kind: str) -> dict[str, Way]:
    if not isinstance(given, Mapping) or not given:
        raise BadActuator(where="acts", why=f"declare at least one of {', '.join(KINDS[kind].acts)}")
    made = {}
    for name, each in given.items():
        where = f"acts.{name}"
        _one_of(name, tuple(KINDS[kind].acts), where)
        if not isinstance(each, Mapping):
            raise BadActuator(where=where, why="is not a table")
        made[name] = _way(each, where)
    if "normal" in KINDS[kind].acts and "normal" not in made:
        raise BadActuator(where="acts", why="normal must be declared: what is turned up must come down")
    return made


def _way(each: Mapping[str, Any], where: str) -> Way:
    _known(each, _ACT_NAMES, where)
    if ("payload" in each) == ("json" in each):
        raise BadActuator(where=where, why="give either payload (text) or json (a table)")
    payload = each.get("json", each.get("payload"))
    if "payload" in each and not isinstance(payload, str):
        raise BadActuator(where=f"{where}.payload", why="is not text")
    if "json" in each and not isinstance(payload, dict):
        raise BadActuator(where=f"{where}.json", why="is not a table")
    if (unknown := payloads.unknown(payload)) or payloads.size(payload) > PAYLOAD_MOST:
        why = f"{{{unknown}}} is not one of {', '.join(payloads.NAMES)}" if unknown else "is too long"
        raise BadActuator(where=where, why=why)
    return Way(
        payload=payload,
        confirmed=_sign(each.get("confirmed"), f"{where}.confirmed"),
        refused=_sign(each["refused"], f"{where}.refused") if "refused" in each else None,
        minutes=_whole(each["minutes"], f"{where}.minutes", MINUTES) if "minutes" in each else 0,
    )


def _sign(given: object, where: str) -> matching.Sign:
    if isinstance(given, str) and given:
        return matching.Sign(text=given)
    if isinstance(given, Mapping) and set(given) == {"path", "is"} and isinstance(given["path"], str):
        value = given["is"]
        if given["path"] and isinstance(value, str | int | float | bool):
            return matching.Sign(path=given["path"], value=value)
    raise BadActuator(where=where, why='is neither text nor { path = "…", is = … }')


def _texts(given: object) -> dict[str, Text]:
    if not isinstance(given, Mapping):
        raise BadActuator(where="texts", why="is not a table")
    made = {}
    for key, each in given.items():
        where = f"texts.{key}"
        if not _KEY.fullmatch(key) or not isinstance(each, Mapping):
            raise BadActuator(where=where, why="is not a table with a short key")
        _known(each, _TEXT_NAMES, where)
        words, approved = (_said(each, name, WORDS_MOST) for name in ("words", "approved"))
        if not words or not approved:
            raise BadActuator(where=where, why="needs its words, and who approved them and when")
        made[key] = Text(words, approved, _said(each, "payload", WORDS_MOST) or key)
    return made


def _known(given: Mapping[str, Any], names: frozenset[str], where: str) -> None:
    if other := sorted(set(given) - names):
        raise BadActuator(where=where, why=f"{other[0]!r} is not one of {', '.join(sorted(names))}")


def _one_of(given: object, known: tuple[str, ...], where: str) -> str:
    if not isinstance(given, str) or given not in known:
        raise BadActuator(where=where, why=f"{given!r} is not one of {', '.join(known)}")
    return given


def _said(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise BadActuator(where=name, why=f"is not a line of at most {most} letters")
    return value.strip()


def _whole(given: object, where: str, bounds: tuple[int, int]) -> int:
    least, most = bounds
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise BadActuator(where=where, why=f"is not a whole number from {least} to {most}")
    return given


def _topic(given: object, where: str) -> str:
    """A topic without wildcards, dots (brokers read them as levels) or empty levels."""
    if not isinstance(given, str) or len(given) > TOPIC_MOST:
        raise BadActuator(where=where, why=f"is not a topic of at most {TOPIC_MOST} letters")
    levels = given.split("/")
    if len(levels) < 2 or not all(_LEVEL.fullmatch(each) for each in levels):
        raise BadActuator(
            where=where, why=f"{given!r} needs two levels at least, of letters, digits, - and _"
        )
    return given
