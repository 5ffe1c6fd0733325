"""SIA DC-09 frames: find them in a stream of bytes, read their parts, write the answers.

A frame is LF, CRC, length, then `"token"sequence[R…][L…][#account][data][x-data…][_time]`, and CR. The CRC
(CRC-16/ARC) covers all between the length and the CR. Some panels send it as two raw bytes, not four digits:
they are answered alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from beffroi.during.intake.rules import Unreadable

#: A panel's clock may be this far from ours (seconds): late, ahead.
LATE = timedelta(seconds=40)
AHEAD = timedelta(seconds=20)
MOST_BYTES = 2_048

_LF, _CR = b"\n", b"\r"
_HEX_HEAD = re.compile(rb"[0-9A-Fa-f]{4}[0-9A-Fa-f]{4}\"")
_RAW_HEAD = re.compile(rb".{2}[0-9A-Fa-f]{4}\"", re.DOTALL)
_HEAD = re.compile(
    r'"(?P<secret>\*?)(?P<token>[A-Z0-9-]{1,16})"(?P<sequence>\d{4})'
    r"(?P<receiver>R[0-9A-Fa-f]{1,6})?(?P<line>L[0-9A-Fa-f]{0,6})?(?:#(?P<account>[0-9A-Fa-f]{3,16}))?\["
)
_TAIL = re.compile(
    r"(?P<data>[^\]]*)\](?P<extra>(?:\[[^\]]*\])*)(?:_(?P<time>[0-9:]{8},[0-9-]{10}))?", re.DOTALL
)


def _table() -> tuple[int, ...]:
    made = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
        made.append(crc)
    return tuple(made)


_CRC = _table()


def crc16(data: bytes) -> int:
    """CRC-16/ARC of `data`."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


class BadFrame(ValueError):
    """Bytes that are no frame, or whose CRC does not hold: the standard answers them with silence."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a frame whose CRC holds; `understood` is False where its structure is not the standard's.

    `word` is the token between quotes (SIA-DCS, ADM-CID, NULL), without the star of encryption. Of an
    encrypted frame, `secret` holds the sealed digits and what follows the account is empty (see `cipher`).
    """

    word: str
    sequence: str = ""
    receiver: str = ""
    line: str = ""
    account: str = ""
    data: str = ""
    extra: tuple[str, ...] = ()
    time: str = ""
    encrypted: bool = False
    understood: bool = True
    raw_crc: bool = False
    length_holds: bool = True
    secret: str = ""


def parse(inside: bytes) -> Frame:
    """The frame between LF and CR. Raises BadFrame."""
    if _HEX_HEAD.match(inside):
        told, length, body, raw = int(inside[:4], 16), inside[4:8], inside[8:], False
    elif _RAW_HEAD.match(inside):
        told, length, body, raw = int.from_bytes(inside[:2]), inside[2:6], inside[6:], True
    else:
        raise BadFrame("neither CRC nor length at its head")
    found = crc16(body)
    if found != told:
        raise BadFrame(f"its CRC says {told:04X}, its bytes make {found:04X}")
    # A wrong length is only noted: some panels write it in decimal, and the CRC has spoken.
    return _parts(body.decode("latin-1"), raw_crc=raw, length_holds=int(length, 16) == len(body))


def _parts(text: str, *, raw_crc: bool, length_holds: bool) -> Frame:
    head = _HEAD.match(text)
    if head is None:
        return Frame(word="", understood=False, raw_crc=raw_crc, length_holds=length_holds)
    secret = bool(head["secret"])
    behind = None if secret else parts_of(text[head.end() :])
    data, extra, time = behind or ("", (), "")
    return Frame(
        word=head["token"],
        sequence=head["sequence"],
        receiver=head["receiver"] or "",
        line=head["line"] or "",
        account=(head["account"] or "").upper(),
        data=data,
        extra=extra,
        time=time,
        encrypted=secret,
        understood=secret or behind is not None,
        raw_crc=raw_crc,
        length_holds=length_holds,
        secret=text[head.end() :] if secret else "",
    )


