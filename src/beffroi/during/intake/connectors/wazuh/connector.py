"""Wazuh's alerts (version 4) and findings (version 5): which machine, which rule, how grave.

Log lines, names of users and files, commands and addresses are never kept: Wazuh has them, found again by
the rule, the agent and the time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from beffroi.during.intake.connectors import DURABLE, WebMessage
from beffroi.during.intake.connectors.wazuh.levels import INFORMATIONAL, MEDIUM, gravity, kind_of
from beffroi.during.intake.rules import Draft, PassedOver, Speaker, Unreadable

_WORD, _ALERTS_MOST, _MOST = 64, 5_000, 8
_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
_GROUP = re.compile(r"[a-z0-9_.-]{1,40}")


class WazuhConnector:
    """Alerts of agents on the town's machines, posted by Wazuh: answered after the commit."""

    name = "wazuh"
    guarantee = DURABLE
    withholds = "log lines, names of users and files"

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Unreadable | PassedOver]:
        """One draft for each rule, machine and minute; what is no alert is counted. Raises Unreadable."""
        found: dict[str, Draft] = {}
        bad: list[Unreadable] = []
        passed: dict[str, int] = {}
        for document in _documents(message.body):
            read = _read(document, speaker)
            if isinstance(read, Unreadable):
                bad.append(read)
            elif isinstance(read, str):
                passed[read] = passed.get(read, 0) + 1
            elif read.key in found:
                passed["repeats"] = passed.get("repeats", 0) + 1
            else:
                found[read.key] = read
        if bad and not found and not passed:
            raise bad[0]
        return [*found.values(), *bad, *(PassedOver(count, what) for what, count in passed.items())]


def _documents(body: bytes) -> list[Any]:
    """The alerts in a body (one, an array, or one a line), or why one is none. Raises Unreadable."""
    text = body.strip()
    whole = _decoded(text)
    if isinstance(whole, Unreadable):
        lines = [line for line in text.split(b"\n") if line.strip()]
        if not 1 < len(lines) <= _ALERTS_MOST:
            raise whole
        return [_decoded(line) for line in lines]
    found = whole if isinstance(whole, list) else [whole]
    if len(found) > _ALERTS_MOST:
        raise Unreadable(f"more than {_ALERTS_MOST} alerts", code="wazuh.not_json")
    return found


def _decoded(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unreadable(str(error) or "nested too deeply", code="wazuh.not_json")


def _read(document: Any, speaker: Speaker) -> Draft | Unreadable | str:
    """A draft, why there is none, or the reason for which the alert is passed over."""
    if isinstance(document, Unreadable):
        return document
    try:
        return _draft(document, speaker)
    except (ValueError, OverflowError) as error:
        return Unreadable(str(error), code="wazuh.bad_alert")


def _draft(document: Any, speaker: Speaker) -> Draft | str:
    """The draft of one alert, or the reason for which it is passed over. Raises ValueError, OverflowError."""
    if not isinstance(document, Mapping):
        raise ValueError("an alert is a JSON object")
    inner = document.get("_source", document)  # as a search of the indexer answers it
    new = _at(inner, "wazuh.rule.level") is not None
    prefix, version = ("wazuh.", 5) if new else ("", 4)
    grave = _gravity(_at(inner, f"{prefix}rule.level"))
    if grave == INFORMATIONAL:
        return "informational"
    rule = _word(_at(inner, f"{prefix}rule.id")) or _word(_at(inner, f"{prefix}rule.sigma_id"))
    if not rule:
        raise ValueError("without the identifier of its rule")
    groups = _groups(inner, new=new)
    kind = kind_of(grave, groups)
    if new and grave >= MEDIUM and _at(inner, "wazuh.threat.enrichments"):
        kind = "cyber.malware"  # the event holds a known sign of compromise (a hash, a domain)
    for group in groups:
        kind = speaker.kind_of(f"group:{group}", kind)
    seen = _seen(_at(inner, "@timestamp" if new else "timestamp"))
    agent = _agent(inner, prefix, speaker)
    content: dict[str, Any] = {
        "protocol": "wazuh",
        "version": version,
        "rule": rule,
        "level": _word(_at(inner, f"{prefix}rule.level")),
        "groups": groups[:_MOST],
    }
    techniques = _techniques(inner, new=new)
    if techniques:
        content["mitre"] = techniques
    return Draft(
        key=f"{rule}:{agent or '-'}:{seen.replace(second=0, microsecond=0):%Y%m%dT%H%MZ}",
        kind=speaker.kind_of(f"rule:{rule}", kind),
        seen_at=seen,
        name=agent,
        content=content,
    )


def _at(document: Any, path: str) -> Any:
    """The value at a path of names, nested or written as one name with dots; None where there is none."""
    if not isinstance(document, Mapping):
        return None
    if path in document:
        return document[path]
    found: Any = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _gravity(level: Any) -> int:
    if isinstance(level, bool) or not isinstance(level, int | str):
        raise ValueError("without the level of its rule")
    try:
        return gravity(level)
    except (KeyError, ValueError):
        raise ValueError("a level that Wazuh does not have") from None


def _seen(given: Any) -> datetime:
    try:
        seen = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise ValueError("without a time that can be read") from None
    if seen.tzinfo is None:
        raise ValueError("a time without its zone")
    return seen.astimezone(UTC)


def _agent(document: Any, prefix: str, speaker: Speaker) -> str:
    """The machine: its agent's name, or its address where only that is in the source's map."""
    name = _word(_at(document, f"{prefix}agent.name"))
    addresses = _words(_at(document, f"{prefix}agent.ip")) + _words(_at(document, f"{prefix}agent.host.ip"))
    if name in speaker.devices:
        return name
    return next((each for each in addresses if each in speaker.devices), name)


def _groups(document: Any, *, new: bool) -> list[str]:
    given = _words(_at(document, "wazuh.rule.tags" if new else "rule.groups"))
    if new:
        given += _words(_at(document, "wazuh.integration.category")) + _words(_at(document, "event.category"))
    small = (each.lower() for each in given)
    return list(dict.fromkeys(each for each in small if _GROUP.fullmatch(each)))


def _techniques(document: Any, *, new: bool) -> list[str]:
    paths = ("technique", "subtechnique") if new else ("id",)
    prefix = "wazuh.rule.mitre." if new else "rule.mitre."
    given: list[str] = []
    for path in paths:
        found = _at(document, prefix + path)
        given += _words(found.get("id") if isinstance(found, Mapping) else found)
    return [each for each in dict.fromkeys(given) if _TECHNIQUE.fullmatch(each)][:_MOST]


def _words(given: Any) -> list[str]:
    each_of = given if isinstance(given, list) else [given]
    return [each[:_WORD] for each in each_of[:100] if isinstance(each, str)]


def _word(given: Any) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int):
        return ""
    return "".join(each for each in str(given)[:_WORD] if each.isprintable()).strip()


CONNECTOR = WazuhConnector()
