"""The running log as the desk shows it: entries of the journal in words, and the signed head."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beffroi.desks.duty import facts_said, words
from beffroi.desks.duty.shown import Head, Line
from beffroi.foundation.errors import NotFound
from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView
from beffroi.people import queries as people
from beffroi.territory import queries as territory

SUBJECTS = {
    "signal": _("report"),
    "member": _("member"),
    "call": _("call"),
    "shift_note": _("note"),
    "account": _("account"),
    "crisis": _("crisis"),
}


def journal_of(territory: str) -> str:
    """The journal of a territory."""
    return f"territory:{territory}"


def lines(territories: Collection[str], limit: int) -> list[Line]:
    """The newest facts of several territories, the newest first."""
    found: list[EntryView] = []
    for key in territories:
        found += journal.last(journal_of(key), limit * 2)
    found.sort(key=lambda entry: entry.position, reverse=True)
    return said([entry for entry in found if worth_a_line(entry)][:limit])


def worth_a_line(entry: EntryView) -> bool:
    """Whether the duty desk's log shows this fact."""
    return entry.fact not in facts_said.QUIET


def said(entries: Iterable[EntryView]) -> list[Line]:
    """Entries in the reader's language; names of people come from the tables, never from the journal."""
    kept = list(entries)
    names = people.names_of({entry.actor for entry in kept})
    return [_line(entry, names) for entry in kept]


def _line(entry: EntryView, names: dict[str, str]) -> Line:
    kind, _colon, rest = entry.subject.partition(":")
    key = entry.journal.removeprefix("territory:")
    body = dict(entry.body or {})
    if body.get("device"):
        body["device"] = _device_name(key, body["device"])
    number = body.get("number")
    subject = rest
    if kind == "incident":
        subject = f"I-{number}" if number is not None else gettext("incident")
    elif kind in SUBJECTS:
        subject = str(SUBJECTS[kind])
    return Line(
        position=entry.position,
        number=entry.number,
        at=entry.time,
        fact=facts_said.said(entry.fact),
        subject=subject,
        detail=facts_said.detail(entry.fact, None if entry.body is None else body),
        author=author(entry.actor, names),
        territory=key,
        incident=rest if kind == "incident" else "",
    )


@lru_cache(4096)
def _device_name(territory_key: str, device: str) -> str:
    """What a device is called; its key where it has no name, or is not there."""
    try:
        return territory.device(territory_key, device).name or device
    except NotFound:
        return device


def author(actor: str, names: dict[str, str]) -> str:
    """Who did it, as the log says it."""
    kind, _colon, rest = actor.partition(":")
    if kind == "member":
        return names.get(actor, gettext("a member"))
    if kind == "link":
        return gettext("a partner, by link")
    if kind == "engine":
        return words.said(words.ROOMS, rest)
    return rest or gettext("system")


def head(territory: str) -> Head:
    """The head of a territory's journal as it was last signed."""
    try:
        view = journal.head(journal_of(territory))
    except NotFound:
        return Head()
    return Head(view.signed_at, view.signed_size)
