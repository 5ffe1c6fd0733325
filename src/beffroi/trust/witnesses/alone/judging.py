"""Whether a head may be counter-signed: notes, trees, keys, restores. Pure, and on its own.

The same code judges in the stand-alone witness and in Beffroi as a witness of others.
"""

# Runs on Python 3.8, without anything of the house: older forms are meant.
# ruff: noqa: UP006, UP032, UP035

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import struct
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

FORMAT = "beffroi-head/1"
DER = bytes.fromhex("302a300506032b6570032100")
_ORIGIN = re.compile(r"(beffroi/([0-9a-f]{16})/[A-Za-z0-9._:/@%~+-]{1,200})/epoch/([1-9][0-9]{0,8})")
_SIZE = re.compile(r"[1-9][0-9]{0,17}")

Holds = Callable[[bytes, bytes, bytes], bool]
"""Whether an Ed25519 signature holds: public key (32 bytes), signature, message."""


class Head(NamedTuple):
    """A head of a log: `log` is its origin without the epoch, `installation` who keeps it."""

    log: str
    installation: str
    epoch: int
    size: int
    root: bytes
    text: str
    signatures: Tuple[Tuple[str, bytes, bytes], ...]


class Refused(Exception):
    """A head that is not counter-signed. `code` is stable; `grave`: the history was rewritten or hidden."""

    def __init__(self, code: str, why: str, grave: bool = False) -> None:
        super().__init__(why)
        self.code, self.grave = code, grave


class Taken(NamedTuple):
    """A head that may be counter-signed; `lost`: entries that restores declared lost since the last."""

    head: Head
    lost: int
    new: bool


# --- Notes, trees, keys: pure ------------------------------------------------------------------------


def read_note(note: str) -> Head:
    """The head and the signatures of a checkpoint (C2SP); says nothing yet of whether they hold."""
    text, separator, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 3 or not tail.endswith("\n") or tail.count("\n") > 64:
        raise Refused("malformed", "this is not a signed head")
    origin = _ORIGIN.fullmatch(lines[0])
    if not origin or not _SIZE.fullmatch(lines[1]):
        raise Refused("malformed", "the head has no origin of a journal, or no size")
    root = _bytes(lines[2])
    if len(root) != 32:
        raise Refused("malformed", "the root is not 32 bytes")
    signatures = []
    for line in tail[:-1].split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—":
            raise Refused("malformed", "a signature is not understood")
        value = _bytes(parts[2])
        signatures.append((parts[1], value[:4], value[4:]))
    log, installation, epoch = origin.groups()
    return Head(log, installation, int(epoch), int(lines[1]), root, text + "\n", tuple(signatures))


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise Refused("malformed", "something is not base64") from None


def _hashes(given: Any) -> List[bytes]:
    if not isinstance(given, list) or len(given) > 128:
        raise Refused("malformed", "a proof is not a list of hashes")
    try:
        found = [bytes.fromhex(each) for each in given]
    except (ValueError, TypeError):
        raise Refused("malformed", "a proof holds something else than hashes") from None
    if any(len(each) != 32 for each in found):
        raise Refused("malformed", "a hash is not 32 bytes")
    return found


def _number(given: Any, least: int = 0) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < least:
        raise Refused("malformed", "a number is missing")
    return given


