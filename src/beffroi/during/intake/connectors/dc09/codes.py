"""What the codes of alarm panels mean in the house's vocabulary (SIA DC-03 letters, Contact ID digits).

A code that tells of nothing that anyone must act on, or that stands nowhere here, is `technical.other`:
acknowledged, kept with its code, and shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

UNKNOWN = "technical.other"

_SIA_GROUPS = {
    "intrusion.door": "BA BM BV DF EA UA",
    "panic.holdup": "HA HM",
    "panic.duress": "PA PM",
    "report.rescue": "MA QA",
    "tamper.device": "TA JA XQ XS",
    "fire.alarm": "FA FM KA SA",
    "hazard.detected": "GA",
    "alarm.cancelled": "BC FC OC",
    "alarm.restored": "BR BH FR FH HR HH KR KH PR PH TR TH UR UH GR GH MR MH QR QH SR SH DR XH XJ",
    "device.fault": "IA",
    "device.online": "IR",
    "test.periodic": "RP RX RY TX TP",
}
#: Every code of the published list (SIA DC-03): known, whatever it means to us.
_SIA_LISTED = """
AN AR AS AT BA BB BC BD BE BH BJ BM BR BS BT BU BV BX BZ CA CD CE CF CG CI CJ CK CL CM CP CQ CR CS CT CW CZ
DA DB DC DD DE DF DG DH DJ DK DL DM DN DO DP DQ DR DS DT DU DV DW DX DY DZ EA EE ER ET EX EZ
FA FB FC FH FI FJ FK FM FR FS FT FU FX FY FZ GA GB GH GJ GR GS GT GU GX HA HB HH HJ HM HR HS HT HU IA IR
JA JD JH JK JL JO JP JR JS JT JV JX JY JZ KA KB KH KJ KR KS KT KU L_ LB LD LE LF LR LS LT LU LX
MA MB MH MJ MR MS MT MU NA NC NF NL NR NS NT OA OC OG OH OI OJ OK OL OP OR OS OT OZ
PA PB PH PJ PM PR PS PT PU QA QB QH QJ QR QS QT QU RA RB RC RD RN RO RP RR RS RT RU RX RY
SA SB SH SJ SR SS ST SU TA TB TC TE TH TJ TP TR TS TT TU TX UA UB UH UJ UR US UT UU UX UY UZ
VI VO VR VT VX VY VZ WA WB WH WJ WR WS WT WU XA XE XF XH XI XJ XL XM XQ XR XS XT XW XX
YA YB YC YD YE YF YG YH YI YJ YK YM YN YO YP YQ YR YS YT YW YX YY YZ ZA ZB ZH ZJ ZR ZS ZT ZU
"""
_CONTACT_ID_GROUPS = {
    "report.rescue": "100 101 102",
    "fire.alarm": "110 111 112 113 114 115 116 117 118",
    "panic.duress": "120 123 124 125",
    "panic.holdup": "121 122",
    "intrusion.door": "130 133 134 135 139 140 146 423",
    "intrusion.perimeter": "131 136",
    "intrusion.motion": "132 138",
    "intrusion.glass": "155",
    "hazard.detected": "151 162",
    "tamper.device": "137 144 145 341 344 383",
    "device.fault": "143 307 308 333",
    "alarm.cancelled": "406",
    "test.periodic": "601 602 603 608",
}
#: The classes of the standard: alarms, supervision, troubles, openings and access, bypasses, tests and logs.
_CONTACT_ID_LISTED = re.compile(r"[1-6][0-9]{2}")


def _by_code(groups: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({code: kind for kind, codes in groups.items() for code in codes.split()})


SIA = _by_code(_SIA_GROUPS)
CONTACT_ID = _by_code(_CONTACT_ID_GROUPS)
LISTED = frozenset(_SIA_LISTED.split()) | frozenset(SIA)
_FOLLOW_UP = frozenset(("alarm.cancelled", "device.fault", "test.periodic", UNKNOWN))

# Who the last digits name: openings and closings, remote access, wrong codes and tests by hand name a user;
# doors of access control name a zone; a duress code names its user, yet some panels put a zone there.
_CONTACT_ID_USER = re.compile(r"4(?!23|2[6-9]|3[0-4])[0-9A-F]{2}|313|574|601|604|607")
_CONTACT_ID_PERHAPS = frozenset(("121", "124", "125"))
_SIA_USER = re.compile(r"[OCJ].|D[AB]|BC")


def sia_kind(code: str) -> str:
    """The kind of a two-letter SIA code."""
    return SIA.get(code, UNKNOWN)


def contact_id_kind(qualifier: str, event: str) -> str:
    """The kind of a Contact ID event: qualifier 1 (new), 3 (restored) or 6 (still there)."""
    kind = CONTACT_ID.get(event, UNKNOWN)
    if qualifier != "3":
        return kind
    if kind == "device.fault":
        return "device.online"
    # 406 with qualifier 3 is the closing side of the same report: it cancels nothing new.
    return UNKNOWN if kind == "alarm.cancelled" else kind if kind in _FOLLOW_UP else "alarm.restored"


def names_user(word: str, code: str) -> str:
    """Whether the number beside a code names a user: `yes`, `perhaps` (panels differ) or `no` (a zone)."""
    if word == "ADM-CID":
        if code in _CONTACT_ID_PERHAPS:
            return "perhaps"
        return "yes" if _CONTACT_ID_USER.fullmatch(code) else "no"
    return "yes" if _SIA_USER.fullmatch(code) else "no"


def is_known(word: str, code: str) -> bool:
    """Whether a code, as sent (a Contact ID one with its qualifier), stands in the standard's tables."""
    return bool(_CONTACT_ID_LISTED.fullmatch(code[1:])) if word == "ADM-CID" else code in LISTED
