"""What stands around an incident on its sheet: its alarm level, its event, whom it was told to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from beffroi.desks.duty import words, words_more
from beffroi.desks.duty.shown import Linked, Told
from beffroi.during.fusion.queries import SignView
from beffroi.during.incident import handing, linking
from beffroi.during.incident.rules_alarm import Level
from beffroi.people import queries as people

SIGNS_TO_CHOOSE = 12


def alarm(level: Level) -> tuple[int, str, str]:
    """The AVS-01 level, what it means and why it is that one."""
    return (
        level.level,
        words.said(words_more.ALARM, str(level.level)),
        words.said(words_more.ALARM_WHY, level.why),
    )


def event(incident: UUID) -> Linked | None:
    """The event that an incident is part of, with the others."""
    found = linking.event_of(incident)
    if found is None:
        return None
    others = tuple(
        (str(each.id), each.reference, words.title(each.act, each.state))
        for each, _why in found.parts
        if each.id != incident
    )
    return Linked(found.reference, others)


def told(incident: UUID, *, named: bool = True) -> tuple[Told, ...]:
    """To whom an incident was told, the newest first; `named`: and by whom."""
    found = handing.handovers(incident)
    names = people.names_of({f"member:{each.member}" for each in found})
    return tuple(
        Told(
            each.service,
            f"{words.said(words_more.SERVICES, each.service)}, {words.said(words_more.WAYS, each.how)}",
            each.at,
            names.get(f"member:{each.member}", "") if named else "",
        )
        for each in found
    )


def doubt_signs(
    signs: Sequence[SignView], *, with_words: bool = True
) -> tuple[tuple[str, datetime, str], ...]:
    """The signs among which a person chooses those that agree: identifier, when, what."""
    return tuple(
        (str(each.observation), each.seen_at, sign_title(each, with_words))
        for each in signs[:SIGNS_TO_CHOOSE]
    )


def sign_title(sign: SignView, with_words: bool = True) -> str:
    """A sign in a few words: its kind and its device."""
    kind = words.said(words.KINDS, sign.kind)
    near = words_more.near(sign.content) if with_words else ""
    if near:
        kind += f" ({near})"
    return f"{kind}, {sign.device}" if sign.device else kind
