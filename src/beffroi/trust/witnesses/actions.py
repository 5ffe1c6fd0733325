"""Writes of the witnesses: who keeps our heads, what they signed or refused, and what we keep of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.journal import heads, notes
from beffroi.trust.witnesses import cosigning, facts, keys, models, queries
from beffroi.trust.witnesses.alone import judging
from beffroi.trust.witnesses.errors import BadCounterSignature, BadWitness

SYSTEM = "system"
_HEX = frozenset("0123456789abcdef")


@transaction.atomic
def add_witness(*, name: str, public_key: str, url: str = "", actor: str = SYSTEM) -> models.Witness:
    """Let somebody keep our heads; `public_key` is 64 hexadecimal digits. Raises BadWitness."""
    key = _digits("public_key", public_key, 64)
    if not name.strip() or len(name) > 120 or " " in name.strip():
        raise BadWitness(where="name", why="is one word, as the witness signs it")
    if url and (why := cosigning.bad_address(url)):
        raise BadWitness(where="url", why=why)
    fingerprint = notes.fingerprint(bytes.fromhex(key))
    if models.Witness.objects.filter(fingerprint=fingerprint, removed_at=None).exists():
        raise BadWitness(where="public_key", why="is a witness's already")
    row = models.Witness.objects.create(
        name=name.strip(), url=url, public_key=bytes.fromhex(key), fingerprint=fingerprint
    )
    _append(facts.WitnessAdded(fingerprint=fingerprint), f"witness:{row.id}", actor)
    return row


@transaction.atomic
def remove_witness(*, witness: models.Witness, actor: str = SYSTEM) -> None:
    """Ask a witness no more; what it signed stays."""
    witness.removed_at = clock.now()
    witness.save(update_fields=["removed_at"])
    _append(facts.WitnessRemoved(fingerprint=witness.fingerprint), f"witness:{witness.id}", actor)


@transaction.atomic
def trust_log(*, installation: str, name: str, fingerprint: str, actor: str = SYSTEM) -> models.Trusted:
    """Keep the heads of another installation; a fingerprint given anew replaces the one trusted.

    Raises BadWitness.
    """
    digits, printed = _digits("installation", installation, 16), _digits("fingerprint", fingerprint, 64)
    if digits == heads.installation():
        raise BadWitness(where="installation", why="nobody is a witness of their own journal")
    if not name.strip() or len(name) > 120:
        raise BadWitness(where="name", why="is missing, or too long")
    row, _made = models.Trusted.objects.update_or_create(
        installation=digits, defaults={"name": name.strip(), "fingerprint": printed}
    )
    _append(facts.LogTrusted(fingerprint=printed), f"log:{digits}", actor)
    return row


def _digits(where: str, given: str, count: int) -> str:
    clean = given.replace(" ", "").replace(":", "").lower()
    if len(clean) != count or not set(clean) <= _HEX:
        raise BadWitness(where=where, why=f"is {count} hexadecimal digits")
    return clean


def take(proposal: Mapping[str, Any]) -> dict[str, Any]:
    """As a witness: judge a head of another installation, keep it, counter-sign it.

    Raises judging.Refused; a grave one is written down with both heads before it is raised.
    """
    note = proposal.get("checkpoint") if isinstance(proposal, Mapping) else None
    head = judging.read_note(note if isinstance(note, str) else "")
    refusal: judging.Refused | None = None
    with transaction.atomic():
        trusted = models.Trusted.objects.select_for_update().filter(pk=head.installation).first()
        if trusted is None:
            raise judging.Refused("unknown", "this installation is not one that is trusted here")
        # Anybody may knock: what is kept is read only for who signed with a key that is trusted.
        signers = judging.trusted_keys(proposal.get("keys"), trusted.fingerprint, notes.holds)
        if not judging.signed(head, signers, notes.holds):
            raise judging.Refused("signature", "no key that is trusted signed this head")
        kept = queries.kept(head.log)
        try:
            taken = judging.judge(kept, dict(proposal), trusted.fingerprint, notes.holds)
        except judging.Refused as refused:
            refusal = refused
            if refused.grave:
                _keep_proof(trusted, refused, kept[-1], head, str(note))
        else:
            now = clock.now()
            if taken.new:
                models.Kept.objects.create(
                    installation=trusted, log=head.log, epoch=head.epoch, size=head.size, note=str(note),
                    lost=taken.lost, at=now,
                )  # fmt: skip
            line = cosigning.cosign(head, keys.name(), keys.key(), int(now.timestamp()))
    if refusal is not None:
        raise refusal
    return {"cosignature": line, "lost": taken.lost}


def _keep_proof(
    trusted: models.Trusted, refused: judging.Refused, last: judging.Head, head: judging.Head, note: str
) -> None:
    """Both heads, once: the same proof is not kept again at each new try."""
    if models.Proof.objects.filter(log=head.log, proposed=note).exists():
        return
    witnessed = models.Kept.objects.filter(log=head.log).order_by("-id").values_list("note", flat=True)[0]
    row = models.Proof.objects.create(
        installation=trusted, log=head.log, code=refused.code, why=str(refused)[:300], witnessed=witnessed,
        proposed=note, at=clock.now(),
    )  # fmt: skip
    fact = facts.LogRefused(log=head.log, code=refused.code, witnessed=last.size, proposed=head.size)
    _append(fact, f"proof:{row.id}", SYSTEM)


@transaction.atomic
def keep_answer(*, witness: models.Witness, journal_key: str, note: str, answer: Mapping[str, Any]) -> None:
    """Keep the counter-signature that a witness gave for a head of ours. Raises BadCounterSignature."""
    head = judging.read_note(note)
    line = answer.get("cosignature")
    at = cosigning.signed_at(head, str(line), bytes(witness.public_key))
    if at is None:
        raise BadCounterSignature(name=witness.name)
    models.CounterSigned.objects.update_or_create(
        witness=witness, journal=journal_key, epoch=head.epoch, size=head.size,
        defaults={"line": line, "at": at},
    )  # fmt: skip


@transaction.atomic
def keep_refusal(
    *, witness: models.Witness, journal_key: str, note: str, code: str, why: str, now: datetime
) -> None:
    """Write that a witness says a journal of ours is not what it kept; once for each head."""
    if models.Refusal.objects.filter(witness=witness, journal=journal_key, note=note).exists():
        return
    head = judging.read_note(note)
    models.Refusal.objects.create(
        witness=witness, journal=journal_key, code=code[:20], why=why[:300], note=note, at=now
    )
    fact = facts.WitnessRefused(journal=journal_key, code=code[:20], size=head.size)
    _append(fact, f"witness:{witness.id}", SYSTEM)


def _append(fact: facts.Fact, subject: str, actor: str) -> None:
    journal.append(journal=journal.INSTALLATION, fact=fact, subject=subject, actor=actor)
