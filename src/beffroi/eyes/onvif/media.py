"""A camera's profiles and the address of its live stream."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from beffroi.eyes.onvif.device import Device
from beffroi.eyes.onvif.errors import Misspoken
from beffroi.eyes.onvif.tree import Element

MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
_LONGEST = 64
_MOST = 64


@dataclass(frozen=True, slots=True)
class Profile:
    """A way in which a camera shows its picture; `moves` where it can be turned. Pixels, 0: not told."""

    token: str
    name: str
    source: str
    moves: bool
    encoding: str
    width: int
    height: int


async def profiles(camera: Device) -> list[Profile]:
    """The camera's profiles, in its own order: the first is usually the best. Raises CameraError."""
    known = await camera.services()
    if MEDIA in known or MEDIA2 not in known:
        address = await camera.service(MEDIA, what="media")
        answer = await camera.call(address, f"{MEDIA}/GetProfiles", f'<GetProfiles xmlns="{MEDIA}"/>')
        return [_profile(each) for each in answer.all("Profiles")[:_MOST] if each.attributes.get("token")]
    body = f'<GetProfiles xmlns="{MEDIA2}"><Type>All</Type></GetProfiles>'
    answer = await camera.call(known[MEDIA2], f"{MEDIA2}/GetProfiles", body)
    return [_profile2(each) for each in answer.all("Profiles")[:_MOST] if each.attributes.get("token")]


async def stream_uri(camera: Device, profile: str) -> str:
    """The RTSP address of a profile's live stream, as the camera gives it; it holds no password.

    The host is the declared one: see `Device.own`. Raises CameraError.
    """
    known = await camera.services()
    if MEDIA in known or MEDIA2 not in known:
        address = await camera.service(MEDIA, what="media")
        body = (
            f'<GetStreamUri xmlns="{MEDIA}"><StreamSetup>{STREAM}</StreamSetup>'
            f"<ProfileToken>{escape(profile)}</ProfileToken></GetStreamUri>"
        )
        answer = await camera.call(address, f"{MEDIA}/GetStreamUri", body)
        return streaming(camera, answer.said("MediaUri", "Uri"), "GetStreamUri")
    body = (
        f'<GetStreamUri xmlns="{MEDIA2}"><Protocol>RTSP</Protocol>'
        f"<ProfileToken>{escape(profile)}</ProfileToken></GetStreamUri>"
    )
    answer = await camera.call(known[MEDIA2], f"{MEDIA2}/GetStreamUri", body)
    return streaming(camera, answer.said("Uri"), "GetStreamUri")


#: RTP over the RTSP connection itself: what passes most networks.
STREAM = (
    f'<Stream xmlns="{SCHEMA}">RTP-Unicast</Stream>'
    f'<Transport xmlns="{SCHEMA}"><Protocol>RTSP</Protocol></Transport>'
)


def streaming(camera: Device, given: str, what: str) -> str:
    """An RTSP address on the declared host, without a name or password in it. Raises Misspoken."""
    try:
        url = urlsplit(given)
        port = f":{url.port}" if url.port else ""
    except ValueError:
        raise Misspoken(where=camera.where, what=what, why="it gives no address") from None
    if url.scheme not in ("rtsp", "rtsps") or not url.hostname:
        raise Misspoken(where=camera.where, what=what, why="it gives no RTSP address")
    host = camera.host
    return f"{url.scheme}://{host}{port}{url.path}{f'?{url.query}' if url.query else ''}"


def _profile(each: Element) -> Profile:
    return Profile(
        token=each.attributes["token"][:_LONGEST],
        name=each.said("Name")[:_LONGEST],
        source=each.said("VideoSourceConfiguration", "SourceToken")[:_LONGEST],
        moves=each.first("PTZConfiguration") is not None,
        encoding=each.said("VideoEncoderConfiguration", "Encoding")[:_LONGEST],
        width=_pixels(each.said("VideoEncoderConfiguration", "Resolution", "Width")),
        height=_pixels(each.said("VideoEncoderConfiguration", "Resolution", "Height")),
    )


def _profile2(each: Element) -> Profile:
    within = each.first("Configurations") or each
    return Profile(
        token=each.attributes["token"][:_LONGEST],
        name=each.said("Name")[:_LONGEST],
        source=within.said("VideoSource", "SourceToken")[:_LONGEST],
        moves=within.first("PTZ") is not None,
        encoding=within.said("VideoEncoder", "Encoding")[:_LONGEST],
        width=_pixels(within.said("VideoEncoder", "Resolution", "Width")),
        height=_pixels(within.said("VideoEncoder", "Resolution", "Height")),
    )


def _pixels(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 5 else 0
