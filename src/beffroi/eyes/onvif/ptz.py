"""Turning a camera: presets, movement that stops by itself, where it looks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape

from beffroi.eyes.onvif.device import Device
from beffroi.eyes.onvif.media import SCHEMA
from beffroi.eyes.onvif.tree import Element

PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
_LONGEST = 64
_MOST = 256


@dataclass(frozen=True, slots=True)
class Preset:
    """A direction that was kept under a name."""

    token: str
    name: str


@dataclass(frozen=True, slots=True)
class Status:
    """Where a camera looks, in the camera's own units (−1 to 1, zoom 0 to 1; None: not told)."""

    pan: float | None
    tilt: float | None
    zoom: float | None
    moving: bool


async def presets(camera: Device, profile: str) -> list[Preset]:
    """The presets of a profile, in the camera's order. Raises CameraError."""
    answer = await _asked(camera, "GetPresets", _profile(profile))
    rows = [(each.attributes.get("token", ""), each.said("Name")) for each in answer.all("Preset")[:_MOST]]
    return [Preset(token, (name or token)[:_LONGEST]) for token, name in rows if 0 < len(token) <= _LONGEST]


async def goto_preset(camera: Device, profile: str, preset: str) -> None:
    """Turn to a preset. Raises CameraError."""
    await _asked(camera, "GotoPreset", _profile(profile) + f"<PresetToken>{escape(preset)}</PresetToken>")


async def goto_home(camera: Device, profile: str) -> None:
    """Turn to the camera's own home position. Raises CameraError."""
    await _asked(camera, "GotoHomePosition", _profile(profile))


async def move(
    camera: Device, profile: str, *, pan: float = 0.0, tilt: float = 0.0, zoom: float = 0.0, for_s: float
) -> None:
    """Turn at these speeds (−1 to 1: right, up and closer are positive) for `for_s` seconds at most.

    The camera stops by itself then: a stop that is lost on the way does no harm. Raises CameraError.
    """
    speeds = [min(1.0, max(-1.0, each)) for each in (pan, tilt, zoom)]
    velocity = (
        f'<PanTilt xmlns="{SCHEMA}" x="{speeds[0]:.3f}" y="{speeds[1]:.3f}"/>' if pan or tilt else ""
    ) + (f'<Zoom xmlns="{SCHEMA}" x="{speeds[2]:.3f}"/>' if zoom else "")
    await _asked(
        camera,
        "ContinuousMove",
        f"{_profile(profile)}<Velocity>{velocity}</Velocity><Timeout>PT{for_s:.1f}S</Timeout>",
    )


async def stop(camera: Device, profile: str) -> None:
    """Stop all movement. Raises CameraError."""
    await _asked(camera, "Stop", _profile(profile) + "<PanTilt>true</PanTilt><Zoom>true</Zoom>")


async def status(camera: Device, profile: str) -> Status:
    """Where the camera looks now. Raises CameraError."""
    answer = await _asked(camera, "GetStatus", _profile(profile))
    turned, closer = (
        answer.first("PTZStatus", "Position", "PanTilt"),
        answer.first("PTZStatus", "Position", "Zoom"),
    )
    moving = answer.first("PTZStatus", "MoveStatus")
    return Status(
        pan=_number(turned, "x"),
        tilt=_number(turned, "y"),
        zoom=_number(closer, "x"),
        moving=moving is not None and any(each.text.strip() == "MOVING" for each in moving.elements),
    )


async def _asked(camera: Device, what: str, inner: str) -> Element:
    address = await camera.service(PTZ, what="movement")
    return await camera.call(address, f"{PTZ}/{what}", f'<{what} xmlns="{PTZ}">{inner}</{what}>')


def _profile(token: str) -> str:
    return f"<ProfileToken>{escape(token)}</ProfileToken>"


def _number(element: Element | None, name: str) -> float | None:
    try:
        value = float(element.attributes[name]) if element is not None else math.nan
    except (KeyError, ValueError):
        return None
    return round(value, 4) if math.isfinite(value) else None
