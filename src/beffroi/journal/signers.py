"""Whose signatures stand under the heads of a journal: the chain of keys, and every signed head."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass

import msgspec

from beffroi.journal import facts, heads, keys, models, notes
from beffroi.journal.audit import Finding


@dataclass(frozen=True, slots=True)
class SignedSize:
    """A head that was signed, from the database or from the file kept beside it."""

    size: int
    root: bytes
    note: str
    origin: str


def signed_heads(row: models.Journal) -> list[SignedSize]:
    """Every signed head of a journal. A note that cannot be read stands with what its row says."""
    found = []
    for size, root, note in (
        models.Checkpoint.objects.filter(journal=row.key).order_by("id").values_list("size", "root", "note")
    ):
        found.append(SignedSize(size, bytes(root), note, note.split("\n", 1)[0]))
    file = heads.file_of(row.origin)
    if file.exists():
        note = file.read_text(encoding="utf-8")
        try:
            head = notes.read(note).head
        except notes.BadNote:
            return found
        found.append(SignedSize(head.size, head.root, note, head.origin))
    return found


def known_keys() -> dict[str, bytes]:
    """Public keys by fingerprint, as the database tells them."""
    return {row.fingerprint: bytes(row.public_key) for row in models.SigningKey.objects.all()}


def key_chain(trusted: str = "") -> Finding | None:
    """Every key is what its fingerprint says, and each is vouched for by the one it follows.

    With `trusted`, a fingerprint obtained elsewhere, that key must be one of them.
    """
    rows = list(models.SigningKey.objects.order_by("introduced_at"))
    known = known_keys()
    told = _told()
    for row in rows:
        public = bytes(row.public_key)
        if notes.fingerprint(public) != row.fingerprint or row.fingerprint not in told:
            return Finding("installation", "key", 0, 0, f"key {row.fingerprint[:16]} is not in the journal")
        if not row.follows:
            continue
        statement = keys.statement(public, row.follows)
        if row.follows not in known or not notes.holds(known[row.follows], _bytes(row.proof), statement):
            detail = f"key {row.fingerprint[:16]} is not signed by the one before"
            return Finding("installation", "key", 0, 0, detail)
    if trusted and trusted not in known:
        return Finding("installation", "key", 0, 0, "the fingerprint given is not one of this installation")
    return None


def _told() -> set[str]:
    """Fingerprints that entries of the installation's journal introduced."""
    bodies = models.Entry.objects.filter(
        journal="installation",
        fact__in=[each.fact for each in (facts.KeyIntroduced, facts.KeyRotated, facts.KeyReplaced)],
    ).values_list("body", flat=True)
    return {msgspec.json.decode(body)["fingerprint"] for body in bodies if body}


def signatures(row: models.Journal, signed: list[SignedSize]) -> Finding | None:
    """Every signed head is readable, of this journal, and signed by one of the installation's keys."""
    known = list(known_keys().values())
    origins = {f"{row.origin.rsplit('/', 1)[0]}/{epoch}" for epoch in range(1, row.epoch + 1)}
    for each in signed:
        try:
            note = notes.read(each.note)
        except notes.BadNote as error:
            return Finding(row.key, "checkpoint", each.size, each.size, error.sentence())
        head = note.head
        if (head.size, head.root) != (each.size, each.root) or head.origin not in origins:
            return Finding(row.key, "checkpoint", each.size, each.size, "the note is not of this head")
        if not any(note.signed_by(key) for key in known):
            detail = "no key of this installation signed this head"
            return Finding(row.key, "checkpoint", each.size, each.size, detail)
    return None


def pruned_counts(journal: str) -> list[int]:
    """How many bodies each pruning of a journal says that it removed."""
    bodies = models.Entry.objects.filter(journal=journal, fact=facts.BodiesPruned.fact)
    return [int(msgspec.json.decode(body)["count"]) for body in bodies.values_list("body", flat=True) if body]


def witnessed(note: str) -> Finding | None:
    """Whether a head that someone else kept agrees with the journal as it stands.

    An honest restore is told by an entry that names that very head; anything else is a loss.
    """
    from beffroi.journal import queries

    read = notes.read(note)
    head = read.head
    row = next((each for each in models.Journal.objects.all() if _same_log(each, head.origin)), None)
    if row is None:
        return Finding(head.origin, "checkpoint", 0, head.size, "no journal here has this origin")
    if not any(read.signed_by(key) for key in known_keys().values()):
        return Finding(row.key, "checkpoint", head.size, head.size, "no key of this installation signed it")
    if head.size <= row.size and (head.size == 0 or queries.root_at(row.key, head.size) == head.root):
        return None
    if _explained(row, head):
        return None
    kind = "truncated" if head.size > row.size else "altered"
    return Finding(row.key, kind, min(head.size, row.size) + 1, head.size, "the witness saw another journal")


def _same_log(row: models.Journal, origin: str) -> bool:
    return row.origin.rsplit("/", 1)[0] == origin.rsplit("/", 1)[0]


def _explained(row: models.Journal, head: notes.Head) -> bool:
    """Whether an epoch was opened that names this head as lost, or lost it among what it names."""
    bodies = models.Entry.objects.filter(journal=row.key, fact=facts.EpochOpened.fact)
    for body in bodies.values_list("body", flat=True):
        opened = msgspec.json.decode(body or "{}", type=facts.EpochOpened)
        named = (opened.witnessed_size, opened.witnessed_root) == (head.size, head.root.hex())
        of_epoch = head.origin.rsplit("/", 1)[1] == str(opened.epoch - 1)
        if of_epoch and (named or opened.restored_size < head.size < opened.witnessed_size):
            return True
    return False


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return b""
