#!/usr/bin/env python3
"""Vérifie un dossier de preuve scellé par Beffroi. / Verifies an evidence package sealed by Beffroi.

    python3 -I verify.py DOSSIER --fingerprint EMPREINTE

DOSSIER is the package, as a folder or as the .zip; EMPREINTE is the fingerprint of the signing key,
obtained by another way (the town's site, a telephone call, a witness). Needs nothing but Python >= 3.8
and the program `openssl` (1.1.1 or later): Beffroi itself need not be here.

Refused: any byte changed in any file, any file added or taken away, any entry of the journal dropped,
a package sealed again with another key. Exit status 0 only when it is accepted.
"""

# Runs on Python 3.8, without anything of the house: older forms are meant.
# ruff: noqa: UP006, UP032, UP035, UP045

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from typing import Any, Dict, List, Optional, Sequence, Tuple

Files = Dict[str, bytes]

FORMAT = "beffroi-evidence/1"
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
UNSIGNED = ("statement.json", "statement.sig", "tagmanifest-sha256.txt")
DER = bytes.fromhex("302a300506032b6570032100")
LARGEST = 4 * 1024**3
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class Refused(Exception):
    """The package is not what was sealed; the text says why."""


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


# --- The package, as a folder or as a zip ------------------------------------------------------------


def load(path: str) -> Files:
    """Every file of the package, by its path within it."""
    if os.path.isdir(path):
        return _folder(path)
    if os.path.isfile(path):
        return _unzipped(path)
    raise Refused("no such package: " + path)


def _folder(path: str) -> Files:
    found: Files = {}
    for place, folders, names in os.walk(path):
        if not folders and not names:
            raise Refused("an empty folder was added: " + os.path.relpath(place, path))
        for name in folders + names:
            whole = os.path.join(place, name)
            if os.path.islink(whole) or not (os.path.isfile(whole) or os.path.isdir(whole)):
                raise Refused("not a plain file: " + os.path.relpath(whole, path))
        for name in names:
            whole = os.path.join(place, name)
            with open(whole, "rb") as file:
                found[os.path.relpath(whole, path).replace(os.sep, "/")] = file.read()
    return found


def _unzipped(path: str) -> Files:
    with open(path, "rb") as file:
        whole = file.read()
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if sum(each.file_size for each in infos) > LARGEST:
                raise Refused("the package is too large")
            if any(each.compress_type != zipfile.ZIP_STORED for each in infos):
                raise Refused("the zip is not as it was written")
            content = [(each.filename, archive.read(each)) for each in infos]
    except (
        zipfile.BadZipFile,
        NotImplementedError,  # zipfile raises it for a compression that it does not know
        RuntimeError,
        EOFError,
        struct.error,
        ValueError,
    ) as error:
        raise Refused("the zip cannot be read: {}".format(error)) from None
    tops = {name.split("/", 1)[0] for name, _ in content}
    if len(tops) != 1 or any("/" not in name for name, _ in content):
        raise Refused("the zip does not hold one folder")
    (top,) = tops
    files = {name[len(top) + 1 :]: data for name, data in content}
    if len(files) != len(content) or zipped(top, files) != whole:
        raise Refused("the zip is not as it was written")
    return files


def zipped(top: str, files: Files) -> bytes:
    """The one zip that these files give: stored, sorted, without dates, so that any changed byte shows."""
    out, index = bytearray(), bytearray()
    for name in sorted(files):
        data, full = files[name], (top + "/" + name).encode("ascii")
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0, 0, 0, 0x21, zlib.crc32(data), len(data), len(data), len(full), 0
        )
        index += b"PK\1\2" + struct.pack("<H", 0x0314) + common
        index += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, len(out)) + full
        out += b"PK\3\4" + common + full + data
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(index), len(out), 0)
    return bytes(out + index + b"PK\5\6" + end)


# --- BagIt (RFC 8493) --------------------------------------------------------------------------------


def manifest(files: Files, names: Sequence[str]) -> bytes:
    """A manifest as the package holds it: one line a file, sorted."""
    return "".join(sha256(files[name]) + "  " + name + "\n" for name in sorted(names)).encode("ascii")


