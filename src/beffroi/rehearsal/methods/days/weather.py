"""Generator B, which is reported: contagious moments, ways along streets, weather, bad channels, cut links.

Written apart from `evening`, with other laws: acts come in clusters of the evening (one brings the next,
often nearby), people walk from junction to junction at log-normal speeds, callers wait log-normal times,
false alarms come with gusts and mostly from the same few detectors, clocks drift, losses come in runs, and
a gate that was cut off delivers what it kept all at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from math import ceil, cos, log, sin, tau
from random import Random

from beffroi.rehearsal.methods.days.labelled import (
    DAY_S,
    Act,
    Day,
    Ground,
    Load,
    Point,
    Sent,
    Told,
    apart,
    day,
    one_fault,
)

_EYE_M, _STEP_S = 32.0, 4.0
_CALLS = -200_000
# Shares of what happens, as a column of the police's own figures would order them.
_MIX = {"theft": 6, "break_in": 8, "brawl": 3, "robbery": 2, "blaze": 2, "wrecking": 3, "intruder": 2}
_AT_PANELS = {"break_in": "P", "robbery": "B", "blaze": "F", "intruder": "L"}
_CALLED = {
    "theft": "report.theft",
    "break_in": "report.burglary",
    "brawl": "report.disorder",
    "robbery": "report.assault",
    "blaze": "report.fire",
    "wrecking": "report.vandalism",
    "intruder": "report.prowling",
}
_GATES = {"C": 4, "P": 3, "B": 1, "F": 1, "L": 1, "H": 1}


def generate(ground: Ground, load: Load, seed: int, start: datetime) -> Day:
    """One day of generator B."""
    chance = Random(seed ^ 0x5EED)  # noqa: S311 - a drawing, not a secret
    told: list[Told] = []
    panels = 0
    hit: set[str] = set()
    plan = _contagion(ground, chance, load.acts)
    for act, (at, near) in enumerate(plan, 1):
        what = chance.choices(list(_MIX), list(_MIX.values()))[0]
        panels += what in _AT_PANELS
        told += _happens(ground, chance, Act(act, what, at, near), hit)
    told += _gusts(ground, chance, ceil(panels * load.false_share / (1 - load.false_share)))
    for _ in range(load.flapping):
        told += _loose_contact(ground, chance)
    told += _town_life(ground, chance, load)
    return day(ground, seed, start, _gates(chance, one_fault(told)), load.acts)


def _contagion(ground: Ground, chance: Random, acts: int) -> list[tuple[float, Point]]:
    """Moments and places: four in ten acts follow another within minutes, within half a kilometre."""
    plan: list[tuple[float, Point]] = []
    while len(plan) < acts:
        if plan and chance.random() < 0.4:
            at, near = chance.choice(plan)
            further = chance.gammavariate(4.0, 120.0)
            angle = chance.uniform(0, tau)
            next_to = (near[0] + further * cos(angle), near[1] + further * sin(angle))
            plan.append((at + chance.lognormvariate(4.5, 1.0), next_to))
        else:
            at = chance.gauss(20 * 3600, 3.5 * 3600) % (DAY_S - 5400) + 900
            plan.append((at, chance.choice(ground.corners)))
    return sorted(plan)


def _closest(ground: Ground, sort: str, near: Point, hit: set[str]) -> str:
    """The device of a sort that is closest to a point and that no act of the day was at."""
    free = [key for key in ground.of(sort) if key not in hit] or ground.of(sort)
    device = min(free, key=lambda key: apart(ground.at[key], near))
    hit.add(device)
    return device


def _happens(ground: Ground, chance: Random, act: Act, hit: set[str]) -> list[Told]:
    sort = _AT_PANELS.get(act.what)
    device = _closest(ground, sort, act.home, hit) if sort else ""
    home = ground.at[device] if device else _off(chance, act.home, 20.0)
    act = act._replace(home=home, device=device)
    stays = chance.gammavariate(2.0, 110.0)
    told = list(_panel(chance, act, stays)) if device else []
    told += _callers(chance, act)
    if act.what == "wrecking" and chance.random() < 0.6:
        for camera in ground.cameras_near(home, 50)[:1]:
            told.append(Told(act.at + chance.gauss(0, 40), "tamper.device", act.number, camera, camera))
    if act.what in ("break_in", "robbery", "intruder", "theft"):
        told += _seen_on_the_way(ground, chance, act, stays)
    if act.what == "break_in" and chance.random() < 0.25:
        seen = act.at - chance.lognormvariate(7.2, 0.6)
        kind = chance.choice(("signal.person_loitering", "signal.vehicle_slow"))
        told.append(Told(seen, kind, act.number, "referent", "", _off(chance, home, 50), {}, "referent"))
    return told


def _panel(chance: Random, act: Act, stays: float) -> Iterator[Told]:
    def said(at: float, kind: str, zone: int) -> Told:
        return Told(at, kind, act.number, act.device, act.device, None, {"zone": str(zone)})

    at = act.at
    if act.what == "blaze":
        yield said(at, "fire.alarm", 2)
        for number in range(chance.randrange(3)):
            yield said(at + 45 * (number + 1), "fire.alarm", number + 3)
    elif act.what == "robbery":
        kind = chance.choice(("panic.holdup", "panic.duress"))
        yield said(at + chance.lognormvariate(2.5, 0.7), kind, 1)
    elif act.what == "intruder":
        yield said(at, "intrusion.perimeter", 9)
    else:
        yield from _broken_in(chance, act, stays, said)


def _broken_in(
    chance: Random, act: Act, stays: float, said: Callable[[float, str, int], Told]
) -> Iterator[Told]:
    """A door forced, then a movement detector that goes off whenever someone passes, until they leave."""
    at = act.at
    if chance.random() < 0.8:
        yield said(at, "intrusion.door", 1)
    inside = at + chance.uniform(4, 25)
    while inside < at + stays:
        yield said(inside, "intrusion.motion", chance.choice((4, 4, 5)))
        inside += chance.weibullvariate(40, 0.8)
    if chance.random() < 0.3:
        yield said(at + stays, "alarm.restored", 1)


def _callers(chance: Random, act: Act) -> Iterator[Told]:
    callers = (act.what not in _AT_PANELS) + (chance.random() < 0.35) + (chance.random() < 0.12)
    for _ in range(callers):
        waits = chance.lognormvariate(log(55), 0.8)
        kind = _CALLED[act.what]
        if act.what == "brawl" and chance.random() < 0.3:
            kind = "report.assault"
        yield Told(act.at + waits, kind, act.number, "caller", "", _off(chance, act.home, 22.0))


def _way(ground: Ground, chance: Random, home: Point, metres: float) -> list[Point]:
    """From home outwards along the streets, junction by junction, never back where it can go on."""
    a = ground.graph.arrays
    node = min(range(len(ground.nodes)), key=lambda n: apart(ground.nodes[n], home))
    points, before, gone = [home, ground.nodes[node]], -1, apart(home, ground.nodes[node])
    while gone < metres:
        heads = [int(each) for each in a.walk_head[a.walk_first[node] : a.walk_first[node + 1]]]
        onward = [each for each in heads if each != before] or heads
        if not onward:
            break
        before, node = node, chance.choice(onward)
        gone += max(apart(points[-1], ground.nodes[node]), 1.0)
        points.append(ground.nodes[node])
    return points


def _seen_on_the_way(ground: Ground, chance: Random, act: Act, stays: float) -> list[Told]:
    told = []
    for leaving in (False, True):
        way = _way(ground, chance, act.home, chance.gammavariate(3.0, 25.0))
        speed = chance.lognormvariate(log(2.6 if leaving else 1.3), 0.25)
        cameras = ground.cameras_near(act.home, 200)
        asleep: dict[str, float] = {}
        for metres, point in _along(way, speed * _STEP_S):
            moment = act.at + stays + metres / speed if leaving else act.at - metres / speed
            for camera in cameras:
                near = apart(ground.at[camera], point) <= _EYE_M
                if near and abs(moment - asleep.get(camera, -1e9)) > 20 and chance.random() < 0.6:
                    asleep[camera] = moment
                    content = {"severity": "alert"} if chance.random() < 0.2 else {}
                    told.append(Told(moment, "presence.person", act.number, camera, camera, None, content))
    return told


def _along(way: list[Point], step: float) -> Iterator[tuple[float, Point]]:
    gone = 0.0
    for one, other in itertools.pairwise(way):
        length = apart(one, other)
        for n in range(int(length / step) + 1):
            share = min(1.0, n * step / length) if length else 0.0
            yield (
                gone + share * length,
                (one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])),
            )
        gone += length


def _gusts(ground: Ground, chance: Random, count: int) -> Iterator[Told]:
    """False alarms: half of them with three gusts of wind, and few detectors make most of them."""
    weights: dict[str, float] = {
        key: chance.paretovariate(1.1) for sort in "PLBFC" for key in ground.of(sort)
    }
    kinds = {
        "P": ("intrusion.motion", "intrusion.motion", "intrusion.door", "intrusion.glass"),
        "L": ("intrusion.perimeter",),
        "B": ("panic.holdup",),
        "F": ("fire.alarm",),
        "C": ("tamper.device",),
    }
    rare = {"P": 1.0, "L": 4.0, "B": 0.3, "F": 0.4, "C": 0.03}
    keys = list(weights)
    drawn = chance.choices(keys, [weights[key] * rare[key[0]] for key in keys], k=count)
    gusts = [chance.uniform(0, DAY_S) for _ in range(3)]
    for number, device in enumerate(drawn, 1):
        windy = device[0] in "PL" and chance.random() < 0.5
        at = chance.choice(gusts) + chance.gauss(0, 2400) if windy else chance.uniform(0, DAY_S)
        at = min(max(at, 60.0), DAY_S - 60.0)
        kind = chance.choice(kinds[device[0]])
        yield Told(at, kind, -number, device, device, None, {"zone": str(chance.randrange(1, 5))})
        for _ in range(int(chance.expovariate(1.0))):
            at += chance.gammavariate(2.0, 25.0)
            yield Told(at, kind, -number, device, device, None, {"zone": "1"})
        if chance.random() < 0.7:
            end = "alarm.restored" if chance.random() < 0.7 else "alarm.cancelled"
            yield Told(at + chance.weibullvariate(150, 1.5), end, -number, device, device)


def _loose_contact(ground: Ground, chance: Random) -> Iterator[Told]:
    device, at = chance.choice(ground.of("P")), chance.uniform(0, DAY_S - 9000)
    for _ in range(20):
        yield Told(at, "intrusion.door", 0, device, device, None, {"zone": "1"})
        rest = chance.weibullvariate(60, 2.0)
        yield Told(at + rest, "alarm.restored", 0, device, device)
        at += rest + 70 + chance.weibullvariate(160, 1.2)


def _town_life(ground: Ground, chance: Random, load: Load) -> Iterator[Told]:
    """People in small groups from camera to camera, busy corners and quiet ones; calls, computers, links."""
    cameras = ground.of("C")
    busy = [chance.paretovariate(1.5) for _ in cameras]
    seen = 0
    while seen < load.seen:
        camera = chance.choices(cameras, busy)[0]
        at = chance.choice((8.2, 12.3, 17.5, 19.0)) * 3600 + chance.gauss(0, 5400)
        at = at % DAY_S
        for other in [camera, *ground.cameras_near(ground.at[camera], 90)[:3]]:
            if other != camera and chance.random() < 0.5:
                continue
            kind = "presence.vehicle" if chance.random() < 0.25 else "presence.person"
            walked = apart(ground.at[camera], ground.at[other]) / chance.lognormvariate(log(1.3), 0.2)
            yield Told(at + walked, kind, 0, other, other)
            seen += 1
    for number in range(load.calls):
        kind = chance.choice(("report.disorder", "report.other", "report.prowling", "report.theft"))
        point = _off(chance, chance.choice(ground.corners), 60)
        yield Told(chance.gauss(18 * 3600, 4 * 3600) % DAY_S, kind, _CALLS - number, "caller", "", point)
    at = 0.0
    while at < DAY_S and load.cyber:  # scans come in trains
        at += chance.expovariate(load.cyber / 10 / DAY_S)
        host = chance.choice(ground.of("H"))
        for n in range(1 + int(chance.expovariate(1 / 9))):
            kind = "cyber.outage" if chance.random() < 0.03 else "cyber.network"
            yield Told(min(at + 3 * n, DAY_S), kind, 0, host, host)
    for _ in range(load.silent):
        camera, gone = chance.choice(cameras), chance.uniform(0, DAY_S)
        yield Told(gone, "device.offline", 0, camera, camera)
        yield Told(gone + chance.lognormvariate(6.5, 1.0), "device.online", 0, camera, camera)


def _gates(chance: Random, told: Iterable[Told]) -> Iterator[Sent]:
    """Through gates that lose in runs and are cut off now and then; clocks that drift through the day."""
    names = [f"gate-{sort}{n}" for sort, count in _GATES.items() for n in range(count)]
    cuts = {name: (chance.uniform(0, DAY_S), chance.lognormvariate(5.5, 0.7)) for name in names}
    clocks: dict[str, tuple[float, float]] = {}
    losing = False
    for each in sorted(told, key=lambda one: one.at):
        losing = chance.random() < (0.5 if losing else 0.02)
        if losing:
            continue
        if not each.device:
            yield Sent(each, each.at, each.at + chance.lognormvariate(log(0.4), 0.6))
            continue
        sort, number = each.device.split("-")
        gate = f"gate-{sort}{int(number) % _GATES[sort]}"
        bias, drift = clocks.setdefault(each.device, (chance.gauss(0, 2), chance.gauss(0, 2)))
        off = min(max(bias + drift * each.at / DAY_S, -5.0), 5.0)
        arrives = each.at + chance.lognormvariate(log(0.25), 0.7)
        cut, lasts = cuts[gate]
        if cut <= arrives < cut + lasts:
            arrives = cut + lasts + chance.random()
        one = each._replace(source=gate)
        yield Sent(one, each.at + off, arrives)
        if sort == "C" and int(number) % 9 == 0:  # these cameras speak to two recorders
            later = arrives + chance.lognormvariate(0, 0.5)
            yield Sent(each._replace(source="second-recorder"), each.at + off, later)


def _off(chance: Random, point: Point, metres: float) -> Point:
    return point[0] + chance.triangular(-metres, metres), point[1] + chance.triangular(-metres, metres)
