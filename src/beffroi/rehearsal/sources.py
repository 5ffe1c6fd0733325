"""The exercise's recorder and panels, declared like any other source: an address, a token, and the mark."""

from __future__ import annotations

import hashlib

from beffroi.during.intake import actions, queries
from beffroi.during.intake.actions import Declared
from beffroi.rehearsal.kept import Prepared
from beffroi.rehearsal.methods import script
from beffroi.rehearsal.methods.places import Cast

RECORDER, PANEL, WIND_PANEL = "ex-frigate", "ex-panel-1", "ex-panel-2"


def _account(territory: str, key: str) -> str:
    """A panel's account: six hexadecimal digits that the territory and the panel always give."""
    return "E" + hashlib.sha256(f"{territory}/{key}".encode()).hexdigest()[:5].upper()


def _declare(territory: str, key: str, connector: str, address: str, devices: dict[str, object]) -> Declared:
    known = {each.key for each in queries.sources([territory]) if each.active}
    if key in known:
        return actions.renew_token(territory=territory, key=key)
    return actions.declare_source(
        territory=territory,
        key=key,
        connector=connector,
        address=address,
        name=f"{key} (exercise)",
        devices=devices,
        exercise=True,
    )


def prepare(territory: str, cast: Cast, referent: str) -> Prepared:
    """Declare the sources (or renew the recorder's token) and say how they are reached."""
    prefix = f"exercise-{territory}"
    names: dict[str, object] = {script.camera_name(each.key): each.key for each in cast.cameras}
    recorder = _declare(territory, RECORDER, "frigate", prefix, names)
    accounts = {}
    for key, panel in ((PANEL, cast.panel), (WIND_PANEL, cast.wind_panel)):
        accounts[key] = _account(territory, key)
        _declare(territory, key, "dc09", accounts[key], dict(script.zones(panel.key)))
    return Prepared(
        territory=territory,
        login=recorder.login,
        token=recorder.token,
        prefix=prefix,
        panel_account=accounts[PANEL],
        wind_account=accounts[WIND_PANEL],
        referent=referent,
    )
