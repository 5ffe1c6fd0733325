"""The files of a sealed package, from plain values. Pure: the signature is a function given by the caller."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from beffroi.after.evidence import verify
from beffroi.after.evidence.methods import page, timeline
from beffroi.after.evidence.methods.shapes import Case, Content, ProvenJournal
from beffroi.journal import canonical

Files = dict[str, bytes]
SOFTWARE = "Beffroi"


def build(
    case: Case,
    *,
    words: page.Words,
    public_key: bytes,
    sign: Callable[[bytes], bytes],
    readme: str,
    verifier: bytes,
    style: bytes,
) -> Files:
    """Every file of the package by its path: a BagIt bag (RFC 8493) with a signed statement beside.

    `public_key` 32 bytes and `sign` its Ed25519 signature; `readme` a template with {reference},
    {fingerprint}, {sealed_at}, {sealed_by} and {banner}.
    """
    files = _payload(case, words, style)
    fingerprint = verify.fingerprint(public_key)
    payload = sorted(files)
    files["bagit.txt"] = verify.BAGIT
    files["bag-info.txt"] = _bag_info(case, files, payload)
    files["key.pem"] = verify.pem(public_key)
    files["verify.py"] = verifier
    files["LISEZMOI.txt"] = readme.format(
        reference=case.reference,
        territory=case.territory,
        fingerprint=fingerprint,
        sealed_at=case.sealed_at.strftime("%d/%m/%Y à %H:%M:%S UTC"),
        sealed_by=case.sealed_by,
        banner="*** EXERCICE : rien de ceci n'a eu lieu. ***\n\n" if case.exercise else "",
    ).encode()
    files["manifest-sha256.txt"] = verify.manifest(files, payload)
    statement = canonical.encode(_statement(case, files, fingerprint))
    files["statement.json"], files["statement.sig"] = statement, sign(statement)
    files["tagmanifest-sha256.txt"] = verify.manifest(
        files, [name for name in files if not name.startswith("data/")]
    )
    return files


def name(case: Case) -> str:
    """The package's folder, also the stem of its zip."""
    plain = "".join(each if each.isalnum() and each.isascii() else "-" for each in case.reference)
    return f"beffroi-preuve-{plain}-{case.sealed_at:%Y%m%dT%H%M%SZ}"


def _payload(case: Case, words: page.Words, style: bytes) -> Files:
    files: Files = {"data/incident.json": _json(case.summary), "data/timeline.css": style}
    files |= _contents(case.observations, "observations", "json", "signs")
    files |= _contents(case.notes, "notes", "txt", "notes")
    for journal in case.journals:
        files |= _journal(journal)
    moments = timeline.moments(case)
    files["data/timeline.json"] = _json([each.as_dict() for each in moments])
    files["data/timeline.html"] = page.render(case, moments, words).encode()
    files["data/not-shown.json"] = _json(list(case.not_shown))
    files["data/keys.json"] = _json(list(case.keys))
    return files


def _contents(contents: Any, folder: str, ending: str, listed: str) -> Files:
    files: Files = {}
    rows = []
    for number, each in enumerate(contents, 1):
        path = f"{folder}/{number:04d}.{ending}"
        files[f"data/{path}"] = each.content
        rows.append(_row(each, path))
    files[f"data/{listed}.json"] = _json(rows)
    return files


def _row(each: Content, path: str) -> dict[str, Any]:
    return {"file": path, "salt": each.salt.hex(), "digest": each.digest, **each.about}


def folder_of(journal: str) -> str:
    """The folder of a journal within `data/journal/`."""
    return journal.replace(":", "_")


def _journal(journal: ProvenJournal) -> Files:
    folder = f"data/journal/{folder_of(journal.journal)}/"
    text, _, signatures = journal.note.rpartition("\n\n")
    signature = b64decode(signatures.strip().rsplit(" ", 1)[1])[4:]
    files: Files = {
        f"{folder}checkpoint.note": journal.note.encode(),
        f"{folder}checkpoint.text": f"{text}\n".encode(),
        f"{folder}checkpoint.sig": signature,
    }
    proofs = []
    for each in journal.entries:
        files[f"{folder}{each.number:08d}.entry"] = b"\0" + each.entry
        if each.body is not None:
            files[f"{folder}{each.number:08d}.json"] = each.body.encode()
        proofs.append({"number": each.number, "path": [step.hex() for step in each.path]})
    files[f"{folder}proofs.json"] = _json({"journal": journal.journal, "entries": proofs})
    return files


def _statement(case: Case, files: Mapping[str, bytes], fingerprint: str) -> dict[str, Any]:
    journals = []
    for each in case.journals:
        origin, size, _ = each.note.split("\n", 2)
        journals.append(
            {
                "journal": each.journal,
                "folder": folder_of(each.journal),
                "origin": origin,
                "size": int(size),
                "entries": [entry.number for entry in each.entries],
            }
        )
    return {
        "format": verify.FORMAT,
        "incident": case.incident,
        "reference": case.reference,
        "territory": case.territory,
        "exercise": case.exercise,
        "sealed_at": instant(case.sealed_at),
        "sealed_by": case.sealed_by,
        "key": fingerprint,
        "journals": journals,
        "files": {path: verify.sha256(data) for path, data in files.items()},
    }


def _bag_info(case: Case, files: Files, payload: list[str]) -> bytes:
    octets = sum(len(files[each]) for each in payload)
    lines = [
        f"Bag-Software-Agent: {SOFTWARE}",
        f"Bagging-Date: {case.sealed_at:%Y-%m-%d}",
        f"External-Identifier: {case.incident}",
        f"Payload-Oxum: {octets}.{len(payload)}",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def instant(at: datetime) -> str:
    """An instant as the package writes it: UTC, microseconds, `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(value: Any) -> bytes:
    """JSON that a person can read; its bytes are proven by their hash."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode() + b"\n"
