"""What kind of file this is, told from its bytes and not its name, and what is wrong with it in words."""

from __future__ import annotations

import gzip
import re
import zlib
from datetime import datetime
from pathlib import Path

_HEAD = 4096
_CHUNK = 1 << 20
_REMARK = re.compile(rb"<remark>\s*([^<]{0,200})")
_DATED = re.compile(rb"osm_base=[\"'](\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)[\"']")


class Unreadable(ValueError):
    """A file that is not a whole OpenStreetMap extract; its text is a sentence's end."""


def recognise(path: Path) -> str:
    """`osm`, `osm.gz`, `osm.bz2` or `osm.pbf`. Raises Unreadable.

    A compressed text is read to its end, so that a cut one, or one whose server gave up
    half-way (Overpass says so in a last `<remark>`), is known before anything is done.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise Unreadable(f"it cannot be opened ({error.strerror})") from error
    if not head:
        raise Unreadable("it is empty")
    if head[:2] == b"\x1f\x8b":
        _check_text(*_unpacked(path))
        return "osm.gz"
    if head[:3] == b"BZh":
        return "osm.bz2"
    if b"OSMHeader" in head[:64]:
        return "osm.pbf"
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _HEAD, 0))
        _check_text(head, file.read())
    return "osm"


def _unpacked(path: Path) -> tuple[bytes, bytes]:
    """First and last bytes of a gzip file's text; the whole is read, which checks its sum."""
    head, tail = b"", b""
    try:
        with gzip.open(path) as file:
            head = file.read(_HEAD)
            tail = head
            while block := file.read(_CHUNK):
                tail = (tail + block)[-_HEAD:]
    except EOFError as error:
        raise Unreadable("it is cut: the compressed data stops before its end") from error
    except (OSError, zlib.error) as error:
        raise Unreadable(f"its compressed data is damaged ({error})") from error
    return head, tail


def _check_text(head: bytes, tail: bytes) -> None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:400].lower()
    if not start:
        raise Unreadable("it is empty")
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        raise Unreadable("it is a web page, perhaps the error page of the server that it was taken from")
    if start.startswith((b"{", b"[")):
        raise Unreadable("it is JSON; ask for the XML form (out:xml) or a .osm.pbf")
    if b"<osm" not in head.lower():
        raise Unreadable("it does not begin like an OpenStreetMap file")
    if found := _REMARK.search(tail):
        said = found[1].decode("utf-8", "replace").strip()
        raise Unreadable(f"the server that made it gave up before the end: {said}")
    if b"</osm>" not in tail and not re.search(rb"<osm[^>]*/>\s*$", tail):
        raise Unreadable("it is cut: its end (</osm>) is missing")


def dated(path: Path, kind: str) -> datetime | None:
    """The date of the data, where the file says."""
    import osmium  # loaded late: only an import needs it

    if kind in ("osm", "osm.gz"):
        with gzip.open(path) if kind == "osm.gz" else path.open("rb") as file:
            found = _DATED.search(file.read(_HEAD))
        return datetime.fromisoformat(found[1].decode()) if found else None
    try:
        header = osmium.io.Reader(osmium.io.File(str(path), kind)).header()
        said = header.get("osmosis_replication_timestamp")
        return datetime.fromisoformat(said) if said else None
    except (RuntimeError, ValueError):
        return None  # the reading that follows says what is wrong


def reason(path: Path, said: str) -> str:
    """What a reader's complaint means to a person."""
    lowered = said.lower()
    if any(word in lowered for word in ("eof", "truncated", "unexpected end", "short read", "invalid blob")):
        return f"it is cut or damaged ({said})"
    return f"it cannot be read ({said})"
