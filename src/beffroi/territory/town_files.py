"""A version's files: written aside, synced, named by their hashes, checked, swept when an import was cut."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beffroi.territory.methods.town import Town

_ASIDE = ".incoming-"
_ABANDONED_S = 86_400.0


def aside(root: Path, mark: str) -> Path:
    """Where an import writes before its version is in force."""
    return root / f"{_ASIDE}{mark}"


def write(made: Town, folder: Path) -> dict[str, str]:
    """Write a town's files, on disk for good; their SHA-256 by relative path."""
    hashes = {}
    for path in made.save(folder):
        hashes[str(path.relative_to(folder))] = hash_of(path)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for each in (*(p for p in folder.iterdir() if p.is_dir()), folder):
        sync_folder(each)
    return hashes


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hash_of_all(files: dict[str, str]) -> str:
    """One hash for a version: of the lines `hash  path`, by path."""
    lines = (f"{files[path]}  {path}\n" for path in sorted(files))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def altered(folder: Path, files: dict[str, str]) -> list[str]:
    """Files of a version that are missing or are not what they were, by relative path."""
    return [path for path in sorted(files) if not _holds(folder / path, files[path])]


def _holds(file: Path, sha256: str) -> bool:
    return file.is_file() and hash_of(file) == sha256


def sweep(root: Path) -> None:
    """Remove what imports that were killed left aside more than a day ago."""
    for folder in root.glob(f"{_ASIDE}*"):
        try:
            age = time.time() - folder.stat().st_mtime
        except FileNotFoundError:
            continue  # another import has just put it in place
        if age > _ABANDONED_S:
            shutil.rmtree(folder, ignore_errors=True)
