"""`beffroi camera`: how the cameras of a territory give images. Nothing here prints a login or its secret."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from beffroi.cli import camera_presets, camera_recordings
from beffroi.eyes import queries, rules
from beffroi.eyes.actions import Declaration, declare_camera
from beffroi.eyes.errors import BadCamera
from beffroi.eyes.shown import CameraView
from beffroi.foundation.geography import Position
from beffroi.territory import queries as territory

_TERRITORY = click.option("--territory", "key", required=True, help="Key of the territory.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


@click.group()
def camera() -> None:
    """How cameras give images: addresses, login, what keeps one shut."""


camera.add_command(camera_presets.presets)
camera.add_command(camera_recordings.recordings)


@camera.command()
@_TERRITORY
@click.option("--device", required=True, help="Key of the camera among the territory's devices.")
@click.option("--live", default=None, help="HLS address of the town's media server (http, https).")
@click.option("--rtsp", default=None, help="RTSP address of the camera or of the media server.")
@click.option(
    "--replay", default=None, help="The recorder's address; {from} and {to} where it takes the span there."
)
@click.option(
    "--whep", default=None, help="WHEP address of the town's media server (WebRTC), beside the others."
)
@click.option("--recorder", default=None, help="ONVIF service of the recorder: it is asked where a span is.")
@click.option("--recording", default=None, help="Token of the camera's recording there; '': by its name.")
@click.option(
    "--recorder-login", default=None, help="The recorder's own name to sign in with; '': the camera's."
)
@click.option("--onvif", default=None, help="The camera's ONVIF service, for movement.")
@click.option("--login", default=None, help="Name to sign in with; its password is read without being shown.")
@click.option("--secret-stdin", is_flag=True, help="Read the password from standard input instead.")
@click.option(
    "--home",
    default=None,
    help="Preset to which it turns back after it was moved; '': its own home position.",
)
@click.option(
    "--shut",
    default=None,
    type=click.Choice([*rules.SHUT, "no"]),
    help="Nobody may look through it; `no` opens it again.",
)
@_JSON
def declare(
    *,
    key: str,
    device: str,
    live: str | None,
    rtsp: str | None,
    replay: str | None,
    whep: str | None,
    recorder: str | None,
    recording: str | None,
    recorder_login: str | None,
    onvif: str | None,
    login: str | None,
    secret_stdin: bool,
    home: str | None,
    shut: str | None,
    as_json: bool,
) -> None:
    """Declare how a camera gives images; what is not given stays as it was, '' takes it away.

    Example: beffroi camera declare --territory redon --device C-12 --rtsp rtsp://10.0.3.12/stream1
    --login veille --replay "rtsp://10.0.3.2/rec/12?start={from}&end={to}"
    Then `beffroi order register`: nobody looks through a camera that no order covers.
    """
    said = Declaration(
        live=live,
        rtsp=rtsp,
        replay=replay,
        whep=whep,
        recorder=recorder,
        recording=recording,
        recorder_login=recorder_login,
        recorder_secret=_secret(recorder_login, from_input=False, whose="the recorder"),
        onvif=onvif,
        login=login,
        secret=_secret(login, from_input=secret_stdin),
        shut="" if shut == "no" else shut,
        home=home,
    )
    found = declare_camera(territory_key=key, device=device, declaration=said)
    click.echo(json.dumps(_plain(found), ensure_ascii=False) if as_json else _line(found))


def _secret(login: str | None, *, from_input: bool, whose: str = "the camera") -> str | None:
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    if not login:
        return None
    return str(click.prompt(f"Password at {whose}", hide_input=True, confirmation_prompt=False, err=True))


@camera.command(name="list")
@_TERRITORY
@_JSON
def list_(key: str, as_json: bool) -> None:
    """List the cameras that were declared, and what keeps one shut.

    Example: beffroi camera list --territory redon
    """
    territory.territory(key)
    found = queries.cameras([key])
    if as_json:
        click.echo(json.dumps([_plain(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("No camera gives images yet: beffroi camera declare.")


@camera.command()
@_TERRITORY
@click.option("--lat", required=True, type=float, help="Latitude of the place, degrees.")
@click.option("--lon", required=True, type=float, help="Longitude of the place, degrees.")
@_JSON
def seeing(key: str, lat: float, lon: float, as_json: bool) -> None:
    """Which cameras see a place, the best first, and the nearest that do not.

    Example: beffroi camera seeing --territory redon --lat 47.6512 --lon -2.0841
    """
    territory.territory(key)
    try:
        place = Position(lat, lon)
    except ValueError as error:
        raise BadCamera(where="place", why=str(error)) from None
    sees, beside = queries.sighted(key, place)
    if as_json:
        click.echo(json.dumps([asdict(each.seen) for each in (*sees, *beside)]))
        return
    for each in (*sees, *beside):
        way = "looks" if each.seen.sees else "does not see it; stands"
        detail = f", {each.seen.pixels_per_m:.0f} px/m" if each.seen.sees else ""
        click.echo(
            f"{each.seen.key}  {each.seen.metres:.0f} m, {way} {each.seen.way.upper()}{detail}  {each.name}"
        )
    if not sees:
        click.echo("No camera sees this place.")


def _plain(each: CameraView) -> dict[str, object]:
    return {
        "device": each.device,
        "name": each.name,
        "ways": list(each.ways),
        "login": each.has_login,
        "order": each.order,
        "order_until": each.order_until.isoformat() if each.order_until else None,
        "shut": each.shut,
        "exercise": each.exercise,
    }


def _line(each: CameraView) -> str:
    order = f"order {each.order}" if each.order else "no order: nobody may look through it"
    if each.order and each.order_until:
        order += f" until {each.order_until}"
    parts = [each.device, ", ".join(each.ways) or "no image", "login kept" if each.has_login else "no login"]
    parts.append("exercise" if each.exercise else order)
    return "  ".join([*parts, *([each.shut] if each.shut else []), each.name])
