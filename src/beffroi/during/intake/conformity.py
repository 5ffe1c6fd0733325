"""What each connector asks of a device (`conform.toml` in its folder), and the report of a trial."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from beffroi.during.intake import connectors
from beffroi.during.intake.connectors import MqttConnector
from beffroi.during.intake.rules_conform import CHECKS, Evidence, Requirement, Verdict, judge, passes
from beffroi.foundation.errors import BeffroiError

#: Asked of any device whose connector has no list of its own.
_OF_ALL = ("kept", "readable", "answered", "keys", "heartbeat")
_ADVICE = ("devices", "kinds")


class BadRequirement(BeffroiError):
    """A list of requirements that holds something else."""

    code = "intake.bad_requirement"
    message = "conform.toml of {connector} asks for {check}, which is no check."
    advice = "There are: kept, readable, answered, clock, keys, guarantee, devices, kinds, links, heartbeat."


def requirements(name: str) -> list[Requirement]:
    """What the connector `name` asks of a device. Raises NotFound, BadRequirement."""
    found = connectors.connector(name)
    file = files(connectors.__name__).joinpath(name, "conform.toml")
    if not file.is_file():
        asked = [*_OF_ALL, *(("guarantee",) if isinstance(found, MqttConnector) else ())]
        return [Requirement(each) for each in asked] + [Requirement(each, required=False) for each in _ADVICE]
    return [_requirement(name, row) for row in tomllib.loads(file.read_text()).get("requirement", [])]


def _requirement(connector: str, row: Mapping[str, Any]) -> Requirement:
    figures = {key: value for key, value in row.items() if key not in ("check", "required")}
    if row.get("check") not in CHECKS:
        raise BadRequirement(connector=connector, check=row.get("check"))
    return Requirement(row["check"], figures, bool(row.get("required", True)))


@dataclass(frozen=True, slots=True)
class Report:
    """What a trial of a device came to."""

    connector: str
    guarantee: str
    evidence: Evidence
    verdicts: Sequence[Verdict]

    @property
    def holds(self) -> bool:
        """Whether all that is required holds."""
        return passes(self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it; no content of a message."""
        seen = self.evidence
        return {
            "connector": self.connector,
            "guarantee": self.guarantee,
            "began": seen.began.isoformat(),
            "ended": seen.ended.isoformat(),
            "kept": len(seen.of("kept")),
            "again": len(seen.of("again")),
            "unread": len(seen.of("unread")),
            "links": seen.links,
            "holds": self.holds,
            "verdicts": [asdict(each) for each in self.verdicts],
            "messages": [
                {"at": each.at.isoformat(), "what": each.what, "kind": each.kind, "key": each.key}
                | {"name": each.name, "mapped": each.mapped, "skew_s": each.skew_s, "code": each.code}
                for each in seen.messages
            ],
        }

    def lines(self) -> list[str]:
        """The report for a person at a terminal."""
        seen = self.evidence
        lasted = (seen.ended - seen.began).total_seconds()
        said = [
            f"{self.connector}: {len(seen.of('kept'))} kept, {len(seen.of('again'))} known already,"
            f" {len(seen.of('unread'))} unreadable, {seen.links} link tests in {lasted:.0f} s"
        ]
        said += [f"{_mark(each):<8} {each.check:<10} {each.asked}: {each.seen}" for each in self.verdicts]
        return [*said, "Conforms." if self.holds else "Does not conform."]

    def markdown(self) -> str:
        """The report as a page to keep with the device's papers."""
        seen = self.evidence
        head = [
            f"# Conformity of a device: {self.connector}",
            "",
            f"From {seen.began:%Y-%m-%d %H:%M:%S} to {seen.ended:%H:%M:%S} UTC. Guarantee of the connector:"
            f" {self.guarantee}. **{'Conforms' if self.holds else 'Does not conform'}.**",
            "",
            "| | requirement | asked | seen |",
            "|---|---|---|---|",
        ]
        rows = [
            f"| {_mark(each)} | {each.check} | {_cell(each.asked)} | {_cell(each.seen)} |"
            for each in self.verdicts
        ]
        table = ["", "| received (UTC) | became | kind | name | clock | why |", "|---|---|---|---|---|---|"]
        table += [
            f"| {each.at:%H:%M:%S} | {each.what} | {each.kind} | {_cell(each.name)} |"
            f" {'' if each.skew_s is None else f'{each.skew_s:+.1f} s'} | {_cell(each.why)} |"
            for each in seen.messages[:_MOST_ROWS]
        ]
        return "\n".join([*head, *rows, *table]) + "\n"


_MOST_ROWS = 500


def _mark(verdict: Verdict) -> str:
    if verdict.holds:
        return "holds"
    untried = "untried" if verdict.holds is None else "FAILS"
    return untried if verdict.required else "advice"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def report(name: str, evidence: Evidence) -> Report:
    """The report of a trial of a device of the connector `name`. Raises NotFound, BadRequirement."""
    guarantee = connectors.connector(name).guarantee
    return Report(name, guarantee, evidence, judge(evidence, requirements(name)))
