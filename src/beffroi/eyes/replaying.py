"""Asks a recorder (ONVIF Profile G) what it holds and where to replay a span; without Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beffroi.eyes.onvif import recordings
from beffroi.eyes.onvif.device import ClockOffset, Credentials, Device
from beffroi.eyes.onvif.errors import CameraError
from beffroi.eyes.onvif.recordings import Recording, Summary
from beffroi.eyes.shown import Recorder

_TIMEOUT_S = 5.0


class NoRecording(CameraError):
    """The recorder holds nothing of that time, or several recordings of which none is the camera's."""

    code = "eyes.no_recording"
    message = "The recorder at {where} holds no recording of this camera at that time."
    advice = "See what it holds with `beffroi camera recordings`, and declare which is the camera's."
    status = 404


@dataclass(frozen=True, slots=True)
class Held:
    """What a recorder holds, how far its clock is off, which recording is the camera's (None: not known)."""

    summary: Summary
    recordings: list[Recording]
    chosen: Recording | None
    offset: ClockOffset


async def held(asked: Recorder) -> Held:
    """What the recorder holds. Raises CameraError."""
    async with _opened(asked) as device:
        await device.look_at_clock()
        found = await recordings.recordings(device)
        summary = await recordings.summary(device)
        return Held(summary, found, chosen(found, asked.recording, asked.names), device.offset)


async def located(asked: Recorder, begin: datetime, end: datetime) -> tuple[str, str]:
    """The RTSP address of a span, and the `Range` by the recorder's own clock that PLAY carries.

    Raises CameraError, NoRecording among them.
    """
    async with _opened(asked) as device:
        await device.look_at_clock()
        found = chosen(await recordings.recordings(device), asked.recording, asked.names)
        ahead = device.offset.ahead  # what it holds is told by its own clock too
        if found is None or not found.holds(begin + ahead, end + ahead):
            raise NoRecording(where=device.where)
        replay = await recordings.replay(device, found.token, begin, end)
        return replay.uri, replay.headers["Range"]


def _opened(asked: Recorder) -> Device:
    credentials = Credentials(asked.login, asked.secret) if asked.login else None
    return Device(asked.address, credentials, timeout_s=_TIMEOUT_S)


def chosen(found: Sequence[Recording], token: str, names: Sequence[str]) -> Recording | None:
    """Which recording is the camera's: the one declared, else the one of its name, else the only one."""
    if token:
        return next((each for each in found if each.token == token), None)
    wanted = {each.casefold() for each in names}
    named = [each for each in found if {each.name.casefold(), each.source.casefold()} & wanted]
    return named[0] if len(named) == 1 else found[0] if len(found) == 1 else None
