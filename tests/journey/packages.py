"""Sealed packages as a stranger handles them: verified in an empty folder, and tampered with."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.journey.installation import Installation


def seal(house: Installation, incident: str, out: Path) -> tuple[Path, str]:
    """Seal an incident: the folder, and the key's fingerprint as the journal (not the package) tells it."""
    told = house.answer("evidence", "seal", "--incident", incident, "--out", str(out), "--folder")
    keys = house.answer("journal", "keys")["keys"]
    current = next(each for each in keys if not each["retired_at"])
    return Path(told["package"]), str(current["fingerprint"])


def files(package: Path) -> list[str]:
    """Every file of a package."""
    return sorted(str(path.relative_to(package)) for path in package.rglob("*") if path.is_file())


def verify_alone(
    package: Path, fingerprint: str, folder: Path, program_of: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the package's own verify.py, isolated, in an empty folder, where no Beffroi can be imported.

    `program_of`: the package whose verify.py is trusted (that of the package itself otherwise).
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = next((program_of or package).rglob("verify.py"))
    shutil.copy(program, folder / "verify.py")
    shutil.copytree(package, folder / "package")
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "package", "--fingerprint", fingerprint],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def change_one_byte(file: Path) -> None:
    """Change the byte in the middle of a file (or give an empty one its first)."""
    content = bytearray(file.read_bytes())
    if content:
        content[len(content) // 2] ^= 0x01
    else:
        content += b"x"
    file.write_bytes(content)


def drop_an_entry(package: Path) -> None:
    """Take an entry out as a careful forger would: its files, its proof, its lines in the manifests."""
    proofs = next(package.rglob("proofs.json"))
    content = json.loads(proofs.read_text())
    dropped = content["entries"].pop(1)["number"]
    proofs.write_text(json.dumps(content))
    for file in proofs.parent.glob(f"{dropped:08d}.*"):
        file.unlink()
    statement = json.loads((package / "statement.json").read_text())
    for journal in statement["journals"]:
        if journal["folder"] == proofs.parent.name:
            journal["entries"].remove(dropped)
    (package / "statement.json").write_text(json.dumps(statement))
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        _manifest_again(package, package / manifest)


def _manifest_again(package: Path, manifest: Path) -> None:
    """Write a manifest again, so that it agrees with what is there now."""
    names = [line.split(maxsplit=1)[1] for line in manifest.read_text().splitlines()]
    rows = [
        f"{hashlib.sha256((package / name).read_bytes()).hexdigest()}  {name}\n"
        for name in names
        if (package / name).exists()
    ]
    manifest.write_text("".join(rows))


def replace_keys(house: Installation) -> None:
    """Do as someone who holds the server and not the key: make the journal sign with a new one."""
    house.command("journal", "rotate", "--lost")