def parts_of(text: str) -> tuple[str, tuple[str, ...], str] | None:
    """Data, x-data and time of what follows the opening bracket; None where it is not in form."""
    tail = _TAIL.fullmatch(text)
    if tail is None:
        return None
    extra = tuple(tail["extra"][1:-1].split("][")) if tail["extra"] else ()
    return tail["data"], extra, tail["time"] or ""


def stamp(now: datetime) -> str:
    """An instant (UTC) as frames carry it."""
    return f"{now:_%H:%M:%S,%m-%d-%Y}"


def instant(time: str) -> datetime:
    """The instant of `HH:MM:SS,MM-DD-YYYY` (UTC). Raises ValueError."""
    return datetime.strptime(time, "%H:%M:%S,%m-%d-%Y").replace(tzinfo=UTC)


def in_time(sent_at: datetime, now: datetime) -> bool:
    """Whether a panel's clock is near enough to ours: from 40 s late to 20 s ahead."""
    return now - LATE <= sent_at <= now + AHEAD


def sent_at(frame: Frame, now: datetime, undisturbed: datetime | None = None) -> datetime | None:
    """When a frame says that it was sent (None: it does not say). Raises Unreadable where that cannot be.

    `undisturbed` is the time as it would be had nobody set our clock: what fits either is in time.
    """
    if not frame.time:
        return None
    try:
        sent = instant(frame.time)
    except ValueError:
        raise Unreadable(f"{frame.time} is not a time", code="dc09.bad_time") from None
    if not in_time(sent, now) and not (undisturbed and in_time(sent, undisturbed)):
        off = (sent - now).total_seconds()
        raise Unreadable(f"its clock is {off:+.0f} s from ours", code="dc09.bad_time")
    return sent


def build(body: str, *, raw_crc: bool = False) -> bytes:
    """A whole frame around `body` (from the first quote to the time)."""
    data = body.encode("latin-1")
    crc = crc16(data)
    told = crc.to_bytes(2) if raw_crc else b"%04X" % crc
    return _LF + told + b"%04X" % len(data) + data + _CR


def _echo(word: str, frame: Frame) -> bytes:
    account = f"#{frame.account}" if frame.account else ""
    return build(
        f'"{word}"{frame.sequence or "0000"}{frame.receiver}{frame.line or "L0"}{account}[]',
        raw_crc=frame.raw_crc,
    )


def ack(frame: Frame) -> bytes:
    """Taken: echoes the sequence, the receiver where there was one, the line and the account."""
    return _echo("ACK", frame)


def duh(frame: Frame) -> bytes:
    """Received whole, but not understood."""
    return _echo("DUH", frame)


def nak(frame: Frame, now: datetime) -> bytes:
    """Refused for its time; ours is told so that the panel may set its clock."""
    return build(f'"NAK"0000R0L0A0[]{stamp(now)}', raw_crc=frame.raw_crc)


class Splitter:
    """Cuts a stream into frames: `feed` bytes as they come, get what stands between LF and CR.

    Bytes outside frames are dropped (panels send NULs and spaces); an LF inside starts anew. A raw CRC may
    itself hold an LF or a CR, so the first bytes of a frame are never taken for its end.
    """

    _HEAD_BYTES = 6

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames completed by `data`. Raises BadFrame when one grows beyond 2,048 bytes."""
        self._buffer += data
        frames: list[bytes] = []
        while True:
            start = self._buffer.find(_LF)
            if start < 0:
                self._buffer = b""
                return frames
            end = self._buffer.find(_CR, start + 1 + self._HEAD_BYTES)
            if end < 0:
                self._buffer = self._buffer[start:]
                if len(self._buffer) > MOST_BYTES:
                    self._buffer = b""
                    raise BadFrame(f"longer than {MOST_BYTES} bytes")
                return frames
            again = self._buffer.rfind(_LF, start + 1 + self._HEAD_BYTES, end)
            frames.append(self._buffer[(again if again >= 0 else start) + 1 : end])
            self._buffer = self._buffer[end + 1 :]
