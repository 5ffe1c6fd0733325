"""What the first page and the first act would otherwise wait for, loaded beforehand."""

from __future__ import annotations

import contextlib
import gc
import threading

import structlog
from django.db import DatabaseError, connections
from django.template.loader import get_template

from beffroi.desks import towns
from beffroi.during.dispatch import scene
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.territory import places
from beffroi.territory import queries as territory

_log = structlog.get_logger("beffroi.house")

_TOWNS = 20
_PAGES = ("desks/duty/desk.html", "desks/duty/call.html")


def for_ranking() -> None:
    """Load what a first ranking of units needs (0.5 s and more)."""
    for town in territory.territories()[:_TOWNS]:
        with contextlib.suppress(BeffroiError):  # a territory without a map is ranked without roads
            middle = territory.bounds(town.key).centre
            territory.streets(town.key).route(middle, middle)
            scene.town(town.key, clock.now())


def for_pages() -> None:
    """Load what the first call form and its search for places need (1 s in Geneva)."""
    for page in _PAGES:
        get_template(page)
    for town in territory.territories()[:_TOWNS]:
        with contextlib.suppress(BeffroiError):  # a territory without a map has no places
            version = territory.version_at(town.key)
            places.index(town.key, version.number, version.folder)
            towns.named_streets(town.key, version.number)
            middle = territory.bounds(town.key).centre
            territory.place_name(town.key, middle.lat, middle.lon)
            territory.streets(town.key)


def pages_in_background() -> threading.Thread:
    """`for_pages` beside what the process already answers; what cannot be loaded is loaded when asked for."""

    def work() -> None:
        try:
            for_pages()
        except DatabaseError as error:
            _log.warning("pages not loaded beforehand", why=str(error))
        finally:
            connections.close_all()
        gc.freeze()  # as what was loaded before the first request: see memory.py

    thread = threading.Thread(target=work, name="warming", daemon=True)
    thread.start()
    return thread
