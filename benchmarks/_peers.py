"""What a supervision centre could have without us: a fixed window of time and distance, and DBSCAN."""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from typing import NamedTuple
from uuid import UUID

import numpy as np
from benchmarks._days import pairs, summed
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

from beffroi.during.fusion.rules.kinds import sense_of
from beffroi.foundation.geography import LocalPlane
from beffroi.rehearsal.methods.days.labelled import Day, Ground

_SECONDS = (60.0, 120.0, 300.0, 600.0, 1200.0)
_METRES = (30.0, 60.0, 100.0, 150.0)
_LEAST = (1, 2)


class Peer(NamedTuple):
    """A peer at its best settings on the days of tuning: how near in time (s) and place (m) is one act."""

    name: str
    seconds: float
    metres: float
    least: int = 1


class Score(NamedTuple):
    """Pairwise F1 of the signs of events, and the share of clusters with an alarm that mix two events."""

    f1: float
    mixed: float


def best(name: str, ground: Ground, days: list[Day]) -> Peer:
    """The settings of the best F1 over these days, of a grid of them."""
    least = _LEAST if name == "DBSCAN" else (1,)
    grid = [Peer(name, *each) for each in itertools.product(_SECONDS, _METRES, least)]
    return max(grid, key=lambda peer: scored(peer, ground, days).f1)


def scored(peer: Peer, ground: Ground, days: list[Day]) -> Score:
    """How a peer does on these days."""
    wrong = incidents = 0
    found = []
    for day in days:
        cluster = _clusters(peer, ground, day)
        found.append(pairs(day, lambda each, where=cluster: (where[each],) if each in where else None))
        events: dict[Hashable, set[int]] = {}
        alarms: set[Hashable] = set()
        for each in day.said:
            where = cluster.get(each.id)
            if where is not None:
                events.setdefault(where, set()).add(day.told[each.id].event)
                if sense_of(each).role == "alarm":
                    alarms.add(where)
        incidents += len(alarms)
        wrong += sum(len(events[each] - {0}) > 1 for each in alarms)
    return Score(summed(found).f1(), wrong / max(incidents, 1))


def _clusters(peer: Peer, ground: Ground, day: Day) -> dict[UUID, Hashable]:
    heard = [each for each in day.said if sense_of(each).role in ("alarm", "cue")]
    points, placed = _points(ground.plane, ground, heard), []
    placed = [n for n, point in enumerate(points) if point is not None]
    scaled = np.array([[*points[n][:2], points[n][2] * peer.metres / peer.seconds] for n in placed])
    if peer.name == "DBSCAN":
        labels = DBSCAN(eps=peer.metres, min_samples=peer.least).fit_predict(scaled)
        found = {heard[n].id: int(label) for n, label in zip(placed, labels, strict=True) if label >= 0}
        return dict(found)
    return _window(peer, scaled, [heard[n].id for n in placed])


def _window(peer: Peer, scaled: np.ndarray, names: list[UUID]) -> dict[UUID, Hashable]:
    """The rule of most alarm software: what comes so soon and so near after an incident's first joins it."""
    near = cKDTree(scaled).query_ball_point(scaled, peer.metres * 2**0.5)
    first: list[int] = list(range(len(names)))
    order = np.argsort(scaled[:, 2], kind="stable")
    seen: set[int] = set()
    for n in order.tolist():
        heads = [each for each in near[n] if each in seen and first[each] == each]
        heads = [each for each in heads if _within(peer, scaled[n] - scaled[each])]
        if heads:
            first[n] = min(heads, key=lambda each: float(np.hypot(*(scaled[n, :2] - scaled[each, :2]))))
        seen.add(n)
    return {name: first[n] for n, name in enumerate(names)}


def _within(peer: Peer, apart: np.ndarray) -> bool:
    return bool(apart[2] <= peer.metres and np.hypot(apart[0], apart[1]) <= peer.metres)


def _points(plane: LocalPlane, ground: Ground, heard: list) -> list[tuple[float, float, float] | None]:
    found: list[tuple[float, float, float] | None] = []
    for each in heard:
        at = each.seen_at.timestamp()
        if each.lat is not None and each.lon is not None:
            x, y = plane.to_xy(each.lat, each.lon)
            found.append((float(x), float(y), at))
        elif each.device in ground.devices:
            found.append((*ground.at[each.device], at))
        else:
            found.append(None)
    return found
