"""Reads of intake: sources, unreadable messages, observations, digests of batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from beffroi.during.intake import spool
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.models import Source, Unread
from beffroi.during.intake.rules import Speaker
from beffroi.people import sealing

_log = structlog.get_logger("beffroi.intake")


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as desks show it: who it is, when it last spoke, how often, and how safely."""

    id: UUID
    key: str
    territory: str
    connector: str
    name: str
    address: str
    exercise: bool
    active: bool
    guaranteed: bool
    last_seen_at: datetime | None
    received: int
    duplicates: int
    unread: int
    skewed: int
    not_guaranteed: int
    encrypted: bool = False
    expects_every_s: int | None = None
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnreadView:
    """A message that could not be read: when, from whom, why, and its first bytes."""

    id: UUID
    territory: str
    source: str
    connector: str
    sender: str
    received_at: datetime
    code: str
    why: str
    content: bytes
    size: int


def _speaker(row: Source) -> Speaker:
    return Speaker(
        id=row.id,
        key=row.key,
        territory=row.territory_key,
        connector=row.connector,
        address=row.address,
        device=row.device,
        devices=dict(row.devices),
        exercise=row.exercise,
        mapping=dict(row.mapping),
        panel_key=_panel_key(row),
    )


def _panel_key(row: Source) -> bytes:
    if not row.panel_key:
        return b""
    try:
        return bytes.fromhex(sealing.unseal(row.panel_key, sealing.PANEL_KEY))
    except sealing.SealBroken as error:
        # Its other messages are still heard; its encrypted ones are told to be not understood.
        _log.error("panel key not opened", source=row.key, why=error.code)
        return b""


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256 (hexadecimal). Tokens hold 256 random bits: no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def speaker_by_token(hashed: str) -> Speaker | None:
    """The live source whose token has that hash."""
    row = Source.objects.filter(token_hash=hashed, active=True).exclude(token_hash="").first()
    return None if row is None else _speaker(row)


def speaker_by_address(connector: str, address: str) -> Speaker | None:
    """The live source that messages of `connector` name by `address`."""
    row = Source.objects.filter(connector=connector, address=address, active=True).first()
    return None if row is None else _speaker(row)


def speaker_by_key(territory: str, key: str) -> Speaker | None:
    """The live source of that key."""
    row = Source.objects.filter(territory_key=territory, key=key, active=True).first()
    return None if row is None else _speaker(row)


def speakers(connector: str) -> list[Speaker]:
    """The live sources of one connector that have an address."""
    rows = Source.objects.filter(connector=connector, active=True).exclude(address="").order_by("address")
    return [_speaker(row) for row in rows]


def mapping_of(territory: str, key: str) -> str:
    """The mapping (TOML) that a source was declared with, '' where it has none or is not known."""
    row = Source.objects.filter(territory_key=territory, key=key).only("mapping").first()
    return "" if row is None else str(row.mapping.get("toml", ""))


def devices_of(territory: str, key: str) -> dict[str, Any]:
    """What a source's own names lead to, by name."""
    row = Source.objects.filter(territory_key=territory, key=key).only("devices").first()
    return {} if row is None else dict(row.devices)


def sources(territories: Iterable[str] | None = None) -> list[SourceView]:
    """Sources of these territories (None: all), by territory and key."""
    from beffroi.during.intake.connectors import guaranteed, pulled_names

    fetched = pulled_names()
    rows = Source.objects.order_by("territory_key", "key")
    if territories is not None:
        rows = rows.filter(territory_key__in=list(territories))
    return [
        SourceView(
            id=row.id,
            key=row.key,
            territory=row.territory_key,
            connector=row.connector,
            name=row.name,
            address=row.address,
            exercise=row.exercise,
            active=row.active,
            guaranteed=guaranteed(row.connector, address=row.address) and row.not_guaranteed == 0,
            last_seen_at=row.last_seen_at,
            received=row.received,
            duplicates=row.duplicates,
            unread=row.unread,
            skewed=row.skewed,
            not_guaranteed=row.not_guaranteed,
            encrypted=bool(row.panel_key) and row.connector not in fetched,
            expects_every_s=row.expects_every_s,
            silent_since=row.silent_since,
        )
        for row in rows
    ]


def unread(territories: Iterable[str] | None = None, *, limit: int = 100) -> list[UnreadView]:
    """Unreadable messages, the newest first; those of no known source only where `territories` is None."""
    rows = Unread.objects.select_related("source")
    if territories is not None:
        rows = rows.filter(territory_key__in=list(territories))
    return [
        UnreadView(
            id=row.id,
            territory=row.territory_key,
            source=row.source.key if row.source else "",
            connector=row.connector,
            sender=row.sender,
            received_at=row.received_at,
            code=row.code,
            why=row.why,
            content=bytes(row.content),
            size=row.size,
        )
        for row in rows[:limit]
    ]


def observation(identifier: UUID) -> tuple[int, Observation] | None:
    """An observation and its position in the spool, or None."""
    return spool.shared().get(identifier)
