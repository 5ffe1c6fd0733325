"""Reads of the eyes: the cameras of a territory, those that see a place, looks, and their register."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beffroi.eyes import models
from beffroi.eyes.errors import NoWay, UnknownCamera
from beffroi.eyes.methods import addresses
from beffroi.eyes.methods.seeing import Seen, Standing, around, seeing
from beffroi.eyes.rules import LIVE
from beffroi.eyes.shown import CameraView, LookView, Recorder, Source
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView
from beffroi.people import sealing
from beffroi.people.orders.queries import Covering
from beffroi.territory import queries as territory
from beffroi.territory.shown import DeviceView

#: What the register of looks is made of.
REGISTER = ("camera.look_opened", "camera.look_ended", "camera.look_refused")
RIGHTS = ("camera.look", "camera.look_back", "camera.look_span")
_AROUND = 3


@dataclass(frozen=True, slots=True)
class Sighted:
    """A camera and a place, and the camera's own standing (None: nobody declared how it gives images)."""

    seen: Seen
    name: str
    camera: CameraView | None


def row(territory_key: str, device: str) -> models.Camera:
    """The table's row, for the actions of this room. Raises UnknownCamera."""
    found = models.Camera.objects.filter(territory_key=territory_key, device=device).first()
    if found is None:
        raise UnknownCamera(device=device, what=device)
    return found


def cameras(territories: Collection[str]) -> list[CameraView]:
    """The cameras that give images in these territories, by name; those that the map lost are left out."""
    found = []
    for key in sorted(territories):
        rows = {each.device: each for each in models.Camera.objects.filter(territory_key=key)}
        if not rows:
            continue
        devices = {each.key: each for each in territory.devices(key, kinds=["camera"])}
        covering = Covering(key)
        found += [_view(rows[each], devices[each], covering) for each in rows if each in devices]
    return sorted(found, key=lambda each: (each.territory, each.name.casefold(), each.device))


def has_cameras(territory_key: str) -> bool:
    """Whether the territory has declared how any camera gives images."""
    return models.Camera.objects.filter(territory_key=territory_key).exists()


def camera(territory_key: str, device: str) -> CameraView:
    """One camera. Raises UnknownCamera."""
    try:
        found = row(territory_key, device)
        return _view(found, territory.device(territory_key, device), Covering(territory_key))
    except NotFound as missing:
        raise UnknownCamera(device=device, what=device) from missing


def ways(row: models.Camera) -> tuple[str, ...]:
    """By which ways a camera gives images."""
    given = (
        ("hls", row.live),
        ("rtsp", row.rtsp),
        ("whep", row.whep),
        ("replay", row.replay),
        ("recorder", row.recorder),
        ("onvif", row.onvif),
    )
    return tuple(way for way, address in given if address)


def _view(row: models.Camera, device: DeviceView, covering: Covering) -> CameraView:
    order = covering.of(device.key, device.position)
    return CameraView(
        territory=row.territory_key,
        device=row.device,
        name=device.name or row.device,
        position=device.position,
        ways=ways(row),
        order=order.number if order else "",
        order_until=order.ends_on if order else None,
        shut=row.shut,
        exercise=device.exercise,
        has_login=bool(row.login),
    )


def sighted(territory_key: str, place: Position) -> tuple[list[Sighted], list[Sighted]]:
    """The cameras that see a place, the best first; and the nearest that do not, on the ways out."""
    try:
        rings = {
            each["properties"]["key"]: each["geometry"]["coordinates"][0]
            for each in territory.views(territory_key)["features"]
        }
    except NotFound:
        return [], []
    devices = {each.key: each for each in territory.devices(territory_key, kinds=["camera"]) if each.position}
    standing = [
        Standing(
            each.key, each.position, each.direction_deg, each.field_deg, each.form, rings.get(each.key, ())
        )
        for each in devices.values()
        if each.position is not None
    ]
    known = {each.device: each for each in models.Camera.objects.filter(territory_key=territory_key)}
    covering = Covering(territory_key)

    def with_camera(found: Iterable[Seen]) -> list[Sighted]:
        return [
            Sighted(
                each,
                devices[each.key].name or each.key,
                _view(known[each.key], devices[each.key], covering) if each.key in known else None,
            )
            for each in found
        ]

    sees = with_camera(seeing(standing, place))
    return sees, with_camera(around(standing, place, _AROUND))


