"""Where the story happens: places chosen on any town's streets and buildings, always the same for it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.geography import LocalPlane, Position

Floats = NDArray[np.float64]


class TooSmall(BeffroiError):
    """A map on which no story can be played."""

    code = "rehearsal.too_small"
    message = "This map has {junctions} junctions and {buildings} buildings: too few for an exercise."
    advice = "Choose a map of a whole commune."


@dataclass(frozen=True, slots=True)
class Spot:
    """A building: its name ('' where it has none), its middle, its surface (m²)."""

    name: str
    place: Position
    surface_m2: float


@dataclass(frozen=True, slots=True)
class Sensor:
    """A camera or a panel that the exercise adds or uses; `direction_deg` clockwise from north."""

    key: str
    kind: str
    name: str
    place: Position
    direction_deg: float | None = None
    known: bool = False  # it stands in the town already


@dataclass(frozen=True, slots=True)
class Patrol:
    """A unit of the exercise and where it starts."""

    key: str
    name: str
    kind: str
    place: Position
    abilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what plays: the place broken into, the one where the wind blows, the van's corner."""

    target: Spot
    windy: Spot
    van: Position
    panel: Sensor
    wind_panel: Sensor
    camera: Sensor
    mute_camera: Sensor
    cameras: tuple[Sensor, ...]
    patrols: tuple[Patrol, ...]

    @property
    def sensors(self) -> tuple[Sensor, ...]:
        """Everything that sends, once each."""
        return (self.panel, self.wind_panel, *self.cameras)


@dataclass(frozen=True, slots=True)
class Ground:
    """A town as the story needs it: junctions (degrees), buildings, cameras and police stations in place."""

    junction_lat: Floats
    junction_lon: Floats
    buildings: Sequence[Spot]
    cameras: Sequence[Sensor] = ()
    police: Sequence[Spot] = ()


_LIKELY = (
    "mediatheque",
    "bibliotheque",
    "atelier",
    "salle",
    "gymnase",
    "maison des",
    "poste",
    "musee",
    "mairie",
)
_WINDY = ("ecole", "college", "lycee", "school", "creche", "gymnase", "stade")
_LEAST_JUNCTIONS, _LEAST_BUILDINGS = 12, 10
_CAMERAS_IN_A_TOWN = 8
_CAMERA_NEAR_M = 75.0
_APART_M = 30.0


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _bearing(plane: LocalPlane, a: Position, b: Position) -> float:
    ax, ay = plane.to_xy(a.lat, a.lon)
    bx, by = plane.to_xy(b.lat, b.lon)
    return round(math.degrees(math.atan2(float(bx - ax), float(by - ay))) % 360, 1)


class _Map:
    """The ground on a plane in metres about the middle of its buildings."""

    def __init__(self, ground: Ground) -> None:
        lat = float(np.median([each.place.lat for each in ground.buildings]))
        lon = float(np.median([each.place.lon for each in ground.buildings]))
        self.plane = LocalPlane(lat, lon)
        self.middle = Position(lat, lon)
        self.x, self.y = self.plane.to_xy(ground.junction_lat, ground.junction_lon)
        self.ground = ground

    def away(self, a: Position, b: Position) -> float:
        ax, ay = self.plane.to_xy(a.lat, a.lon)
        bx, by = self.plane.to_xy(b.lat, b.lon)
        return math.hypot(float(bx - ax), float(by - ay))

    def junction(self, near: Position, metres: float, taken: Sequence[Position] = ()) -> Position:
        """The junction whose distance to `near` comes closest to `metres`, none of `taken`."""
        px, py = self.plane.to_xy(near.lat, near.lon)
        gaps = np.abs(np.hypot(self.x - px, self.y - py) - metres)
        for each in taken:
            tx, ty = self.plane.to_xy(each.lat, each.lon)
            gaps[np.hypot(self.x - tx, self.y - ty) < _APART_M] = np.inf
        found = int(np.argmin(gaps))
        return Position(float(self.ground.junction_lat[found]), float(self.ground.junction_lon[found]))


def _choose(town: _Map, words: Sequence[str], off: Position | None, least_m: float, most_m: float) -> Spot:
    """The building that fits best: a likely name first, then a large one, within reach of the middle."""

    def rank(each: Spot) -> tuple[bool, int, bool, float, str]:
        far = town.away(each.place, town.middle)
        near_other = off is not None and town.away(each.place, off) < least_m
        name = _plain(each.name)
        likely = next((place for place, word in enumerate(words) if word in name), len(words))
        return near_other, likely, far > most_m, -each.surface_m2, each.name

    return min(town.ground.buildings, key=rank)


