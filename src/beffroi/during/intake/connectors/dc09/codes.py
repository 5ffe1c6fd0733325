"""What the codes of alarm panels mean in the house's vocabulary (SIA DC-03 letters, Contact ID digits).

A code that stands nowhere here is `technical.other`: acknowledged, kept with its code, and shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UNKNOWN = "technical.other"

_SIA_GROUPS = {
    "intrusion.door": "BA BM BV DF EA UA",
    "panic.holdup": "HA HM",
    "panic.duress": "PA PM",
    "tamper.device": "TA JA",
    "fire.alarm": "FA FM KA SA",
    "alarm.cancelled": "BC FC OC",
    "alarm.restored": "BR BH FR FH HR HH KR KH PR PH TR TH UR UH GR GH MR MH SR SH WR WH ZR ZH DR",
    "test.periodic": "RP RX RY TX TP",
}
_CONTACT_ID_GROUPS = {
    "fire.alarm": "110 111 112 113 114 115 116 117 118",
    "panic.duress": "120 123 124 125",
    "panic.holdup": "121 122",
    "intrusion.door": "130 133 134 135 139",
    "intrusion.perimeter": "131 136",
    "intrusion.motion": "132 138",
    "tamper.device": "137 144 145 383",
    "alarm.cancelled": "406",
    "test.periodic": "601 602 603 608",
}


def _by_code(groups: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({code: kind for kind, codes in groups.items() for code in codes.split()})


SIA = _by_code(_SIA_GROUPS)
CONTACT_ID = _by_code(_CONTACT_ID_GROUPS)
_ALARMS = frozenset(
    ("fire.alarm", "panic.duress", "panic.holdup", "tamper.device", "intrusion.door", "intrusion.perimeter")
) | {"intrusion.motion"}


def sia_kind(code: str) -> str:
    """The kind of a two-letter SIA code."""
    return SIA.get(code, UNKNOWN)


def contact_id_kind(qualifier: str, event: str) -> str:
    """The kind of a Contact ID event: qualifier 1 (new), 3 (restored) or 6 (still there)."""
    kind = CONTACT_ID.get(event, UNKNOWN)
    if kind in _ALARMS and qualifier == "3":
        return "alarm.restored"
    # 406 with qualifier 3 is the closing side of the same report: it cancels nothing new.
    return UNKNOWN if kind == "alarm.cancelled" and qualifier == "3" else kind


def is_known(code: str) -> bool:
    """Whether a SIA or Contact ID code stands in the tables."""
    return code in SIA or code in CONTACT_ID
