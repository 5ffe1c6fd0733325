"""What a stand-alone witness keeps in its folder, and the signatures that openssl makes and checks."""

# Runs on Python 3.8, without anything of the house: older forms are meant.
# ruff: noqa: B905, UP006, UP032, UP035, UP045

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import tempfile
import time
from typing import Any, Dict, List, Optional

from .judging import DER, Head, Refused, counter_signed, judge, read_note, to_counter_sign


class Folder:
    """Everything that a witness keeps: its key, whom it trusts, every head that it counter-signed."""

    def __init__(self, path: str) -> None:
        self.path = path

    def _file(self, *names: str) -> str:
        return os.path.join(self.path, *names)

    def make(self, name: str) -> None:
        """A new witness with a key of its own. Raises Refused where there is one."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,100}", name):
            raise Refused("name", "a name is letters, digits and . _ / -")
        if os.path.exists(self._file("key.pem")):
            raise Refused("exists", "there is a witness in {}".format(self.path))
        os.makedirs(self.path, mode=0o700, exist_ok=True)
        openssl(["genpkey", "-algorithm", "ed25519", "-out", self._file("key.pem")])
        os.chmod(self._file("key.pem"), 0o600)
        self._write("witness.json", {"name": name, "trusted": {}})

    def _write(self, name: str, value: Any) -> None:
        draft = self._file(name + ".draft")
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self._file(name))

    @property
    def about(self) -> Dict[str, Any]:
        """The witness's name, and the fingerprint trusted of each installation."""
        try:
            with open(self._file("witness.json"), encoding="utf-8") as file:
                return dict(json.load(file))
        except OSError:
            raise Refused("missing", "no witness in {}: `init` first".format(self.path)) from None

    def public(self) -> bytes:
        """The witness's public key, 32 bytes."""
        return openssl(["pkey", "-in", self._file("key.pem"), "-pubout", "-outform", "DER"])[-32:]

    def trust(self, installation: str, print_: str) -> None:
        """Trust the key of an installation, whose fingerprint came by another way."""
        clean = print_.replace(" ", "").replace(":", "").lower()
        if not re.fullmatch(r"[0-9a-f]{16}", installation) or not re.fullmatch(r"[0-9a-f]{64}", clean):
            raise Refused("malformed", "give the installation's 16 digits and the fingerprint's 64")
        about = self.about
        about["trusted"][installation] = clean
        self._write("witness.json", about)

    def kept(self, log: str) -> List[Head]:
        """Every head counter-signed of a log, oldest first."""
        try:
            with open(self._log(log), encoding="utf-8") as file:
                return [read_note(json.loads(line)["note"]) for line in file if line.strip()]
        except OSError:
            return []

    def _log(self, log: str) -> str:
        return self._file("heads", hashlib.sha256(log.encode()).hexdigest()[:32] + ".jsonl")

    def take(self, proposal: Any) -> Dict[str, Any]:
        """Judge a proposal, keep the head, counter-sign it. Raises Refused, with its proof kept if grave."""
        note = proposal.get("checkpoint") if isinstance(proposal, dict) else None
        head = read_note(note if isinstance(note, str) else "")
        trusted = self.about["trusted"].get(head.installation)
        if trusted is None:
            raise Refused("unknown", "this installation is not one that is trusted here")
        kept = self.kept(head.log)
        try:
            taken = judge(kept, proposal, trusted, verified)
        except Refused as refusal:
            if refusal.grave:
                self._keep_proof(refusal, kept[-1], note)
            raise
        at = int(time.time())
        line = counter_signed(
            self.about["name"],
            self.public(),
            at,
            sign(self._file("key.pem"), to_counter_sign(head, at)),
        )
        if taken.new:
            os.makedirs(self._file("heads"), mode=0o700, exist_ok=True)
            with open(self._log(head.log), "a", encoding="utf-8") as file:
                file.write(json.dumps({"note": note, "at": at, "lost": taken.lost}) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return {"cosignature": line, "lost": taken.lost}

    def position(self, proposal: Any) -> Dict[str, Any]:
        """Where a proof for this log must start: the last head kept, and those before it."""
        try:
            kept = self.kept(read_note(proposal["checkpoint"]).log)
        except (Refused, TypeError, KeyError, AttributeError):
            return {}
        return {"heads": [[each.epoch, each.size] for each in kept[-1000:]]}

    def everything(self) -> List[Any]:
        """Every log with the heads kept of it, as (log, [{"size", "lost", "at"}])."""
        found = []
        for name in sorted(self._names("heads")):
            with open(self._file("heads", name), encoding="utf-8") as file:
                lines = [json.loads(line) for line in file if line.strip()]
            heads = [read_note(each["note"]) for each in lines]
            rows = [
                dict(size=head.size, lost=line["lost"], at=line["at"]) for head, line in zip(heads, lines)
            ]
            found.append((heads[0].log, rows))
        return found

    def refusals(self) -> List[str]:
        """The files that prove a history rewritten or hidden."""
        return [self._file("refused", name) for name in sorted(self._names("refused"))]

    def _names(self, folder: str) -> List[str]:
        try:
            return [each for each in os.listdir(self._file(folder)) if not each.endswith(".draft")]
        except OSError:
            return []

    def _keep_proof(self, refusal: Refused, last: Head, note: Optional[str]) -> None:
        os.makedirs(self._file("refused"), mode=0o700, exist_ok=True)
        proof = {"code": refusal.code, "why": str(refusal), "witnessed": _note(last), "proposed": note}
        name = "{}-{}.json".format(
            time.strftime("%Y%m%dT%H%M%S"), hashlib.sha256(str(note).encode()).hexdigest()[:8]
        )
        self._write(os.path.join("refused", name), proof)


def _note(head: Head) -> str:
    lines = ["— {} {}".format(who, base64.b64encode(key + sig).decode()) for who, key, sig in head.signatures]
    return head.text + "\n" + "\n".join(lines) + "\n"


def openssl(arguments: List[str]) -> bytes:
    """What openssl answers. Raises Refused where it fails."""
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, check=False)
    except OSError:
        raise Refused("openssl", "the program openssl is needed") from None
    if done.returncode:
        raise Refused("openssl", done.stderr.decode("utf-8", "replace").strip()[:300])
    return done.stdout


def sign(key: str, message: bytes) -> bytes:
    """An Ed25519 signature by openssl."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(message)
        file.flush()
        return openssl(["pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", file.name])


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature holds, by openssl."""
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, each) for each in ("key", "signature", "message")]
        for name, content in zip(names, (DER + public, signature, message)):
            with open(name, "wb") as file:
                file.write(content)
        arguments = ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", names[0], "-rawin"]
        try:
            openssl([*arguments, "-in", names[2], "-sigfile", names[1]])
        except Refused as refusal:
            if refusal.code == "openssl" and "needed" in str(refusal):
                raise
            return False
        return True