def check_bag(files: Files) -> None:
    """The package is a bag, and both its manifests are exactly what its files give."""
    for name in files:
        if not _NAME.fullmatch(name):
            raise Refused("a file has an unexpected name: " + ascii(name))
    if files.get("bagit.txt") != BAGIT:
        raise Refused("bagit.txt was changed or is missing")
    payload = [name for name in files if name.startswith("data/")]
    if files.get("manifest-sha256.txt") != manifest(files, payload):
        raise Refused("manifest-sha256.txt does not agree with the files")
    tags = [name for name in files if not name.startswith("data/") and name != "tagmanifest-sha256.txt"]
    if files.get("tagmanifest-sha256.txt") != manifest(files, tags):
        raise Refused("tagmanifest-sha256.txt does not agree with the files")


# --- The key and what it signed ----------------------------------------------------------------------


def public_key(files: Files) -> bytes:
    """The 32 bytes of the Ed25519 key that the package carries."""
    text = files.get("key.pem", b"")
    lines = text.split(b"\n")
    try:
        der = base64.b64decode(lines[1] if len(lines) == 4 else b"", validate=True)
    except binascii.Error:
        der = b""
    if len(der) != 44 or der[:12] != DER or pem(der[12:]) != text:
        raise Refused("key.pem is not an Ed25519 public key")
    return der[12:]


def pem(key: bytes) -> bytes:
    """The key in the form that openssl reads."""
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(DER + key) + b"\n-----END PUBLIC KEY-----\n"


def fingerprint(key: bytes) -> str:
    """SHA-256 of the key's DER form."""
    return sha256(DER + key)


def check_signature(key: bytes, message: bytes, signature: bytes, what: str) -> None:
    """Ask openssl whether an Ed25519 signature holds."""
    program = shutil.which("openssl")
    if program is None:
        raise Refused("the program openssl is not on this machine")
    with tempfile.TemporaryDirectory() as place:
        names = {}
        for name, data in (("key.pem", pem(key)), ("message", message), ("signature", signature)):
            names[name] = os.path.join(place, name)
            with open(names[name], "wb") as file:
                file.write(data)
        command = [program, "pkeyutl", "-verify", "-pubin", "-inkey", names["key.pem"], "-rawin"]
        command += ["-in", names["message"], "-sigfile", names["signature"]]
        done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise Refused("the signature of " + what + " does not hold")


def check_statement(files: Files, trusted: str) -> Dict[str, Any]:
    """The signed statement, once its key, its signature and every file that it lists agree."""
    for name in (*UNSIGNED, "key.pem"):
        if name not in files:
            raise Refused(name + " is missing")
    key = public_key(files)
    if fingerprint(key) != trusted:
        raise Refused("signed with another key: " + fingerprint(key))
    text = files["statement.json"]
    check_signature(key, text, files["statement.sig"], "statement.json")
    statement: Dict[str, Any] = parsed(text, "statement.json")
    if statement.get("format") != FORMAT or statement.get("key") != trusted:
        raise Refused("statement.json is of another form")
    listed = statement["files"]
    for name in sorted(set(listed) - set(files)):
        raise Refused("a file was taken away: " + name)
    for name in sorted(set(files) - set(listed) - set(UNSIGNED)):
        raise Refused("a file was added: " + name)
    for name in sorted(listed):
        if sha256(files[name]) != listed[name]:
            raise Refused("a file was changed: " + name)
    return statement


def parsed(data: bytes, name: str) -> Any:
    """JSON, or a refusal."""
    try:
        return json.loads(data.decode("utf-8"))
    except ValueError:
        raise Refused(name + " cannot be read") from None


# --- The journal (RFC 9162 tree, C2SP checkpoint) ----------------------------------------------------


def check_checkpoint(files: Files, journal: Dict[str, Any], key: bytes) -> bytes:
    """The root that the signed head of a journal tells, once its signature holds."""
    folder = "data/journal/" + journal["folder"] + "/"
    text, signature = files[folder + "checkpoint.text"], files[folder + "checkpoint.sig"]
    check_signature(key, text, signature, folder + "checkpoint.text")
    origin, size, root = text.decode("utf-8").rstrip("\n").split("\n")
    if (origin, int(size)) != (journal["origin"], journal["size"]):
        raise Refused("the signed head is of another journal: " + origin)
    name = origin.encode("utf-8")
    identifier = hashlib.sha256(name + b"\n\x01" + key).digest()[:4]
    line = "— " + origin + " " + base64.b64encode(identifier + signature).decode("ascii") + "\n"
    if files[folder + "checkpoint.note"] != text + b"\n" + line.encode("utf-8"):
        raise Refused("the signed note and its parts do not agree: " + folder)
    return base64.b64decode(root)


