"""Writes of intake: declare a source, give it a token, take it away."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bcrypt
from django.db import IntegrityError, transaction

from beffroi.during.intake import facts
from beffroi.during.intake.connectors import (
    AddressedConnector,
    EncryptingConnector,
    MappingConnector,
    MqttConnector,
    PulledConnector,
    mqtt_names,
)
from beffroi.during.intake.connectors import connector as connector_named
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.models import Source
from beffroi.during.intake.queries import token_hash
from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people import sealing

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: Tokens hold 256 random bits: the least cost of bcrypt is enough, and the broker starts at once.
_BCRYPT_COST = 4
#: How often a source may be asked to speak (s).
_EXPECTS = range(10, 7 * 86_400 + 1)


class BadSource(Invalid):
    """A source that cannot be declared."""

    code = "intake.bad_source"
    advice = "See `beffroi source add --help`."


@dataclass(frozen=True, slots=True)
class Declared:
    """A source's key and its token, which is shown this once."""

    territory: str
    key: str
    token: str
    login: str


def _address(connector: str, given: str) -> str:
    """The address as messages will carry it, or BadSource."""
    found = connector_named(connector)
    if not isinstance(found, AddressedConnector):
        if given:
            raise BadSource(where="address", why=f"{connector} finds its sources by their token alone")
        return ""
    try:
        address = found.address(given)
    except ValueError as error:
        raise BadSource(where="address", why=str(error)) from None
    # Topics lead to one source: two connectors under one prefix would take each other's messages.
    others = [name for name in mqtt_names() if name != connector] if isinstance(found, MqttConnector) else []
    if address and Source.objects.filter(connector__in=others, address=address, active=True).exists():
        raise BadSource(where="address", why=f"the prefix {address} is taken by another source")
    return address


def _mapping(connector: str, text: str) -> dict[str, Any]:
    """What is kept of a mapping, or BadSource where the connector takes none or needs one."""
    takes = connector_named(connector)
    if not isinstance(takes, MappingConnector):
        if text:
            raise BadSource(where="mapping", why=f"{connector} knows what its messages mean: it takes none")
        return {}
    if not text.strip():
        raise BadSource(where="mapping", why=f"{connector} needs one (--mapping FILE)")
    return dict(takes.mapping(text))


def _devices(given: Mapping[str, Any]) -> dict[str, Any]:
    """The map of names as it is kept, or BadSource: a kind with a slip in it would silently do nothing."""
    for name, meant in given.items():
        kind = meant.get("kind") if isinstance(meant, Mapping) else None
        if kind and kind not in KINDS:
            raise BadSource(where="map", why=f"{kind!r} (of {name}) is no kind: {', '.join(KINDS)}")
    return dict(given)


def _sealed_key(connector: str, given: str) -> str:
    """A panel's key, sealed; empty where none is given. Raises BadSource, which does not tell the key."""
    if not given:
        return ""
    found = connector_named(connector)
    if not isinstance(found, EncryptingConnector):
        raise BadSource(where="panel key", why=f"{connector} encrypts nothing by a key of its own")
    try:
        return sealing.seal(found.key(given).hex(), sealing.PANEL_KEY)
    except ValueError as error:
        raise BadSource(where="panel key", why=str(error)) from None


def _every(seconds: int | None) -> int | None:
    if seconds is not None and seconds not in _EXPECTS:
        raise BadSource(where="expects every", why=f"{_EXPECTS[0]} s to 7 days, in seconds")
    return seconds


def _expected(connector: str, given: int | None) -> int | None:
    """How often a source should speak: as declared, else as often as its connector asks it to."""
    found = connector_named(connector)
    if given is None and isinstance(found, PulledConnector):
        return found.expects_every_s
    return _every(given)


def _token(row: Source) -> str:
    token = secrets.token_urlsafe(32)
    row.token_hash = token_hash(token)
    row.broker_hash = bcrypt.hashpw(token.encode(), bcrypt.gensalt(_BCRYPT_COST)).decode()
    return token


def _declared(row: Source, token: str) -> Declared:
    return Declared(territory=row.territory_key, key=row.key, token=token, login=login(row))


def login(row: Source) -> str:
    """The name under which a source signs in to the broker."""
    return f"{row.territory_key}.{row.key}"


