"""The words of handing over and of linking: services, ways, reasons. Which service an act calls for first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: By their number: 17 police and gendarmerie, 18 fire brigade, 15 ambulance service.
SERVICES = ("17", "18", "15")
#: `voice`: read out on the telephone; `written`: the text was copied to them; `rc_eda`: their own message.
WAYS = ("voice", "written", "rc_eda")

_FIRST: Mapping[str, str] = MappingProxyType({"fire": "18", "hazard": "18", "rescue": "15"})

#: Why incidents are one event, and why they no longer are.
LINK_REASONS = ("same_place", "same_moment", "same_manner", "same_target", "one_led_to_other")
UNLINK_REASONS = ("mistake", "no_longer")
#: Given by the house itself: an event of one incident is none; two events became one.
ALONE, JOINED = "alone", "joined"

LONGEST_TEXT = 4000


def first_service(act: str) -> str:
    """The service that an act calls for first."""
    return _FIRST.get(act, "17")