def check_entries(
    files: Files,
    journal: Dict[str, Any],
    root: bytes,
) -> List[Tuple[str, Any]]:
    """Every entry is under the signed root; gives (fact, body) of each whose body is there."""
    folder = "data/journal/" + journal["folder"] + "/"
    proofs = parsed(files[folder + "proofs.json"], folder + "proofs.json")
    if [each["number"] for each in proofs["entries"]] != journal["entries"]:
        raise Refused("an entry was dropped or added in " + journal["journal"])
    bodies = []
    for proof in proofs["entries"]:
        number = proof["number"]
        name = folder + "{:08d}".format(number)
        preimage = files.get(name + ".entry", b"")
        if preimage[:1] != b"\0":
            raise Refused("entry {} is missing".format(number))
        told, body_hash, header = parsed(preimage[1:], name)
        path = [bytes.fromhex(each) for each in proof["path"]]
        leaf = hashlib.sha256(preimage).digest()
        if told != number or header["journal"] != journal["journal"]:
            raise Refused("entry {} stands under another number".format(number))
        if not included(leaf, number - 1, journal["size"], path, root):
            raise Refused("entry {} is not in the signed journal".format(number))
        body = files.get(name + ".json")
        if body is not None:
            if sha256(body) != body_hash:
                raise Refused("the body of entry {} was changed".format(number))
            bodies.append((header["fact"], parsed(body, name)))
    return bodies


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 §2.1.3.2."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = hashlib.sha256(b"\1" + sibling + found).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + sibling).digest()
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def check_sources(files: Files, bodies: List[Tuple[str, Any]]) -> int:
    """Observations and notes are those whose salted hash the journal bears; gives how many."""
    borne = {str(body.get("digest", "")) for _, body in bodies}
    count = 0
    for name in ("data/signs.json", "data/notes.json"):
        for each in parsed(files[name], name):
            data = files.get("data/" + each["file"])
            salted = None if data is None else sha256(bytes.fromhex(each["salt"]) + data)
            if salted != each["digest"] or (each["in_journal"] and salted not in borne):
                raise Refused("not what the journal bears: data/" + each["file"])
            count += 1
    return count


# --- All of it ---------------------------------------------------------------------------------------


def verify(path: str, trusted: str) -> Dict[str, Any]:
    """What the package holds, once everything in it was verified; raises Refused."""
    trusted = re.sub(r"[\s:]", "", trusted).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", trusted):
        raise Refused("the key's fingerprint, obtained by another way, is needed: 64 hexadecimal digits")
    files = load(path)
    check_bag(files)
    statement = check_statement(files, trusted)
    key = public_key(files)
    bodies: List[Tuple[str, Any]] = []
    try:
        for journal in statement["journals"]:
            bodies += check_entries(files, journal, check_checkpoint(files, journal, key))
        sources = check_sources(files, bodies)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused("the package is not of the form it says: {!r}".format(error)) from None
    entries = sum(len(each["entries"]) for each in statement["journals"])
    return {"statement": statement, "files": len(files), "entries": entries, "sources": sources}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", help="le dossier ou le .zip / the folder or the .zip")
    parser.add_argument("--fingerprint", default="", help="empreinte obtenue ailleurs / obtained elsewhere")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    asked = parser.parse_args(arguments)
    try:
        found = verify(asked.package, asked.fingerprint)
    except Refused as why:
        print(
            json.dumps({"accepted": False, "why": str(why)})
            if asked.json
            else "REFUSÉ / REFUSED: " + str(why)
        )
        return 1
    statement = found["statement"]
    if asked.json:
        told = {name: found[name] for name in ("files", "entries", "sources")}
        told.update({name: statement[name] for name in ("incident", "reference", "sealed_at", "sealed_by")})
        print(json.dumps(dict(told, accepted=True, exercise=statement["exercise"])))
        return 0
    if statement["exercise"]:
        print("EXERCICE / EXERCISE")
    print("ACCEPTÉ / ACCEPTED: " + statement["reference"] + " (" + statement["territory"] + ")")
    print("  {} fichiers / files, {} inscriptions / entries".format(found["files"], found["entries"]))
    print("  scellé / sealed " + statement["sealed_at"] + ", " + statement["sealed_by"])
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(main())
