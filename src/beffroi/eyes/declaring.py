"""How a camera gives images, as an administrator declares it: addresses, login, what holds it shut."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from beffroi.eyes import facts, models, queries, rules
from beffroi.eyes.errors import BadCamera
from beffroi.eyes.methods import addresses
from beffroi.eyes.shown import CameraView
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.people import sealing
from beffroi.territory import queries as territory

_TOKEN_LONGEST = 64
ADDRESSES = ("live", "rtsp", "whep", "replay", "recorder", "onvif")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is to be declared of a camera; None leaves as it is, '' takes away.

    A login that stands in an address is taken out of it; one camera has one login for all its addresses, but
    its recorder may have its own.
    """

    live: str | None = None
    rtsp: str | None = None
    whep: str | None = None
    replay: str | None = None
    recorder: str | None = None
    recording: str | None = None
    recorder_login: str | None = None
    recorder_secret: str | None = None
    onvif: str | None = None
    login: str | None = None
    secret: str | None = None
    shut: str | None = None
    home: str | None = None


@transaction.atomic
def declare_camera(
    *, territory_key: str, device: str, declaration: Declaration, actor: str = "system"
) -> CameraView:
    """Declare how a camera of the territory gives images. Raises UnknownDevice, BadCamera."""
    on_the_map = territory.device(territory_key, device)
    if on_the_map.kind != "camera":
        raise BadCamera(where=device, why=f"is a {on_the_map.kind}, not a camera")
    row = (
        models.Camera.objects.select_for_update().filter(territory_key=territory_key, device=device).first()
    ) or models.Camera(territory_key=territory_key, device=device)
    _take_addresses(row, declaration)
    _take_login(row, declaration.login, declaration.secret)
    _take_shut(row, declaration.shut)
    _take_recorder(row, declaration)
    _take_home(row, declaration.home)
    if row.whep and not (row.rtsp or row.live):
        raise BadCamera(where="whep", why="it needs --rtsp or --live beside: where WebRTC does not pass")
    row.changed_at = clock.now()
    row.save()
    fact = facts.CameraDeclared(
        device=device,
        ways=list(queries.ways(row)),
        shut=row.shut,
        exercise=on_the_map.exercise,
    )
    journal.append(journal=f"territory:{territory_key}", fact=fact, subject=f"device:{device}", actor=actor)
    return queries.camera(territory_key, device)


def _take_addresses(row: models.Camera, declaration: Declaration) -> None:
    for way in ADDRESSES:
        given = getattr(declaration, way)
        if given is None:
            continue
        if not given:
            setattr(row, way, "")
            continue
        try:
            found = addresses.split(way, given)
        except ValueError as wrong:
            raise BadCamera(where=way, why=str(wrong)) from None
        setattr(row, way, found.address)
        if found.login and way == "recorder":
            row.recorder_login, row.recorder_secret = found.login, _sealed(found.secret)
        elif found.login:
            _take_login(row, found.login, found.secret)


def _take_login(row: models.Camera, login: str | None, secret: str | None) -> None:
    if login is not None:
        row.login = login.strip()
        if not row.login:
            row.secret = ""
    if secret is not None:
        row.secret = _sealed(secret)


def _take_recorder(row: models.Camera, declaration: Declaration) -> None:
    """The recorder's own login, and which of its recordings is the camera's."""
    if declaration.recorder_login is not None:
        row.recorder_login = declaration.recorder_login.strip()
        if not row.recorder_login:
            row.recorder_secret = ""
    if declaration.recorder_secret is not None:
        row.recorder_secret = _sealed(declaration.recorder_secret)
    if declaration.recording is not None:
        if len(declaration.recording) > _TOKEN_LONGEST:
            raise BadCamera(where="recording", why=f"a token is {_TOKEN_LONGEST} characters at most")
        row.recording = declaration.recording


def _sealed(secret: str) -> str:
    return sealing.seal(secret, sealing.CAMERA_LOGIN) if secret else ""


def _take_home(row: models.Camera, home: str | None) -> None:
    if home is None:
        return
    if len(home) > _TOKEN_LONGEST:
        raise BadCamera(where="home", why=f"a preset's token is {_TOKEN_LONGEST} characters at most")
    row.home = home


def _take_shut(row: models.Camera, shut: str | None) -> None:
    if shut is None:
        return
    if shut not in ("", *rules.SHUT):
        raise BadCamera(where="shut", why=f"is not one of {', '.join(rules.SHUT)}")
    row.shut = shut
