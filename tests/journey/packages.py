"""Sealed packages as a stranger handles them: verified in an empty folder, and tampered with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.journey.installation import Installation


def seal(house: Installation, incident: str, out: Path) -> str:
    """Seal an incident; returns the fingerprint of the key, asked of the journal and not of the package."""
    out.parent.mkdir(parents=True, exist_ok=True)
    house.command("evidence", "seal", "--incident", incident, "--out", str(out))
    keys = house.answer("journal", "keys")["keys"]
    current = next(each for each in keys if not each.get("retired_at"))
    return str(current["fingerprint"])


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
    """Take the second entry of the journal out of the package, wherever it keeps them."""
    for file in sorted(package.rglob("*.json*")):
        text = file.read_text()
        if "inclusion" not in text:
            continue
        if file.suffix == ".jsonl":
            lines = text.splitlines(keepends=True)
            file.write_text("".join(lines[:1] + lines[2:]))
            return
        content = json.loads(text)
        entries = content["entries"] if isinstance(content, dict) else content
        del entries[1]
        file.write_text(json.dumps(content))
        return
    raise AssertionError("the package holds no entries")


def replace_keys(house: Installation) -> None:
    """Do as someone who holds the server and not the key: make the journal sign with a new one."""
    house.command("journal", "rotate", "--lost")