def declare_source(
    *,
    territory: str,
    key: str,
    connector: str,
    address: str = "",
    name: str = "",
    device: str = "",
    devices: Mapping[str, Any] | None = None,
    mapping: str = "",
    exercise: bool = False,
    panel_key: str = "",
    expects_every_s: int | None = None,
    actor: str = "system",
) -> Declared:
    """Let a source speak for a territory; the answer holds its token, shown this once.

    `devices` maps the source's own names (cameras, zones, codes) to device keys, or to
    `{"device": key, "kind": kind}` with either left empty; `mapping` (TOML) says what its messages mean where
    the connector asks. `panel_key` is the key of what it encrypts, or what lets us in where we fetch from it,
    as its installer wrote it down; it is kept sealed and never shown. `expects_every_s`: longer than this
    (seconds) and half as much again without a word, and its silence is an event.
    Raises BadSource, BadMapping, NotFound for an unknown connector.
    """
    if not _KEY.fullmatch(key):
        raise BadSource(where="key", why="1 to 64 letters, digits, dots, - or _")
    row = Source(
        key=key,
        territory_key=territory,
        connector=connector,
        name=name,
        address=_address(connector, address),
        device=device,
        devices=_devices(devices or {}),
        mapping=_mapping(connector, mapping),
        exercise=exercise,
        panel_key=_sealed_key(connector, panel_key),
        expects_every_s=_expected(connector, expects_every_s),
        created_at=clock.now(),
    )
    token = _token(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _tell(row, facts.SourceDeclared(connector=connector, exercise=exercise), actor)
            if row.panel_key:
                _tell(row, facts.SourceKeySet(encrypted=True), actor)
    except IntegrityError:
        raise BadSource(where=key, why="this key or this address is taken by another source") from None
    return _declared(row, token)


@transaction.atomic
def renew_token(*, territory: str, key: str, actor: str = "system") -> Declared:
    """Give a source a new token; the former one stops working within seconds. Raises NotFound."""
    row = _row(territory, key)
    token = _token(row)
    row.save(update_fields=["token_hash", "broker_hash"])
    _tell(row, facts.SourceTokenMade(), actor)
    return _declared(row, token)


@transaction.atomic
def remap_source(*, territory: str, key: str, mapping: str, actor: str = "system") -> None:
    """Declare anew what a source's messages mean (within seconds). Raises NotFound, BadSource, BadMapping."""
    row = _row(territory, key)
    row.mapping = _mapping(row.connector, mapping)
    row.save(update_fields=["mapping"])
    _tell(row, facts.SourceRemapped(sha256=hashlib.sha256(mapping.encode()).hexdigest()), actor)


@transaction.atomic
def set_panel_key(*, territory: str, key: str, panel_key: str, actor: str = "system") -> None:
    """Give a source another encryption key, or none (empty): in force within seconds.

    Raises NotFound, BadSource.
    """
    row = _row(territory, key)
    row.panel_key = _sealed_key(row.connector, panel_key)
    row.save(update_fields=["panel_key"])
    _tell(row, facts.SourceKeySet(encrypted=bool(row.panel_key)), actor)


@transaction.atomic
def expect(*, territory: str, key: str, every_s: int | None) -> None:
    """Say how often a source should speak (seconds; None: as it likes). Raises NotFound, BadSource."""
    row = _row(territory, key)
    row.expects_every_s = _every(every_s)
    row.save(update_fields=["expects_every_s"])


@transaction.atomic
def revoke_source(*, territory: str, key: str, actor: str = "system") -> None:
    """Refuse what this source sends from now on (within seconds). Raises NotFound."""
    row = _row(territory, key)
    row.active, row.token_hash, row.broker_hash, row.revoked_at = False, "", "", clock.now()
    row.panel_key = ""
    row.save(update_fields=["active", "token_hash", "broker_hash", "revoked_at", "panel_key"])
    _tell(row, facts.SourceRevoked(), actor)


def _row(territory: str, key: str) -> Source:
    row = Source.objects.select_for_update().filter(territory_key=territory, key=key, active=True).first()
    if row is None:
        raise NotFound(what=f"source {key} of {territory}")
    return row


def _tell(row: Source, fact: Fact, actor: str) -> None:
    journal.append(
        journal=f"territory:{row.territory_key}", fact=fact, subject=f"source:{row.key}", actor=actor
    )
