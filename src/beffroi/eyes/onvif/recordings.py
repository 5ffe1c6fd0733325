"""What a recorder or a camera's card already holds (Profile G): which recordings, where to replay them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from beffroi.eyes.onvif.device import Device
from beffroi.eyes.onvif.media import STREAM, streaming
from beffroi.eyes.onvif.tree import Element

SEARCH = "http://www.onvif.org/ver10/search/wsdl"
REPLAY = "http://www.onvif.org/ver10/replay/wsdl"
_LONGEST = 64
_MOST = 500
_ROUNDS = 20
_PAUSE_S = 0.2


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording by its token: of which source, from when to when (by its own clock; None: not told)."""

    token: str
    source: str
    name: str
    earliest: datetime | None
    latest: datetime | None

    def holds(self, begin: datetime, end: datetime) -> bool:
        """Whether it may hold something of that time."""
        return (self.earliest is None or self.earliest < end) and (self.latest is None or self.latest > begin)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a recorder holds in all: how many recordings, from when to when (None: not told)."""

    recordings: int
    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Replay:
    """Where to replay a recording: its RTSP address, and the headers that PLAY must carry for a span."""

    uri: str
    headers: dict[str, str]


async def summary(camera: Device) -> Summary:
    """What the recorder holds in all. Raises CameraError."""
    address = await camera.service(SEARCH, what="recording search")
    what = "GetRecordingSummary"
    answer = await camera.call(address, f"{SEARCH}/{what}", f'<{what} xmlns="{SEARCH}"/>')
    said = answer.first("Summary") or answer
    number = said.said("NumberRecordings")
    return Summary(
        recordings=int(number) if number.isascii() and number.isdigit() and len(number) <= 6 else 0,
        earliest=_moment(said.said("DataFrom")),
        latest=_moment(said.said("DataUntil")),
    )


async def recordings(camera: Device) -> list[Recording]:
    """All recordings with a track of video. Raises CameraError."""
    address = await camera.service(SEARCH, what="recording search")
    body = (
        f'<FindRecordings xmlns="{SEARCH}"><Scope/><MaxMatches>{_MOST}</MaxMatches>'
        "<KeepAliveTime>PT15S</KeepAliveTime></FindRecordings>"
    )
    search = (await camera.call(address, f"{SEARCH}/FindRecordings", body)).said("SearchToken")[:_LONGEST]
    found: dict[str, Recording] = {}
    for _ in range(_ROUNDS):
        results = (await _results(camera, address, search)).first("ResultList")
        if results is None:
            break
        for each in results.all("RecordingInformation")[:_MOST]:
            if (read := _recording(each)) is not None:
                found[read.token] = read
        if results.said("SearchState") not in ("Searching", "Queued"):
            return list(found.values())
        await asyncio.sleep(_PAUSE_S)
    await camera.call(
        address,
        f"{SEARCH}/EndSearch",
        f'<EndSearch xmlns="{SEARCH}"><SearchToken>{escape(search)}</SearchToken></EndSearch>',
    )
    return list(found.values())


async def _results(camera: Device, address: str, search: str) -> Element:
    what = "GetRecordingSearchResults"
    body = (
        f'<{what} xmlns="{SEARCH}"><SearchToken>{escape(search)}</SearchToken>'
        f"<MinResults>1</MinResults><MaxResults>100</MaxResults><WaitTime>PT2S</WaitTime></{what}>"
    )
    return await camera.call(address, f"{SEARCH}/{what}", body)


async def replay(camera: Device, recording: str, begin: datetime, end: datetime) -> Replay:
    """Where to replay `recording` from `begin` to `end` (by our clock: the recorder's own is accounted for).

    Raises CameraError.
    """
    address = await camera.service(REPLAY, what="replay")
    body = (
        f'<GetReplayUri xmlns="{REPLAY}"><StreamSetup>{STREAM}</StreamSetup>'
        f"<RecordingToken>{escape(recording)}</RecordingToken></GetReplayUri>"
    )
    answer = await camera.call(address, f"{REPLAY}/GetReplayUri", body)
    span = "-".join(f"{each + camera.offset.ahead:%Y%m%dT%H%M%S.000Z}" for each in (begin, end))
    headers = {"Require": "onvif-replay", "Range": f"clock={span}", "Rate-Control": "yes"}
    return Replay(streaming(camera, answer.said("Uri"), "GetReplayUri"), headers)


def _recording(each: Element) -> Recording | None:
    token = each.said("RecordingToken")
    kinds = [track.said("TrackType") for track in each.all("Track")]
    if not 0 < len(token) <= _LONGEST or (kinds and "Video" not in kinds):
        return None
    return Recording(
        token=token,
        source=each.said("Source", "SourceId")[:_LONGEST],
        name=each.said("Source", "Name")[:_LONGEST],
        earliest=_moment(each.said("EarliestRecording")),
        latest=_moment(each.said("LatestRecording")),
    )


def _moment(said: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
