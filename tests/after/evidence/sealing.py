"""A case made of plain values, proven under a journal that lives only in the test."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beffroi.after.evidence import actions, verify
from beffroi.after.evidence.methods import package
from beffroi.after.evidence.methods.shapes import Case, Content, ProvenEntry, ProvenJournal
from beffroi.journal import canonical, merkle, notes

START = datetime(2026, 5, 1, 2, 14, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FINGERPRINT = notes.fingerprint(KEY.public_key().public_bytes_raw())
JOURNAL = "territory:redon"
INCIDENT = "0195b2c0-7d2a-7aaa-8bbb-0123456789ab"
HOUSE = Path(actions.__file__).parent


def content(words: str, salt: bytes, **about: object) -> Content:
    """Something that the journal bears by its salted hash."""
    data = words.encode()
    digest = hashlib.sha256(salt + data).hexdigest()
    return Content(data, salt, digest, {"in_journal": True, **about})


def journal(bodies: Sequence[dict[str, object]], key: Ed25519PrivateKey = KEY) -> ProvenJournal:
    """A journal in which every third entry is about something else."""
    made, leaves = [], []
    for number, body in enumerate(bodies, 1):
        text = canonical.encode(body).decode()
        header = canonical.encode(
            {
                "actor": "engine:incident",
                "epoch": 1,
                "fact": str(body["fact"]),
                "journal": JOURNAL,
                "subject": f"incident:{INCIDENT}",
                "time": package.instant(START + timedelta(seconds=number)),
                "version": 1,
            }
        ).decode()
        entry = canonical.entry_bytes(number, canonical.body_sha256(text), header)
        leaves.append(merkle.leaf_hash(entry))
        made.append((number, text, entry, str(body["fact"])))
    size = len(leaves)
    note = notes.sign(notes.Head(f"beffroi/test/{JOURNAL}/epoch/1", size, merkle.root(leaves)), key)
    proven = [
        ProvenEntry(
            number=number,
            time=START + timedelta(seconds=number),
            fact=fact,
            subject=f"incident:{INCIDENT}",
            actor="engine:incident",
            entry=entry,
            body=text,
            path=merkle.inclusion_path(number - 1, size, lambda a, b: merkle.root(leaves[a:b])),
        )
        for number, text, entry, fact in made
        if number % 3
    ]
    return ProvenJournal(JOURNAL, note, proven)


def case(*, exercise: bool = True, key: Ed25519PrivateKey = KEY, signs: int = 2) -> Case:
    """An incident of a few signs and a note."""
    seen = [
        content(
            json.dumps({"kind": "presence.person", "n": number}),
            bytes([number]) * 16,
            kind="presence.person",
            source="frigate",
            device=f"C-0{number}",
            seen_at=(START + timedelta(seconds=number)).isoformat(),
            weight=1.25,
        )
        for number in range(signs)
    ]
    note = content("Porte forcée", b"n" * 16, at=START.isoformat(), member="member:1")
    bodies: list[dict[str, object]] = []
    for each in (*seen, note):
        bodies += [
            {"fact": "incident.sign_joined", "digest": each.digest, "exercise": exercise},
            {"fact": "incident.acknowledged", "seconds": 12.5},
            {"fact": "other.thing"},
        ]
    return Case(
        incident=INCIDENT,
        reference="I-12",
        territory="redon",
        exercise=exercise,
        sealed_at=START + timedelta(hours=1),
        sealed_by="member:1",
        summary={"incident": {"act": "burglary"}},
        observations=seen,
        notes=[note],
        journals=[journal(bodies, key)],
        not_shown=[{"what": "images"}, {"what": "explanations", "parts": {"animal": 0.2}}],
    )


def files(one: Case | None = None, key: Ed25519PrivateKey = KEY) -> package.Files:
    """The files of a sealed case, with the product's own texts."""
    return package.build(
        one or case(key=key),
        words=lambda code, language: f"{code} ({language})",
        public_key=key.public_key().public_bytes_raw(),
        sign=key.sign,
        readme=(HOUSE / "methods" / "LISEZMOI.txt").read_text(),
        verifier=(HOUSE / "verify.py").read_bytes(),
        style=(HOUSE / "methods" / "timeline.css").read_bytes(),
    )


def lay(place: Path, content_: package.Files) -> Path:
    """Write the files as a folder."""
    for name, data in content_.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return place


def stranger(
    path: Path, fingerprint: str = FINGERPRINT, verifier: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Verify as someone does who has neither Beffroi nor anything but Python and openssl."""
    script = verifier or HOUSE / "verify.py"
    command = [sys.executable, "-I", "-S", str(script), str(path), "--fingerprint", fingerprint]
    where = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": ""}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=where, cwd=path.parent)


def refused(content_: package.Files, place: Path) -> str:
    """Why these files are refused, in this process; fails when they are accepted."""
    target = lay(place, content_)
    try:
        verify.verify(str(target), FINGERPRINT)
    except verify.Refused as why:
        return str(why)
    raise AssertionError("accepted")
