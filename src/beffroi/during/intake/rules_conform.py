"""Whether a device may be trusted: what it sent, held against what its connector asks for. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

#: What is seen of a device only where its messages come to the kit itself, not to a running installation.
INSIDE_ONLY = frozenset(("answered", "keys"))
_SAID = 5


@dataclass(frozen=True, slots=True)
class Message:
    """An observation that a message made (`kept`, or `again` where it was known), or none (`unread`).

    `skew_s` is how long before its receipt it was seen (seconds; negative: in the future), `said` a digest
    of what it told, `mapped` whether its name leads to a declared device, `answered_ms` until it was on disk.
    """

    at: datetime
    what: Literal["kept", "again", "unread"]
    kind: str = ""
    key: str = ""
    name: str = ""
    mapped: bool = False
    skew_s: float | None = None
    said: str = ""
    answered_ms: float | None = None
    code: str = ""
    why: str = ""


@dataclass(slots=True)
class Evidence:
    """All that was seen of a device between two instants.

    `heard` are the instants of its signs of life, `links` how many of them held nothing to keep,
    `not_guaranteed` how many came without a guarantee, `expects_every_s` how often it should speak.
    """

    began: datetime
    ended: datetime
    messages: list[Message] = field(default_factory=list)
    heard: list[datetime] = field(default_factory=list)
    links: int = 0
    not_guaranteed: int = 0
    expects_every_s: int | None = None
    inside: bool = True

    def of(self, *what: str) -> list[Message]:
        """The messages of which this became."""
        return [each for each in self.messages if each.what in what]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that is asked: the check's name, its figures, and whether a device may fail it."""

    check: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    required: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a requirement holds (None: it was not tried), what was asked, and what was seen."""

    check: str
    required: bool
    holds: bool | None
    asked: str
    seen: str


Outcome = tuple[bool | None, str, str]


def judge(evidence: Evidence, requirements: Sequence[Requirement]) -> list[Verdict]:
    """A verdict for each requirement, in their order. KeyError for a check that there is not."""
    verdicts = []
    for each in requirements:
        holds, asked, seen = CHECKS[each.check](evidence, each.figures)
        required = each.required and (evidence.inside or each.check not in INSIDE_ONLY)
        if not evidence.inside and each.check in INSIDE_ONLY:
            holds, seen = None, "not seen from outside: try it without --source"
        verdicts.append(Verdict(each.check, required, holds, asked, seen))
    return verdicts


def passes(verdicts: Sequence[Verdict]) -> bool:
    """Whether all that is required holds; what was not tried does not."""
    return all(each.holds is True for each in verdicts if each.required)


def _listed(names: Counter[str]) -> str:
    said = [f"{name} ({count})" if count > 1 else name for name, count in names.most_common(_SAID)]
    return ", ".join(said) + (f" and {len(names) - _SAID} more" if len(names) > _SAID else "")


def _kept(evidence: Evidence, figures: Mapping[str, Any]) -> Outcome:
    least, kept = int(figures.get("at_least", 1)), len(evidence.of("kept"))
    return kept >= least, f"at least {least} message{'s' * (least > 1)} kept", f"{kept} kept"


def _readable(evidence: Evidence, _figures: Mapping[str, Any]) -> Outcome:
    unread = evidence.of("unread")
    asked = "every message can be read"
    if not evidence.messages and not evidence.heard:
        return None, asked, "nothing came"
    why = _listed(Counter(f"{each.code}: {each.why}" for each in unread))
    return not unread, asked, why or "all were"


def _answered(evidence: Evidence, figures: Mapping[str, Any]) -> Outcome:
    within = float(figures.get("within_ms", 1000))
    times = sorted(each.answered_ms for each in evidence.of("kept", "again") if each.answered_ms is not None)
    asked = f"on disk, and answered, within {within:.0f} ms"
    if not times:
        return None, asked, "nothing was kept"
    middle = times[len(times) // 2]
    return times[-1] <= within, asked, f"median {middle:.1f} ms, longest {times[-1]:.1f} ms"


def _clock(evidence: Evidence, figures: Mapping[str, Any]) -> Outcome:
    late, ahead = float(figures.get("late_s", 40)), float(figures.get("ahead_s", 20))
    asked = f"its clock is at most {late:.0f} s late and {ahead:.0f} s ahead"
    refused = sum(each.code.endswith("bad_time") for each in evidence.of("unread"))
    skews = [each.skew_s for each in evidence.of("kept", "again") if each.skew_s is not None]
    if not skews and not refused:
        may_lack = bool(figures.get("optional")) and bool(evidence.of("kept"))
        return may_lack or None, asked, "no message carries a time: that of receipt holds"
    seen = (
        f"from {min(skews):+.1f} to {max(skews):+.1f} s late" if skews else "no time that could be believed"
    )
    seen += f", {refused} refused for their time" if refused else ""
    return not refused and all(-ahead <= each <= late for each in skews), asked, seen


def _keys(evidence: Evidence, _figures: Mapping[str, Any]) -> Outcome:
    said: dict[str, set[str]] = {}
    for each in evidence.of("kept", "again"):
        said.setdefault(each.key, set()).add(each.said)
    again = len(evidence.of("again"))
    reused = Counter({key: len(each) for key, each in said.items() if len(each) > 1})
    asked = "no name is used for two messages"
    if not said:
        return None, asked, "nothing was kept"
    seen = f"names used for several messages: {_listed(reused)}" if reused else f"{len(said)} names"
    return not reused, asked, seen + (f", {again} sent again and known" if again else "")


def _guarantee(evidence: Evidence, _figures: Mapping[str, Any]) -> Outcome:
    asked = "every message comes with the connector's guarantee (MQTT: QoS 1)"
    if not evidence.heard:
        return None, asked, "nothing came"
    lost = evidence.not_guaranteed
    return not lost, asked, f"{lost} came without" if lost else "all did"


def _devices(evidence: Evidence, _figures: Mapping[str, Any]) -> Outcome:
    kept = evidence.of("kept", "again")
    asked = "every message leads to a declared device"
    if not kept:
        return None, asked, "nothing was kept"
    unknown = Counter(each.name or "(no name)" for each in kept if not each.mapped)
    known = len({each.name for each in kept if each.mapped})
    return not unknown, asked, f"not declared (--map): {_listed(unknown)}" if unknown else f"{known} declared"


def _kinds(evidence: Evidence, figures: Mapping[str, Any]) -> Outcome:
    wanted = tuple(figures.get("any_of", ()))
    kinds = Counter(each.kind for each in evidence.of("kept", "again"))
    seen = _listed(kinds) or "nothing was kept"
    if wanted:
        shown = any(kind.startswith(wanted) for kind in kinds)
        return shown or (None if not kinds else False), f"shows one of {', '.join(wanted)}", seen
    if not kinds:
        return None, "every message has a meaning", seen
    return "technical.other" not in kinds, "every message has a meaning", seen


def _links(evidence: Evidence, figures: Mapping[str, Any]) -> Outcome:
    least = int(figures.get("at_least", 1))
    return evidence.links >= least, f"at least {least} link test", f"{evidence.links} came"


def _heartbeat(evidence: Evidence, _figures: Mapping[str, Any]) -> Outcome:
    every = evidence.expects_every_s
    if every is None:
        return True, "speaks as often as was declared", "nothing was declared (--expects-every)"
    asked = f"speaks at least every {every} s"
    lasted = (evidence.ended - evidence.began).total_seconds()
    if lasted < every:
        return None, asked, f"listened for {lasted:.0f} s only"
    moments = [evidence.began, *sorted(evidence.heard), evidence.ended]
    gap = max((b - a).total_seconds() for a, b in pairwise(moments))
    return gap <= every, asked, f"longest silence {gap:.0f} s"


#: Every check by its name, as `conform.toml` of a connector uses it.
CHECKS: Mapping[str, Callable[[Evidence, Mapping[str, Any]], Outcome]] = {
    "kept": _kept,
    "readable": _readable,
    "answered": _answered,
    "clock": _clock,
    "keys": _keys,
    "guarantee": _guarantee,
    "devices": _devices,
    "kinds": _kinds,
    "links": _links,
    "heartbeat": _heartbeat,
}
