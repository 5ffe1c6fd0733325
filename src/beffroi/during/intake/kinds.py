"""The frozen vocabulary of what an observation may say.

`certainty` is what one message of that kind weighs where its source gives no certainty of its own:
a starting point for fusion, which then learns from each source's record of true and false alarms.
Two observations are independent signs when their `channel` differs: a door contact and a camera
do not err for the same reasons, two cameras in the same rain do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """One word of the vocabulary.

    `family` groups kinds; `act` is the act that it suggests ('' where none); `channel` the way by which
    it was perceived; `is_life` whether a life may be in danger; `certainty` from 0 to 1.
    """

    name: str
    family: str
    act: str
    channel: str
    is_life: bool
    certainty: float


_TABLE = (
    # name                      family       act         channel      life   certainty
    Kind("intrusion.door", "intrusion", "burglary", "contact", False, 0.50),
    Kind("intrusion.motion", "intrusion", "burglary", "motion", False, 0.40),
    Kind("intrusion.glass", "intrusion", "burglary", "acoustic", False, 0.50),
    Kind("intrusion.perimeter", "intrusion", "burglary", "perimeter", False, 0.35),
    Kind("panic.holdup", "panic", "assault", "button", True, 0.60),
    Kind("panic.duress", "panic", "assault", "button", True, 0.60),
    Kind("tamper.device", "tamper", "sabotage", "tamper", False, 0.30),
    Kind("fire.alarm", "fire", "fire", "smoke", True, 0.40),
    Kind("presence.person", "presence", "", "video", False, 0.60),
    Kind("presence.vehicle", "presence", "", "video", False, 0.60),
    Kind("presence.other", "presence", "", "video", False, 0.30),
    Kind("signal.vehicle_slow", "signal", "prowling", "person", False, 0.30),
    Kind("signal.person_loitering", "signal", "prowling", "person", False, 0.30),
    Kind("signal.noise", "signal", "", "person", False, 0.25),
    Kind("signal.other", "signal", "", "person", False, 0.20),
    Kind("device.offline", "device", "", "link", False, 0.90),
    Kind("device.online", "device", "", "link", False, 0.90),
    Kind("report.burglary", "intrusion", "burglary", "caller", False, 0.50),
    Kind("report.assault", "panic", "assault", "caller", True, 0.60),
    Kind("report.crew_assault", "panic", "crew_assault", "caller", True, 0.70),
    Kind("report.theft", "theft", "theft", "caller", False, 0.50),
    Kind("report.vehicle_crime", "theft", "vehicle_crime", "caller", False, 0.50),
    Kind("report.vandalism", "damage", "vandalism", "caller", False, 0.50),
    Kind("report.fire", "fire", "fire", "caller", True, 0.60),
    Kind("report.disorder", "disorder", "disorder", "caller", False, 0.40),
    Kind("report.crowd", "disorder", "crowd", "caller", False, 0.40),
    Kind("report.missing_person", "missing", "missing_person", "caller", True, 0.60),
    Kind("report.rescue", "rescue", "rescue", "caller", True, 0.60),
    Kind("report.prowling", "presence", "prowling", "caller", False, 0.40),
    Kind("report.hazard", "hazard", "hazard", "caller", False, 0.50),
    Kind("report.cyber", "cyber", "cyber_attack", "caller", False, 0.50),
    Kind("report.other", "other", "disorder", "caller", False, 0.30),
    Kind("panic.crew", "panic", "crew_assault", "button", True, 0.60),
    Kind("lift.trapped", "rescue", "rescue", "button", True, 0.60),
    Kind("hazard.detected", "fire", "hazard", "gas", True, 0.50),
    Kind("hazard.warning", "hazard", "hazard", "authority", False, 0.80),
    Kind("crowd.dense", "disorder", "crowd", "count", False, 0.50),
    Kind("cyber.host", "cyber", "cyber_attack", "host", False, 0.40),
    Kind("cyber.malware", "cyber", "cyber_attack", "antivirus", False, 0.50),
    Kind("cyber.network", "cyber", "cyber_attack", "network", False, 0.30),
    Kind("cyber.outage", "cyber", "cyber_attack", "monitor", False, 0.30),
    Kind("device.fault", "device", "", "link", False, 0.90),
    Kind("signal.damage", "signal", "vandalism", "person", False, 0.30),
    Kind("alarm.restored", "follow_up", "", "panel", False, 0.90),
    Kind("alarm.cancelled", "follow_up", "", "panel", False, 0.90),
    Kind("test.periodic", "technical", "", "panel", False, 1.00),
    Kind("technical.other", "technical", "", "panel", False, 0.90),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _TABLE})

#: Those in which a life may be in danger.
LIVES = frozenset(kind.name for kind in _TABLE if kind.is_life)


def kind(name: str) -> Kind:
    """The kind of that name; KeyError where the vocabulary does not hold it."""
    return KINDS[name]
