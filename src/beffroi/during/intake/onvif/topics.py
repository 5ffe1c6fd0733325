"""What ONVIF's event topics mean in the house's vocabulary, and how their names are read.

A topic is `Level/Level/…/&value/value`: an ampersand begins the values of its source, prefixes of
namespaces (`tns1:`) come and go with the maker.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

#: The kind of an event that tells of someone or something: by the class of the object where it is told.
SEEN = "presence"
#: The kind of what only the town can name.
OPEN = "technical.other"


class Meaning(NamedTuple):
    """What an event says.

    `kind` is told when it begins (`presence`: by the object's class), `ends` when it is over ('' for
    nothing). `items` are the data items that hold its state, the first found counts; without one it is a
    moment and no state. `states` are words, beside true, that mean that it goes on.
    """

    kind: str
    items: tuple[str, ...] = ()
    ends: str = ""
    states: tuple[str, ...] = ()


_PICTURE = Meaning("device.fault", ("State",), "device.online")
_FAILED = Meaning("device.fault", ("Failed", "Critical"), "device.online")
_TAMPER = Meaning("tamper.device", ("State", "IsTamper", "Tamper"), "alarm.restored")
_MOTION = Meaning(SEEN, ("State", "IsMotion"))

TOPICS: Mapping[str, Meaning] = {
    "RuleEngine/LineDetector/Crossed": Meaning(SEEN),
    "RuleEngine/FieldDetector/ObjectsInside": Meaning(SEEN, ("IsInside",)),
    "RuleEngine/LoiteringDetector/ObjectIsLoitering": Meaning(SEEN),
    "RuleEngine/CellMotionDetector/Motion": _MOTION,
    "RuleEngine/MotionRegionDetector/Motion": _MOTION,
    "RuleEngine/TamperDetector/Tamper": _TAMPER,
    "VideoSource/MotionAlarm": _MOTION,
    "VideoSource/GlobalSceneChange": _TAMPER,
    "VideoSource/ImageTooDark": _PICTURE,
    "VideoSource/ImageTooBright": _PICTURE,
    "VideoSource/ImageTooBlurry": _PICTURE,
    "VideoSource/SignalLoss": Meaning("device.offline", ("State",), "device.online"),
    "VideoSource/ConnectionFailed": Meaning("device.offline", ("State",), "device.online"),
    "Device/HardwareFailure/FanFailure": _FAILED,
    "Device/HardwareFailure/PowerSupplyFailure": _FAILED,
    "Device/HardwareFailure/StorageFailure": _FAILED,
    "Device/HardwareFailure/TemperatureCritical": _FAILED,
    # What is wired to an input only the town knows: `--map INPUT=DEVICE:KIND` says it.
    "Device/Trigger/DigitalInput": Meaning(OPEN, ("LogicalState",), "alarm.restored"),
    "AccessControl/Duress": Meaning("panic.duress"),
    "Door/State/DoorAlarm": Meaning("intrusion.door", ("State",), "alarm.restored", ("doorforcedopen",)),
    "Door/State/DoorTamper": Meaning("tamper.device", ("State",), "alarm.restored", ("tamperdetected",)),
    "Door/State/DoorFault": Meaning("device.fault", ("State",), "device.online", ("faultdetected",)),
}
#: Who came in is nobody's business here: these are not even counted as unknown.
NEVER = ("AccessControl/AccessGranted", "AccessControl/AccessTaken", "AccessControl/AccessNotTaken")

_PERSONS = frozenset(("human", "person", "pedestrian"))
_VEHICLES = frozenset(
    ("vehicle", "car", "truck", "bus", "motorcycle", "bicycle", "bike", "van", "train", "scooter", "tractor")
)
_OTHERS = frozenset(("animal", "dog", "cat", "bird"))
#: Classes of what identifies someone: objects of these classes are not read at all.
_IDENTIFYING = frozenset(("face", "humanface", "licenseplate", "humanbody"))
_TRUE = frozenset(("true", "1", "active", "on"))


def split(topic: str) -> tuple[str, tuple[str, ...]]:
    """The name of a topic without namespaces, and the values of its source."""
    levels = topic.split("/")
    at = next((n for n, each in enumerate(levels) if each.startswith("&")), None)
    name = "/".join(_plain(each) for each in levels[:at])
    values = () if at is None else (levels[at][1:], *levels[at + 1 :])
    return name, values


def is_private(name: str) -> bool:
    """Whether a topic tells who came in: it is then not read at all."""
    return name.startswith(NEVER)


def _plain(level: str) -> str:
    return level.rpartition(":")[2]


def meaning(name: str) -> tuple[str, Meaning | None]:
    """The known topic that `name` is or begins with (services are appended to some), and what it means."""
    levels = name.split("/")
    for length in range(len(levels), 1, -1):
        begin = "/".join(levels[:length])
        if begin in TOPICS:
            return begin, TOPICS[begin]
    return name, None


def is_on(value: str, meaning: Meaning) -> bool:
    """Whether a state's word says that it goes on."""
    word = value.strip().lower()
    return word in meaning.states if meaning.states else word in _TRUE


def presence(label: str) -> str:
    """The kind that a class of object makes; '' for what identifies someone, which is left alone."""
    plain = _label(label)
    if plain in _IDENTIFYING:
        return ""
    if plain in _PERSONS:
        return "presence.person"
    return "presence.vehicle" if plain in _VEHICLES else "presence.other"


def word(label: str) -> str:
    """The class as a word to keep: one of those known here; makers' own words may describe someone."""
    plain = _label(label)
    return plain if plain in _PERSONS | _VEHICLES | _OTHERS else ""


def _label(label: str) -> str:
    return _plain(label).strip().lower()