def source(look: models.Look) -> Source:
    """Where the decoder of a look finds its image. Raises UnknownCamera, NoWay, SealBroken."""
    camera_row = row(look.territory_key, look.device)
    secret = sealing.unseal(camera_row.secret, sealing.CAMERA_LOGIN) if camera_row.secret else ""
    if look.kind == LIVE:
        address, clock = camera_row.rtsp or camera_row.live, ""
    else:
        assert look.span_from is not None and look.span_to is not None  # noqa: S101 - a constraint of the table
        if camera_row.recorder and not camera_row.replay:
            asked = recorder(look.territory_key, look.device)
            return Source("", asked.login, asked.secret, recorder=asked, until=look.span_to)
        address, clock = addresses.asked(camera_row.replay, look.span_from, look.span_to)
    if not address:
        raise NoWay(device=look.device)
    return Source(address, camera_row.login, secret, clock)


def recorder(territory_key: str, device: str) -> Recorder:
    """The camera's recorder, to be asked what it holds. Raises UnknownCamera, NoWay, SealBroken."""
    camera_row = row(territory_key, device)
    if not camera_row.recorder:
        raise NoWay(device=device)
    login, secret = camera_row.login, camera_row.secret
    if camera_row.recorder_login:
        login, secret = camera_row.recorder_login, camera_row.recorder_secret
    return Recorder(
        address=camera_row.recorder,
        login=login,
        secret=sealing.unseal(secret, sealing.CAMERA_LOGIN) if secret else "",
        recording=camera_row.recording,
        names=(device, camera(territory_key, device).name),
    )


def view(look: models.Look, names: dict[tuple[str, str], str] | None = None) -> LookView:
    """A look as it is shown; `names` spares a read for each."""
    kept = names if names is not None else {}
    where = (look.territory_key, look.device)
    if where not in kept:
        try:
            kept[where] = territory.device(*where).name or look.device
        except NotFound:
            kept[where] = look.device
    return LookView(
        id=look.id,
        territory=look.territory_key,
        device=look.device,
        name=kept[where],
        member=look.member,
        kind=look.kind,
        purpose=look.purpose,
        reference=look.reference,
        span_from=look.span_from,
        span_to=look.span_to,
        exercise=look.exercise,
        opened_at=look.opened_at,
        until=look.until,
        ended_at=look.ended_at,
        ended=look.ended,
    )


def straight(look: LookView) -> bool:
    """Whether a look's image may come straight from the media server."""
    rows = models.Camera.objects.filter(territory_key=look.territory, device=look.device)
    return look.kind == LIVE and rows.exclude(whep="").exists()


def open_looks(member: UUID) -> list[LookView]:
    """The looks of a member that have not ended, the oldest first."""
    rows = models.Look.objects.filter(member=member, ended_at=None).order_by("opened_at")
    names: dict[tuple[str, str], str] = {}
    return [view(each, names) for each in rows]


def going_on(looks: Collection[UUID], member: UUID, at: datetime) -> set[UUID]:
    """Which of these looks are the member's and go on at `at`."""
    rows = models.Look.objects.filter(pk__in=list(looks), member=member)
    return set(rows.filter(ended_at=None, until__gt=at).values_list("pk", flat=True))


def register(territories: Collection[str], limit: int) -> list[EntryView]:
    """What the journals say of looks in these territories and of rights refused there, the newest first."""
    found = journal.latest([f"territory:{key}" for key in territories], REGISTER, limit)
    asked = journal.latest(["installation"], ["people.refused"], limit)
    found += [each for each in asked if _is_of_a_look(each.body, territories)]
    return sorted(found, key=lambda each: each.position, reverse=True)[:limit]


def _is_of_a_look(body: dict[str, object] | None, territories: Collection[str]) -> bool:
    return bool(body) and body["action"] in RIGHTS and body["territory"] in territories
