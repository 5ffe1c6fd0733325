"""Writes of evidence: seal what happened."""

from __future__ import annotations

import getpass
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from beffroi.after.evidence import facts, queries, verify
from beffroi.after.evidence.errors import CannotWrite
from beffroi.after.evidence.methods import package
from beffroi.after.evidence.methods.shapes import Case
from beffroi.after.evidence.words import words
from beffroi.during.incident import doors
from beffroi.during.incident import queries as incidents
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.journal import keys
from beffroi.people.models import Member

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sealed:
    """A package that was sealed: where it is, and what its receiver must be told by another way."""

    path: Path
    fingerprint: str
    statement: str
    entries: int
    observations: int
    exercise: bool


def seal(*, incident: UUID, out: Path, member: Member | None = None, folder: bool = False) -> Sealed:
    """Seal an incident into `out`, as a .zip or as a folder, and tell the journal.

    `member` must hold `evidence.seal` in the incident's territory (raises DoorShut). Without one it is the
    account of the server itself that seals, which holds the keys anyhow: the journal names it.
    """
    if member is not None:
        doors.incident_for(member, incident, "evidence.seal")
    actor = f"member:{member.pk}" if member is not None else f"system:{getpass.getuser()}"
    territory = incidents.incident(incident).territory
    key = keys.current()
    with transaction.atomic():
        checkpoint = journal.sign_head(journal=f"territory:{territory}")
        case = queries.case(incident, checkpoint=checkpoint, sealed_by=actor, sealed_at=clock.now())
        files = _files(case, key)
        statement = verify.sha256(files["statement.json"])
        fact = facts.EvidenceSealed(
            number=int(case.reference.rsplit("-", 1)[1]),
            statement=statement,
            key=key.fingerprint,
            entries=sum(len(each.entries) for each in case.journals),
            observations=len(case.observations),
            exercise=case.exercise,
        )
        path = _write(out, package.name(case), files, folder)
        journal.append(
            journal=f"territory:{territory}", fact=fact, subject=f"incident:{incident}", actor=actor
        )
    return Sealed(path, key.fingerprint, statement, fact.entries, fact.observations, case.exercise)


def _files(case: Case, key: keys.Key) -> package.Files:
    return package.build(
        case,
        words=words,
        public_key=key.public_key,
        sign=key.sign,
        readme=(_HERE / "methods" / "LISEZMOI.txt").read_text(encoding="utf-8"),
        verifier=(_HERE / "verify.py").read_bytes(),
        style=(_HERE / "methods" / "timeline.css").read_bytes(),
    )


def _write(out: Path, name: str, files: package.Files, folder: bool) -> Path:
    """Write the package whole or not at all; raises CannotWrite."""
    target = out / (name if folder else f"{name}.zip")
    draft = out / f".{name}.{os.getpid()}.draft"
    try:
        out.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise CannotWrite(path=target, why="it is there already")
        if folder:
            for path, data in files.items():
                file = draft / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
        else:
            draft.write_bytes(verify.zipped(name, files))
        draft.rename(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if draft.is_file():
            draft.unlink()
        raise CannotWrite(path=target, why=error.strerror or str(error)) from error
    return target
