"""What an exercise keeps beside its territory: the tokens of its sources and its referent, for its eyes only.

A file of mode 0600 under the data directory; the sources are marked exercise and speak for nothing else.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from beffroi.foundation.errors import NotFound
from beffroi.foundation.settings import current


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """An exercise made ready: how its recorder signs in to the broker, its panels' accounts, its referent."""

    territory: str
    login: str
    token: str
    prefix: str
    panel_account: str
    wind_account: str
    referent: str = ""


def folder() -> Path:
    """Where exercises keep their files."""
    path = current().data_path / "rehearsal"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def _file(territory: str) -> Path:
    return folder() / f"{territory}.json"


def keep(prepared: Prepared) -> None:
    """Write the file, in one move."""
    draft = _file(prepared.territory).with_suffix(".tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(msgspec.json.encode(prepared))
    draft.replace(_file(prepared.territory))


def read(territory: str) -> Prepared:
    """What was kept for a territory. Raises NotFound, for a damaged file too: prepare it again."""
    try:
        return msgspec.json.decode(_file(territory).read_bytes(), type=Prepared)
    except (FileNotFoundError, msgspec.MsgspecError):
        raise NotFound(what=f"an exercise prepared on {territory} (beffroi rehearse prepare)") from None


def latest() -> str | None:
    """The territory whose exercise was prepared last, or None."""
    files = sorted(folder().glob("*.json"), key=lambda each: each.stat().st_mtime)
    return files[-1].stem if files else None
