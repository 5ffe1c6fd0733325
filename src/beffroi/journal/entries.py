"""An entry as it is read: the header decoded from its bytes, the body where it still stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec

from beffroi.foundation.errors import BeffroiError
from beffroi.journal import canonical, facts


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an entry says beside its number and its body."""

    actor: str
    epoch: int
    fact: str
    journal: str
    subject: str
    time: str
    version: int


_header = msgspec.json.Decoder(Header)
COLUMNS = ("position", "journal", "number", "header", "body", "body_sha256", "leaf")


class BodyPruned(BeffroiError):
    """The body's time was over: only the header and the hash stand."""

    code = "journal.body_pruned"
    message = "The body of entry {number} of {journal} is gone: the time that the law gives it was over."
    status = 410


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of the journal. `position` is for those who follow, `number` for proof.

    `body` is what `text`, its canonical JSON, says; both are None once the body was pruned.
    """

    journal: str
    number: int
    position: int
    time: datetime
    fact: str
    version: int
    subject: str
    actor: str
    epoch: int
    body: dict[str, Any] | None
    text: str | None
    header: str
    body_sha256: str
    leaf: bytes

    def read(self) -> facts.Fact:
        """The fact, brought up to its newest version; raises BodyPruned, UnknownFact."""
        if self.text is None:
            raise BodyPruned(number=self.number, journal=self.journal)
        return facts.read(self.fact, self.version, self.text)

    def entry_bytes(self) -> bytes:
        """What the leaf is the hash of, after the byte 0x00."""
        return canonical.entry_bytes(self.number, self.body_sha256, self.header)


def view(row: tuple[Any, ...]) -> EntryView:
    """The entry of a row with the columns COLUMNS."""
    position, journal, number, text, body, body_sha256, leaf = row
    header = _header.decode(text)
    return EntryView(
        journal=journal,
        number=number,
        position=position,
        time=datetime.fromisoformat(header.time),
        fact=header.fact,
        version=header.version,
        subject=unquote(header.subject),
        actor=unquote(header.actor),
        epoch=header.epoch,
        body=None if body is None else msgspec.json.decode(body),
        text=body,
        header=text,
        body_sha256=body_sha256 if body is None else canonical.body_sha256(body),
        leaf=bytes(leaf),
    )


def header_of(*, actor: str, epoch: int, fact: facts.Fact, journal: str, subject: str, time: datetime) -> str:
    """The canonical header of an entry to be appended."""
    if time.tzinfo is None:
        raise ValueError("an entry needs an aware instant")
    header = Header(
        actor=canonical.subject_name(actor),
        epoch=epoch,
        fact=fact.fact,
        journal=canonical.name("Journal", journal),
        subject=canonical.subject_name(subject),
        time=instant(time),
        version=fact.version,
    )
    return canonical.encode(header).decode()


def instant(time: datetime) -> str:
    """An instant as the journal writes it: UTC, microseconds always, `Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
