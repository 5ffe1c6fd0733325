"""A head of ours as it goes to a witness: signed, with the proof that it extends what the witness keeps."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import msgspec

from beffroi.foundation.errors import NotFound
from beffroi.journal import actions as journal_actions
from beffroi.journal import queries
from beffroi.journal.entries import EntryView
from beffroi.journal.facts import EpochOpened
from beffroi.trust.witnesses.alone.judging import FORMAT

Places = Sequence[tuple[int, int]]
"""Heads that a witness keeps of a journal, oldest first: (epoch, entries)."""


def proposal(journal: str, kept: Places) -> dict[str, Any]:
    """The present head of a journal, signed now, with proofs from the last of `kept`. Raises NotFound."""
    checkpoint = journal_actions.sign_head(journal=journal)
    made: dict[str, Any] = {
        "format": FORMAT,
        "checkpoint": checkpoint.note,
        "keys": [
            {"key": b64encode(bytes(each.public_key)).decode(), "follows": each.follows, "proof": each.proof}
            for each in queries.signing_keys()
        ],
    }
    if not kept:
        return made
    epoch, size = kept[-1]
    if epoch == checkpoint.epoch:
        made |= {"old": size, "consistency": _extends(journal, size, checkpoint.size)}
    elif epoch < checkpoint.epoch:
        made |= _restored(journal, kept, checkpoint.epoch, checkpoint.size)
    return made


def _extends(journal: str, old: int, new: int) -> list[str]:
    """The proof, or none where there can be none: the journal is shorter than what the witness keeps."""
    try:
        return [each.hex() for each in queries.consistency(journal, old, new)]
    except NotFound:
        return []


def _restored(journal: str, kept: Places, epoch: int, size: int) -> dict[str, Any]:
    """The entries that opened the epochs since, and the proof from a head before what was lost."""
    openings = [each for each in _openings(journal) if kept[-1][0] < each[1].epoch <= epoch]
    least = min((each.restored_size for _, each in openings), default=0)
    base = max((entries for _, entries in kept if entries <= least), default=0)
    made: dict[str, Any] = {
        "openings": [
            {
                "entry": entry.entry_bytes().decode(),
                "body": _stored_body(entry),
                "inclusion": [each.hex() for each in queries.inclusion(journal, entry.number, size)],
            }
            for entry, _ in openings
        ]
    }
    if base:
        made |= {"base": base, "base_consistency": _extends(journal, base, size)}
    return made


def _openings(journal: str) -> list[tuple[EntryView, EpochOpened]]:
    found = queries.latest([journal], [EpochOpened.fact], 1_000)
    return [(each, msgspec.convert(each.body, EpochOpened)) for each in reversed(found) if each.body]


def _stored_body(entry: EntryView) -> str:
    from beffroi.journal import canonical

    return canonical.encode(entry.body).decode()