def _cameras(town: _Map, target: Position) -> tuple[Sensor, ...]:
    """The one that sees the target first; then those in place, else one at each of several corners."""
    known = sorted(town.ground.cameras, key=lambda each: (town.away(each.place, target), each.key))
    if known and town.away(known[0].place, target) <= _CAMERA_NEAR_M:
        return tuple(known[:_CAMERAS_IN_A_TOWN])
    taken = {each.key for each in known}
    corner = town.junction(target, 32.0)
    facing = _bearing(town.plane, corner, target)
    cameras = [Sensor(_free("EX-C1", taken), "camera", "Exercise camera 1", corner, facing)]
    if len(known) + 1 < _CAMERAS_IN_A_TOWN:
        for number in range(2, 6):
            corner = _spread(town, [*(each.place for each in cameras), *(each.place for each in known)])
            facing = _bearing(town.plane, corner, town.middle)
            name = f"Exercise camera {number}"
            cameras.append(Sensor(_free(f"EX-C{number}", taken), "camera", name, corner, facing))
    return (*cameras, *known[: _CAMERAS_IN_A_TOWN - len(cameras)])


def _free(key: str, taken: set[str]) -> str:
    while key in taken:
        key += "b"
    taken.add(key)
    return key


def _panel_key(spot: Spot, number: int) -> str:
    """PANEL- and the first words of the building's name, else its number in the exercise."""
    words = "".join(letter if letter.isalnum() else " " for letter in _plain(spot.name)).upper().split()
    return "-".join(["PANEL", *words])[:32].rstrip("-") if words else f"EX-PANEL-{number}"


def _spread(town: _Map, others: Sequence[Position]) -> Position:
    """The junction within 700 m of the middle that is farthest from all of `others`."""
    least = np.full(len(town.x), np.inf)
    for other in others:
        ox, oy = town.plane.to_xy(other.lat, other.lon)
        least = np.minimum(least, np.hypot(town.x - ox, town.y - oy))
    least[np.hypot(town.x, town.y) > 700.0] = -1.0
    found = int(np.argmax(least))
    return Position(float(town.ground.junction_lat[found]), float(town.ground.junction_lon[found]))


def _patrols(town: _Map, target: Position) -> tuple[Patrol, ...]:
    gendarmes = [each for each in town.ground.police if "gendarmerie" in _plain(each.name)]
    first = town.junction(target, 1100.0)
    second = town.junction(target, 680.0, [first])
    post = gendarmes[0].place if gendarmes else town.junction(target, 2600.0, [first, second])
    municipal = ("first_aid",)
    return (
        Patrol("P1", "Patrouille 1", "municipal", first, municipal),
        Patrol("P2", "Patrouille 2", "municipal", second, municipal),
        Patrol("G1", "Gendarmerie 1", "gendarmerie", post, ("armed", "first_aid")),
    )


def choose(ground: Ground) -> Cast:
    """The cast for a town: the same for the same town. Raises TooSmall."""
    if len(ground.junction_lat) < _LEAST_JUNCTIONS or len(ground.buildings) < _LEAST_BUILDINGS:
        raise TooSmall(junctions=len(ground.junction_lat), buildings=len(ground.buildings))
    town = _Map(ground)
    target = _choose(town, _LIKELY, None, 0.0, 900.0)
    windy = _choose(town, _WINDY, target.place, 200.0, 1200.0)
    cameras = _cameras(town, target.place)
    taken = {each.key for each in cameras}
    # Two buildings may bear one name: their panels still have a key each.
    panel_key, wind_key = _free(_panel_key(target, 1), taken), _free(_panel_key(windy, 2), taken)
    mute = max(cameras, key=lambda each: (town.away(each.place, target.place), each.key))
    return Cast(
        target=target,
        windy=windy,
        van=town.junction(target.place, 130.0),
        panel=Sensor(panel_key, "panel", f"Centrale d’alarme, {target.name}".rstrip(", "), target.place),
        wind_panel=Sensor(wind_key, "panel", f"Centrale d’alarme, {windy.name}".rstrip(", "), windy.place),
        camera=cameras[0],
        mute_camera=mute,
        cameras=cameras,
        patrols=_patrols(town, target.place),
    )