def node(left: bytes, right: bytes) -> bytes:
    """An inner node of the tree (RFC 9162)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def extends(old: int, new: int, old_root: bytes, new_root: bytes, path: List[bytes]) -> bool:
    """Whether the tree of `new` leaves extends that of `old` (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    was = now = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            was, now = node(sibling, was), node(sibling, now)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            now = node(now, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and was == old_root and now == new_root


def holds_leaf(leaf: bytes, index: int, size: int, path: List[bytes], root: bytes) -> bool:
    """Whether a leaf is in the tree (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node(sibling, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node(found, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def fingerprint(public: bytes) -> str:
    """SHA-256 of a key's DER form, as people compare it by telephone."""
    return hashlib.sha256(DER + public).hexdigest()


def trusted_keys(keys: Any, trusted: str, holds: Holds) -> List[bytes]:
    """The keys that follow from the one trusted, each signed by the one before."""
    if not isinstance(keys, list) or len(keys) > 1000:
        raise Refused("malformed", "the keys are not a list")
    found: Dict[str, bytes] = {}
    for each in keys:
        if not isinstance(each, dict):
            raise Refused("malformed", "a key is not understood")
        public, follows = _bytes(each.get("key")), each.get("follows")
        print_ = fingerprint(public)
        statement = json.dumps(
            {"new": base64.b64encode(public).decode(), "old": follows}, sort_keys=True, separators=(",", ":")
        )
        chained = follows in found and holds(found[follows], _bytes(each.get("proof")), statement.encode())
        if print_ == trusted or chained:
            found[print_] = public
    if not found:
        raise Refused("key", "none of the keys is the one that was trusted")
    return list(found.values())


def signed(head: Head, keys: List[bytes], holds: Holds) -> bool:
    """Whether one of the keys signed the head, under its origin's name."""
    name = head.text.split("\n", 1)[0]
    for public in keys:
        wanted = hashlib.sha256(name.encode() + b"\n\1" + public).digest()[:4]
        for who, key_id, signature in head.signatures:
            if who == name and key_id == wanted and holds(public, signature, head.text.encode()):
                return True
    return False


# --- The judgement: pure -----------------------------------------------------------------------------


def judge(kept: List[Head], proposal: Any, trusted: str, holds: Holds) -> Taken:
    """Whether the head proposed may be counter-signed, after those `kept` of the same log, oldest first.

    Raises Refused.
    """
    if not isinstance(proposal, dict) or proposal.get("format") != FORMAT:
        raise Refused("malformed", "this is not a proposal of a head")
    note = proposal.get("checkpoint")
    if not isinstance(note, str):
        raise Refused("malformed", "the proposal holds no head")
    head = read_note(note)
    if not signed(head, trusted_keys(proposal.get("keys"), trusted, holds), holds):
        raise Refused("signature", "no key that is trusted signed this head")
    if not kept:
        return Taken(head, 0, True)
    last = kept[-1]
    if head.epoch < last.epoch:
        raise Refused("cut", "the journal went back to an epoch before the one that was witnessed", True)
    if head.epoch == last.epoch:
        _extended(last, head, proposal)
        return Taken(head, 0, head.size > last.size)
    return Taken(head, _restored(kept, head, proposal), True)


def _extended(last: Head, head: Head, proposal: Dict[str, Any]) -> None:
    """The head extends the last that was kept."""
    if head.size < last.size:
        raise Refused(
            "cut", "the journal has {} entries, {} were witnessed".format(head.size, last.size), True
        )
    if head.size == last.size:
        if head.root != last.root:
            raise Refused("fork", "another journal of as many entries was witnessed", True)
        return
    if proposal.get("old") != last.size:
        raise Refused("old", "the proof must start at the {} entries witnessed".format(last.size))
    if not extends(last.size, head.size, last.root, head.root, _hashes(proposal.get("consistency"))):
        raise Refused("rewritten", "what was witnessed is no longer the beginning of the journal", True)


def _restored(kept: List[Head], head: Head, proposal: Dict[str, Any]) -> int:
    """The entries that restores declared lost, where each is named honestly: one an epoch, in order."""
    openings, last = proposal.get("openings"), kept[-1]
    if not isinstance(openings, list) or len(openings) != head.epoch - last.epoch:
        raise Refused("epoch", "the entries that opened the new epochs are missing")
    lost, least = 0, head.size
    for place, each in enumerate(openings):
        opened, number = _opening(each, head)
        if opened["epoch"] != last.epoch + place + 1 or number != opened["restored_size"] + 1:
            raise Refused("epoch", "an epoch does not follow the one before")
        named = (opened["witnessed_size"], bytes.fromhex(opened["witnessed_root"]))
        if place == 0 and (named[0] < last.size or (named[0] == last.size and named[1] != last.root)):
            raise Refused("hidden", "the restore names an older head than the one that was witnessed", True)
        if named[0] < opened["restored_size"]:
            raise Refused("hidden", "the restore names fewer entries than it kept", True)
        lost, least = lost + named[0] - opened["restored_size"], min(least, opened["restored_size"])
    base = [each for each in kept if each.size <= least]
    if base:
        old = max(base, key=lambda each: each.size)
        if proposal.get("base") != old.size:
            raise Refused("base", "the proof must start at {} entries, before the restore".format(old.size))
        if not extends(old.size, head.size, old.root, head.root, _hashes(proposal.get("base_consistency"))):
            raise Refused("rewritten", "what was witnessed before the restore was changed", True)
    return lost


def _opening(given: Any, head: Head) -> Tuple[Dict[str, Any], int]:
    """The body and the number of an entry that opens an epoch, proven to be in the head."""
    if not isinstance(given, dict) or not isinstance(given.get("entry"), str):
        raise Refused("malformed", "an opening is not understood")
    entry, body = given["entry"], given.get("body")
    try:
        number, body_hash, header = json.loads(entry)
        opened = json.loads(body)
    except (ValueError, TypeError):
        raise Refused("malformed", "an opening is not JSON") from None
    leaf = hashlib.sha256(b"\0" + entry.encode()).digest()
    _number(number, 1)
    if not holds_leaf(leaf, number - 1, head.size, _hashes(given.get("inclusion")), head.root):
        raise Refused("epoch", "the entry that opens the epoch is not in the journal")
    if hashlib.sha256(body.encode()).hexdigest() != body_hash or header.get("fact") != "journal.epoch_opened":
        raise Refused("epoch", "the entry does not open an epoch")
    for name in ("epoch", "restored_size", "witnessed_size"):
        _number(opened.get(name))
    _hashes([opened.get("witnessed_root")])
    return opened, number


def counter_signed(name: str, public: bytes, at: int, signature: bytes) -> str:
    """The line of a counter-signature, C2SP cosignature/v1; `at` in seconds since 1970."""
    key_id = hashlib.sha256(name.encode() + b"\n\4" + public).digest()[:4]
    value = base64.b64encode(key_id + struct.pack(">Q", at) + signature).decode()
    return "— {} {}\n".format(name, value)


def to_counter_sign(head: Head, at: int) -> bytes:
    """What a witness signs: that it saw this head at this time."""
    return "cosignature/v1\ntime {}\n{}".format(at, head.text).encode()
