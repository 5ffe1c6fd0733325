"""What happened, in the order of its times: observations as they were seen, acts as they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from beffroi.after.evidence.methods.shapes import Case, Content, ProvenEntry


@dataclass(frozen=True, slots=True)
class Moment:
    """One line. `what` is an observation's kind or a fact's name; `proof` names the file, or the entry."""

    at: datetime
    kind: str
    what: str
    who: str
    details: Mapping[str, Any]
    proof: str

    def as_dict(self) -> dict[str, Any]:
        """For `timeline.json`."""
        return {
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "kind": self.kind,
            "what": self.what,
            "who": self.who,
            "details": dict(self.details),
            "proof": self.proof,
        }


def moments(case: Case) -> list[Moment]:
    """Every moment of a case, by time; at one time, what was seen comes before what was written."""
    found = [_seen(each, number) for number, each in enumerate(case.observations, 1)]
    found += [_noted(each, number) for number, each in enumerate(case.notes, 1)]
    for journal in case.journals:
        found += [_written(each, journal.journal) for each in journal.entries]
    return sorted(found, key=lambda each: (each.at, each.kind != "observation", each.proof))


def _seen(each: Content, number: int) -> Moment:
    about = dict(each.about)
    at = datetime.fromisoformat(str(about.pop("seen_at")))
    return Moment(
        at=at,
        kind="observation",
        what=str(about.pop("kind", "")),
        who=f"source:{about.pop('source', '')}",
        details=about,
        proof=f"observations/{number:04d}.json",
    )


def _noted(each: Content, number: int) -> Moment:
    return Moment(
        at=datetime.fromisoformat(str(each.about["at"])),
        kind="note",
        what="incident.noted",
        who=str(each.about.get("member", "")),
        details={"text": each.content.decode()},
        proof=f"notes/{number:04d}.txt",
    )


def _written(each: ProvenEntry, journal: str) -> Moment:
    return Moment(
        at=each.time,
        kind="entry",
        what=each.fact,
        who=each.actor,
        details={} if each.body is None else json.loads(each.body),
        proof=f"{journal} {each.number}",
    )
