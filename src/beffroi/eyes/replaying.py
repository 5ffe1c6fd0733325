"""Asks a recorder (ONVIF Profile G) where it holds a span of a camera: without Django, for a decoder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from beffroi.eyes.onvif import recordings
from beffroi.eyes.onvif.device import Credentials, Device
from beffroi.eyes.onvif.errors import CameraError
from beffroi.eyes.onvif.recordings import Recording

_TIMEOUT_S = 5.0


class NoRecording(CameraError):
    """The recorder holds nothing of that time, or several recordings of which none is the camera's."""

    code = "eyes.no_recording"
    message = "The recorder at {where} holds no recording of this camera at that time."
    advice = "See what it holds with `beffroi camera recordings`, and declare which is the camera's."
    status = 404


async def located(
    address: str,
    credentials: Credentials | None,
    *,
    recording: str,
    names: Sequence[str],
    span: tuple[datetime, datetime],
) -> tuple[str, str]:
    """The RTSP address of the span, and the `Range` by the recorder's own clock that PLAY carries.

    Raises CameraError, NoRecording among them.
    """
    async with Device(address, credentials, timeout_s=_TIMEOUT_S) as recorder:
        await recorder.look_at_clock()
        ahead = recorder.offset.ahead if recorder.offset.matters else recorder.offset.ahead * 0
        found = chosen(await recordings.recordings(recorder), recording, names)
        if found is None or not found.holds(span[0] + ahead, span[1] + ahead):
            raise NoRecording(where=recorder.where)
        replay = await recordings.replay(recorder, found.token, *span)
        return replay.uri, replay.headers["Range"]


def chosen(found: Sequence[Recording], token: str, names: Sequence[str]) -> Recording | None:
    """Which recording is the camera's: the one declared, else the one of its name, else the only one."""
    if token:
        return next((each for each in found if each.token == token), None)
    wanted = {each.casefold() for each in names}
    named = [each for each in found if {each.name.casefold(), each.source.casefold()} & wanted]
    return named[0] if len(named) == 1 else found[0] if len(found) == 1 else None
