"""Gathers what a package holds: signs, notes, what the journal says, and what is not shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from beffroi.after.evidence.errors import NotAsReceived
from beffroi.after.evidence.methods.shapes import Case, Content, ProvenEntry, ProvenJournal
from beffroi.during.fusion import queries as fusion
from beffroi.during.fusion.models import Sign
from beffroi.during.fusion.rows import sign_digest
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.models import Incident, Note
from beffroi.during.incident.shown import Sheet
from beffroi.during.intake import spool
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.models import Unread
from beffroi.during.intake.tasks import SIGNALS
from beffroi.foundation import settings as configuration
from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView

_BORNE_BY = ("incident.opened", "incident.sign_joined")
_MEANWHILE = 10_000
Absent = dict[str, Any]


def case(identifier: UUID, *, checkpoint: journal.Checkpoint, sealed_by: str, sealed_at: datetime) -> Case:
    """Everything of one incident, proven under a signed head of its territory's journal.

    Raises NotAsReceived where an observation is no longer what the journal bears.
    """
    sheet = incidents.sheet(identifier)
    one = sheet.incident
    together = [identifier, *Incident.objects.filter(merged_into=identifier).values_list("pk", flat=True)]
    rows = list(fusion.sign_rows(identifier))
    notes = list(Note.objects.filter(incident_id__in=together).order_by("at"))
    entries = _entries(checkpoint, _subjects(together, rows), {row.digest for row in rows})
    borne = {str(each.body.get("digest", "")) for each in entries if each.body}
    seen = [_observation(row, row.digest in borne) for row in rows if _stands(row)]
    written = [_note(note) for note in notes if bytes(note.salt) and note.text]
    return Case(
        incident=str(identifier),
        reference=one.reference,
        territory=one.territory,
        exercise=one.exercise,
        sealed_at=sealed_at,
        sealed_by=sealed_by,
        summary=_summary(sheet),
        observations=seen,
        notes=written,
        journals=[_proven(checkpoint, entries)],
        not_shown=[
            {"what": "images"},
            *_explanations(sheet),
            *_counted("erased_observations", len(rows) - len(seen)),
            *_counted("erased_notes", len(notes) - len(written)),
            *_counted("pruned_bodies", sum(each.body is None for each in entries)),
            *_meanwhile(one.territory, rows),
        ],
        keys=[_key(key) for key in journal.signing_keys()],
        zone=configuration.current().time_zone,
    )


def _stands(row: Sign) -> bool:
    return bool(bytes(row.salt)) and bool(row.observation)


def _observation(row: Sign, borne: bool) -> Content:
    """The very bytes that were spooled; their salted hash is the one that the journal bears."""
    observation = msgspec.convert(row.observation, Observation)
    salt = bytes(row.salt)
    if sign_digest(observation, salt) != row.digest:
        raise NotAsReceived(observation=row.observation_id)
    about = {
        "kind": row.kind,
        "source": row.source,
        "seen_at": row.seen_at.isoformat(),
        "received_at": row.received_at.isoformat(),
        "understood_at": row.fused_at.isoformat(),
        "device": row.device,
        "relation": row.relation,
        "weight": row.weight,
        "independent": row.independent,
        "repeats": row.repeats,
        "metres": row.metres,
        "reasons": row.reasons,
        "in_journal": borne,
    }
    return Content(spool.encode(observation).content, salt, row.digest, about)


def _note(row: Note) -> Content:
    about = {"at": row.at.isoformat(), "member": f"member:{row.member}", "in_journal": True}
    return Content(row.text.encode(), bytes(row.salt), row.digest, about)


def _subjects(together: Iterable[UUID], rows: Iterable[Sign]) -> list[str]:
    """What the journal is asked about: the incident, those that went into it, the reports found again."""
    reports = [f"signal:{row.observation['key']}" for row in rows if row.source == SIGNALS and _stands(row)]
    return [*(f"incident:{each}" for each in together), *reports]


def _entries(
    checkpoint: journal.Checkpoint, subjects: Iterable[str], digests: Collection[str]
) -> list[EntryView]:
    """What the journal says about the incident, and what it says elsewhere of its observations.

    A sign that a person moved here was written under the incident where it was first.
    """
    key = checkpoint.journal
    found: dict[int, EntryView] = {}
    for subject in subjects:
        found |= {each.number: each for each in journal.entries_about(subject, journal=key)}
    borne = {str(entry.body.get("digest", "")) for entry in found.values() if entry.body}
    for digest in set(digests) - borne:
        found |= {each.number: each for each in journal.bearing(key, digest, _BORNE_BY)}
    return [found[number] for number in sorted(found) if number <= checkpoint.size]


def _proven(checkpoint: journal.Checkpoint, entries: list[EntryView]) -> ProvenJournal:
    paths = journal.inclusions(checkpoint.journal, [each.number for each in entries], checkpoint.size)
    proven = [
        ProvenEntry(
            number=each.number,
            time=each.time,
            fact=each.fact,
            subject=each.subject,
            actor=each.actor,
            entry=each.entry_bytes(),
            body=each.text,
            path=paths[each.number],
        )
        for each in entries
    ]
    return ProvenJournal(checkpoint.journal, checkpoint.note, proven)


def _summary(sheet: Sheet) -> dict[str, Any]:
    """The incident as the desk knew it: codes, figures, times, steps; nothing of a person but identifiers."""
    told: dict[str, Any] = {
        "incident": msgspec.to_builtins(sheet.incident),
        "ledger": msgspec.to_builtins(sheet.ledger),
        "reasons": sheet.reasons,
        "doubt_lifted": msgspec.to_builtins(sheet.doubt),
        "procedure": sheet.procedure,
        "steps": msgspec.to_builtins(sheet.steps),
    }
    return told


def _explanations(sheet: Sheet) -> list[Absent]:
    weighed = {code: round(share, 3) for code, share in sheet.incident.alternatives}
    return [{"what": "explanations", "parts": weighed}] if weighed else []


def _counted(what: str, count: int) -> list[Absent]:
    return [{"what": what, "count": count}] if count else []


def _meanwhile(territory: str, rows: list[Sign]) -> list[Absent]:
    """By kind and number only: what else the town's sources said between the first sign and the last."""
    if not rows:
        return []
    first, last = min(row.position for row in rows), max(row.position for row in rows)
    ours = {row.observation_id for row in rows}
    kinds: Counter[str] = Counter()
    for position, other in spool.shared().read(first - 1, min(last - first + 1, _MEANWHILE)):
        if position <= last and other.territory == territory and other.id not in ours:
            kinds[other.kind] += 1
    start, end = min(row.received_at for row in rows), max(row.received_at for row in rows)
    unread = Unread.objects.filter(territory_key=territory, received_at__range=(start, end)).count()
    others = [{"what": "other_observations", "count": kinds.total(), "parts": dict(sorted(kinds.items()))}]
    return [*(others if kinds else []), *_counted("unread_messages", unread)]


def _key(key: journal.SigningKey) -> dict[str, Any]:
    return {
        "fingerprint": key.fingerprint,
        "public_key": bytes(key.public_key).hex(),
        "introduced_at": key.introduced_at.isoformat(),
        "retired_at": key.retired_at.isoformat() if key.retired_at else None,
        "follows": key.follows,
        "proof": key.proof,
    }
