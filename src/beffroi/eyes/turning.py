"""Sends to a camera what was written of its movement; what is learnt of it is remembered for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from beffroi.eyes.moving import Turn, Way
from beffroi.eyes.onvif import media, ptz
from beffroi.eyes.onvif.device import Credentials, Device, Met
from beffroi.eyes.onvif.errors import CameraError, NotAble
from beffroi.eyes.onvif.ptz import Preset
from beffroi.eyes.rules_hold import MOVE_S, MOVES, PRESET, STOP
from beffroi.foundation import clock

_TIMEOUT_S = 3.0
_REMEMBER_S = 600.0
_MOST = 500


@dataclass(frozen=True, slots=True)
class _Known:
    at: float
    met: Met
    profile: str
    presets: tuple[Preset, ...]


_known: OrderedDict[str, _Known] = OrderedDict()


async def perform(turn: Turn) -> None:
    """Turn the camera, stop it or send it to a preset. Raises CameraError."""
    camera, known = await _opened(turn.way)
    async with camera:
        if turn.act == STOP:
            await ptz.stop(camera, known.profile)
        elif turn.act == PRESET:
            await ptz.goto_preset(camera, known.profile, turn.preset)
        else:
            pan, tilt, zoom = MOVES[turn.act]
            await ptz.move(camera, known.profile, pan=pan, tilt=tilt, zoom=zoom, for_s=MOVE_S)


async def presets(way: Way) -> tuple[Preset, ...]:
    """The camera's presets, in its order. Raises CameraError."""
    camera, known = await _opened(way)
    async with camera:
        return known.presets


async def go_home(way: Way, preset: str = "") -> None:
    """Turn back to a preset, or ('') to the camera's own home position. Raises CameraError."""
    camera, known = await _opened(way)
    async with camera:
        if preset:
            await ptz.goto_preset(camera, known.profile, preset)
        else:
            await ptz.goto_home(camera, known.profile)


async def _opened(way: Way) -> tuple[Device, _Known]:
    known = _known.get(way.key)
    now = clock.current().monotonic()
    credentials = Credentials(way.login, way.secret) if way.login else None
    if known is not None and now - known.at <= _REMEMBER_S:
        return Device(way.address, credentials, timeout_s=_TIMEOUT_S, met=known.met), known
    camera = Device(way.address, credentials, timeout_s=_TIMEOUT_S)
    try:
        moving = [each for each in await media.profiles(camera) if each.moves]
        if not moving:
            raise NotAble(where=camera.where, what="movement")
        profile = moving[0].token
        found = tuple(await ptz.presets(camera, profile))
        _known[way.key] = known = _Known(now, await camera.met(), profile, found)
    except CameraError:
        await camera.close()
        raise
    while len(_known) > _MOST:
        _known.popitem(last=False)
    return camera, known


def forget(way: Way) -> None:
    """Learn anew what the camera is, at the next movement."""
    _known.pop(way.key, None)
