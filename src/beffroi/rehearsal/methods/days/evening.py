"""Generator A, on which rules are tuned: independent moments, straight ways, exponential gaps and delays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import cos, exp, sin, tau
from random import Random
from typing import NamedTuple

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

#: False calls are events of their own, numbered from here down.
CALLS = -100_000
_ACTS = (
    ("burglary", 0.40),
    ("fence", 0.08),
    ("holdup", 0.10),
    ("fire", 0.10),
    ("vehicle", 0.14),
    ("damage", 0.08),
    ("disorder", 0.10),
)
_SORTS = {"burglary": "P", "fence": "L", "holdup": "B", "fire": "F"}
_CALLED = {
    "burglary": "report.burglary",
    "fence": "report.prowling",
    "holdup": "report.assault",
    "fire": "report.fire",
    "vehicle": "report.vehicle_crime",
    "damage": "report.vandalism",
    "disorder": "report.disorder",
}
_FALSE = (("P", "intrusion.motion"), ("P", "intrusion.door"), ("L", "intrusion.perimeter"))
_RARER = (("B", "panic.holdup"), ("F", "fire.alarm"), ("P", "intrusion.glass"), ("C", "tamper.device"))


class Laws(NamedTuple):
    """The laws of a day, by default those of generator A.

    Who acts comes `way_m` at `walk_m_s` and leaves at `run_m_s`, after `stays_s` on average; a camera
    within `sight_m` of the way sees each pass with the chance `sees`. `one_way`: every camera is told of one
    and the same way, not each of one of its own. `next_door` is the chance of an act near another at that
    hour. `uneven` (0: not at all) is how unlike each other cameras are in how many people pass them,
    `at_night` the share of people whom the day's hours do not bring.
    """

    walk_m_s: float = 1.4
    run_m_s: float = 3.0
    way_m: float = 80.0
    sight_m: float = 40.0
    sees: float = 0.8
    one_way: bool = False
    stays_s: float = 240.0
    called: float = 0.45
    calls_after_s: float = 90.0
    next_door: float = 0.1
    uneven: float = 0.0
    busiest_hour: float = 15.0
    at_night: float = 0.0
    lost: float = 0.03
    late: float = 0.04
    late_s: float = 45.0
    twice: float = 0.03
    skew_s: float = 5.0


EVENING = Laws()


def generate(ground: Ground, load: Load, seed: int, start: datetime, laws: Laws = EVENING) -> Day:
    """One day of generator A."""
    chance = Random(seed)  # noqa: S311 - a drawing, not a secret
    told: list[Told] = []
    panels = acts = 0
    taken: list[tuple[float, Point]] = []
    while acts < load.acts:
        at = chance.uniform(1800, DAY_S - 3600)
        for _ in range(min(load.acts - acts, chance.choice((1, 1, 2, 4)))):
            acts += 1
            what = chance.choices([each for each, _ in _ACTS], [share for _, share in _ACTS])[0]
            panels += what in _SORTS
            act = Act(acts, what, at + chance.uniform(0, 300), (0.0, 0.0))
            told += _act(ground, chance, laws, _placed(ground, chance, laws, act, taken))
    false = round(panels * load.false_share / (1 - load.false_share))
    for number in range(1, false + 1):
        told += _false_alarm(ground, chance, -number)
    for _ in range(load.flapping):
        told += _flapping(ground, chance)
    told += _nothing(ground, chance, laws, load)
    return day(ground, seed, start, _arrive(chance, laws, one_fault(told)), acts)


def _free(
    chance: Random, laws: Laws, spots: list[tuple[str, Point]], at: float, taken: list[tuple[float, Point]]
) -> str:
    """A spot that no other act holds; a few acts may well be next door to another at the same hour."""
    least = 45.0 if chance.random() < laws.next_door else 150.0
    name, point = chance.choice(spots)
    for _ in range(100):
        if all(abs(at - when) > 3600 or apart(point, where) > least for when, where in taken):
            break
        name, point = chance.choice(spots)
    taken.append((at, point))
    return name


def _placed(ground: Ground, chance: Random, laws: Laws, act: Act, taken: list[tuple[float, Point]]) -> Act:
    """The act at a place that is free."""
    sort, at = _SORTS.get(act.what), act.at
    if sort is None:
        spots = [(f"{x} {y}", (x, y)) for x, y in ground.corners]
        x, y = map(float, _free(chance, laws, spots, at, taken).split())
        return act._replace(home=(x, y))
    device = _free(chance, laws, [(key, ground.at[key]) for key in ground.of(sort)], at, taken)
    return act._replace(home=ground.at[device], device=device)


def _act(ground: Ground, chance: Random, laws: Laws, act: Act) -> list[Told]:
    if not act.device:
        return _in_the_street(ground, chance, laws, act)
    stays = chance.expovariate(1 / laws.stays_s)
    told = list(_panel(chance, act))
    if act.what != "fire":
        told += _walked(ground, chance, laws, act, stays)
    if chance.random() < laws.called:
        told.append(_called(chance, act, _CALLED[act.what], chance.expovariate(1 / laws.calls_after_s), 25))
    if act.what == "burglary" and chance.random() < 0.3:
        before, point = act.at - chance.uniform(600, 3600), _beside(chance, act.home, 60)
        kind = "signal.vehicle_slow"
        told.append(Told(before, kind, act.number, "referent", "", point, {}, "referent"))
    return told


def _panel(chance: Random, act: Act) -> Iterator[Told]:
    def said(seconds: float, kind: str, zone: str) -> Told:
        return Told(act.at + seconds, kind, act.number, act.device, act.device, None, {"zone": zone})

    if act.what == "burglary":
        yield said(0, chance.choice(("intrusion.door", "intrusion.door", "intrusion.glass")), "01")
        for number in range(chance.choice((0, 1, 1, 2))):
            yield said(chance.expovariate(1 / 40), "intrusion.motion", f"0{number + 3}")
    elif act.what == "fence":
        yield said(0, "intrusion.perimeter", "07")
    elif act.what == "holdup":
        yield said(0, "panic.holdup", "01")
    else:
        yield said(0, "fire.alarm", "01")
        if chance.random() < 0.5:
            yield said(chance.expovariate(1 / 60), "fire.alarm", "02")


def _called(chance: Random, act: Act, kind: str, after: float, metres: float) -> Told:
    return Told(act.at + after, kind, act.number, "caller", "", _beside(chance, act.home, metres))


def _in_the_street(ground: Ground, chance: Random, laws: Laws, act: Act) -> list[Told]:
    told = [_called(chance, act, _CALLED[act.what], 0.0, 15)]
    if chance.random() < 0.5:
        told.append(_called(chance, act, _CALLED[act.what], chance.expovariate(1 / 100), 25))
    if act.what == "damage":
        for camera in ground.cameras_near(act.home, 40)[:1]:
            at = act.at - chance.expovariate(1 / 60)
            told.append(Told(at, "tamper.device", act.number, camera, camera))
    elif act.what == "vehicle":
        told += _walked(ground, chance, laws, act, chance.expovariate(2 / laws.stays_s))
    return told


def _walked(ground: Ground, chance: Random, laws: Laws, act: Act, stays: float) -> list[Told]:
    """What cameras see of someone who comes straight, stays, and runs straight away."""
    told, home = [], act.home
    comes, goes = (chance.uniform(0, tau), chance.uniform(0, tau)) if laws.one_way else (None, None)
    for camera in ground.cameras_near(home, laws.way_m + laws.sight_m):
        for speed, from_s, way in (
            (-laws.walk_m_s, act.at, comes),
            (laws.run_m_s, act.at + stays, goes),
        ):
            angle = chance.uniform(0, tau) if way is None else way
            far = (home[0] + laws.way_m * cos(angle), home[1] + laws.way_m * sin(angle))
            metres = _nearest_on(laws, far, home, ground.at[camera])
            if metres is None or chance.random() > laws.sees:
                continue
            content = {"severity": "alert"} if chance.random() < 0.3 else {}
            at = from_s + metres / speed
            told.append(Told(at, "presence.person", act.number, camera, camera, None, content))
    return told


def _nearest_on(laws: Laws, far: Point, home: Point, camera: Point) -> float | None:
    """Metres from home of the first tenth of the way that the camera sees; None where it sees none."""
    for tenth in range(11):
        share = tenth / 10
        point = (home[0] + share * (far[0] - home[0]), home[1] + share * (far[1] - home[1]))
        if apart(point, camera) <= laws.sight_m:
            return share * laws.way_m
    return None


def _false_alarm(ground: Ground, chance: Random, event: int) -> list[Told]:
    sort, kind = chance.choice(_FALSE) if chance.random() < 0.85 else chance.choice(_RARER)
    device = chance.choice(ground.of(sort))
    at = chance.uniform(0, DAY_S)
    told = [Told(at, kind, event, device, device, None, {"zone": "01"})]
    for _ in range(chance.choice((0, 0, 1, 3))):
        told.append(Told(at + chance.expovariate(1 / 60), kind, event, device, device, None, {"zone": "01"}))
    end = chance.random()
    if end < 0.6:
        kind = "alarm.cancelled" if end < 0.2 else "alarm.restored"
        told.append(Told(at + 30 + chance.expovariate(1 / 200), kind, event, device, device))
    return told


def _flapping(ground: Ground, chance: Random) -> list[Told]:
    device, at = chance.choice(ground.of("L")), chance.uniform(0, DAY_S - 8000)
    told = []
    for _ in range(15):
        told.append(Told(at, "intrusion.perimeter", 0, device, device, None, {"zone": "07"}))
        told.append(Told(at + chance.uniform(20, 90), "alarm.restored", 0, device, device))
        at += 120 + chance.expovariate(1 / 240)
    return told


def _nothing(ground: Ground, chance: Random, laws: Laws, load: Load) -> list[Told]:
    """People who walk by, calls and computers that mean nothing, devices that fall silent."""
    cameras, hosts = ground.of("C"), ground.of("H")
    told = []
    busy = [exp(chance.gauss(0, laws.uneven)) for _ in cameras] if laws.uneven else None
    for _ in range(load.seen):
        kind = chance.choice(("presence.person", "presence.person", "presence.vehicle"))
        camera = chance.choices(cameras, busy)[0] if busy else chance.choice(cameras)
        told.append(Told(_by_day(chance, laws), kind, 0, camera, camera))
    kinds = ("report.other", "report.disorder", "report.prowling", "report.vehicle_crime")
    for number in range(load.calls):
        point = _beside(chance, chance.choice(ground.corners), 40)
        told.append(Told(_by_day(chance, laws), chance.choice(kinds), CALLS - number, "caller", "", point))
    for _ in range(load.calls // 2):
        point = _beside(chance, chance.choice(ground.corners), 40)
        told.append(Told(_by_day(chance, laws), "signal.noise", 0, "referent", "", point, {}, "referent"))
    for _ in range(load.cyber):
        host = chance.choice(hosts)
        kind = "cyber.network" if chance.random() < 0.9 else "cyber.outage"
        told.append(Told(chance.uniform(0, DAY_S), kind, 0, host, host, None, {}, "suricata"))
    for _ in range(load.silent):
        device, at = chance.choice(cameras), chance.uniform(0, DAY_S)
        told.append(Told(at, "device.offline", 0, device, device))
        told.append(Told(at + chance.expovariate(1 / 900), "device.online", 0, device, device))
    return told


def _by_day(chance: Random, laws: Laws) -> float:
    if laws.at_night and chance.random() < laws.at_night:
        return chance.uniform(0, DAY_S)
    # A triangle: few at night, most in the middle of the afternoon.
    return chance.triangular(0, DAY_S, laws.busiest_hour * 3600)


def _arrive(chance: Random, laws: Laws, told: list[Told]) -> list[Sent]:
    """Each clock is off by its own constant; some messages are lost, late, or come by two ways."""
    skew: dict[str, float] = {}
    sent = []
    for each in told:
        if chance.random() < laws.lost:
            continue
        sender = each.device or f"person at {each.at}"
        off = skew.setdefault(sender, chance.uniform(-laws.skew_s, laws.skew_s) if each.device else 0.0)
        delay = chance.expovariate(1 / 0.3)
        if chance.random() < laws.late:
            delay += chance.expovariate(1 / laws.late_s)
        one = each._replace(source=each.source or (f"gate-{each.device[0]}" if each.device else ""))
        sent.append(Sent(one, each.at + off, each.at + delay))
        if each.device and chance.random() < laws.twice:
            again = one._replace(source="second-gate")
            sent.append(Sent(again, each.at + off, each.at + delay + chance.expovariate(1 / 2)))
    return sent


def _beside(chance: Random, point: Point, metres: float) -> Point:
    return point[0] + chance.gauss(0, metres / 2), point[1] + chance.gauss(0, metres / 2)
