"""What is answered to a panel's frame, however it came: over TCP or UDP, in clear or sealed."""

from __future__ import annotations

import structlog

from beffroi.during.intake.connectors.dc09 import cipher
from beffroi.during.intake.connectors.dc09 import frame as frames
from beffroi.during.intake.connectors.dc09.codes import is_known
from beffroi.during.intake.connectors.dc09.connector import drafts
from beffroi.during.intake.connectors.dc09.frame import BadFrame, Frame
from beffroi.during.intake.connectors.dc09.replays import Replays
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Speaker, Unreadable
from beffroi.during.intake.spool import SpoolUnavailable
from beffroi.during.intake.writer import Overloaded
from beffroi.foundation import clock

_log = structlog.get_logger("beffroi.intake.dc09")
#: Refusals that a panel mends by setting its clock: it is told our time.
_OF_TIME = ("dc09.bad_time", "dc09.replayed")


class Answers:
    """Answers each frame in its turn, an alarm only once it is on disk.

    CRC wrong: no answer (the panel sends again). Time wrong, or recorded and sent once more: NAK. Of an
    unknown token or account, sealed with another key or not as declared, not understood: DUH. Disk trouble:
    no answer. All else: ACK, sealed where the frame was.
    """

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._replays = Replays()

    async def answer(self, inside: bytes, *, sender: str = "") -> bytes:
        """What is answered to one frame (between LF and CR); empty: nothing."""
        try:
            frame = frames.parse(inside)
        except BadFrame as error:
            self.unread(Unreadable(str(error), code="dc09.bad_crc"), inside, None, sender)
            return b""
        speaker: Speaker | None = None
        try:
            if frame.account:
                speaker = await self._reception.book.by_address("dc09", frame.account)
            return await self._answer(frame, speaker)
        except Unreadable as error:
            self.unread(error, _content(frame, inside), speaker, sender)
            return frames.nak(frame, clock.now()) if error.reason in _OF_TIME else frames.duh(frame)
        except (SpoolUnavailable, Overloaded) as error:
            _log.error("alarm not kept, not acknowledged", account=frame.account, code=error.code)
            return b""

    async def _answer(self, frame: Frame, speaker: Speaker | None) -> bytes:
        if not frame.understood:
            raise Unreadable("its parts are not in the order of the standard", code="dc09.bad_structure")
        if speaker is None:
            raise Unreadable(f"no source has the account {frame.account or '-'}", code="dc09.unknown_account")
        read = _opened(frame, speaker)
        if not frame.length_holds:
            _log.info("length differs, CRC holds", source=speaker.key, sequence=frame.sequence)
        await self._take(read, speaker)
        return cipher.ack(frame, speaker.panel_key, clock.now()) if frame.encrypted else frames.ack(frame)

    async def _take(self, frame: Frame, speaker: Speaker) -> None:
        now = clock.now()
        sent_at = frames.sent_at(frame, now, clock.undisturbed())
        made = drafts(frame, speaker, sent_at=sent_at, received_at=now)
        verdict = "new"
        if frame.encrypted and sent_at is not None:
            sequence, link = int(frame.sequence), frame.word == "NULL"
            verdict = self._replays.judge(frame.account, sequence, sent_at, frame.data, link=link)
        if verdict == "replayed":
            raise Unreadable(
                "it was sent before: neither its time nor its sequence goes on", code="dc09.replayed"
            )
        if verdict == "new":
            self._reception.tally.heard(speaker)
        for draft in made:
            if not is_known(frame.word, str(draft.content["code"])):
                _log.info("unknown code", source=speaker.key, code=draft.content["code"])
        await self._reception.take(speaker, made)

    def unread(self, error: Unreadable, content: bytes, speaker: Speaker | None, sender: str) -> None:
        """Keep what could not be read."""
        self._reception.tally.unread("dc09", error, content, speaker=speaker, sender=sender)


def _opened(frame: Frame, speaker: Speaker) -> Frame:
    """The frame in clear. Raises Unreadable where it is not sealed as its panel was declared."""
    if not frame.encrypted:
        if speaker.panel_key:
            # Otherwise whoever knows an account's digits could speak for a panel that has a key.
            raise Unreadable("this panel has a key and its frame is not encrypted", code="dc09.not_encrypted")
        return frame
    if not speaker.panel_key:
        raise Unreadable("it is encrypted and no key is known", code="dc09.encrypted")
    try:
        read = cipher.opened(frame, speaker.panel_key)
    except cipher.Locked as error:
        raise Unreadable(str(error), code="dc09.locked") from None
    if not read.time:
        raise Unreadable("it is encrypted and carries no time", code="dc09.bad_time")
    return read


def _content(frame: Frame, inside: bytes) -> bytes:
    """What is kept of a frame that was not read, as it came; its key block (`[K…]`) never is."""
    if any(block.startswith("K") for block in frame.extra):
        return inside.split(b"[K")[0] + b"[K hidden]"
    return inside
