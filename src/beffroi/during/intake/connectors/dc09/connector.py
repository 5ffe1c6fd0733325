"""From a DC-09 frame to drafts: SIA (`SIA-DCS`) and Contact ID (`ADM-CID`) data, positions in x-data."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from beffroi.during.intake.connectors import DURABLE
from beffroi.during.intake.connectors.dc09 import cipher
from beffroi.during.intake.connectors.dc09.codes import contact_id_kind, names_user, sia_kind
from beffroi.during.intake.connectors.dc09.frame import Frame
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_TEXT = re.compile(r"\^[^^]*\^?|[*'][^/]*")
_WHOLE_MODIFIER = re.compile(r"(ri|pi|id|ti|da|va|ph|lv|pt|ai|si)[0-9A-Za-z:.\-]*")
_GLUED_MODIFIER = re.compile(r"(?P<name>ri|pi|id|ai)(?P<value>[0-9]*)(?=[A-Z]{2})")
_CODE = re.compile(r"(?P<code>[A-Z]{2})(?P<zone>[0-9A-Fa-f]{0,6})[^/]*")
_CONTACT_ID = re.compile(
    r"(?P<qualifier>[136])(?P<event>[0-9A-F]{3}) ?(?P<area>[0-9A-F]{2}) ?(?P<zone>[0-9A-F]{3})"
)
_NEW_OR_OLD = re.compile(r"[NO](?=[a-z]{2}|[A-Z]{2}(?:[0-9A-F]|/|$))")
_DEGREES = re.compile(r"([XY])(\d{1,3})([NSEW])(\d{1,2}(?:\.\d{1,10})?)")
_MOST_EVENTS = 32
_ACCOUNT = re.compile(r"[0-9A-F]{3,16}")
#: Frames without a time are told apart by their sequence within this many seconds.
_BUCKET_S = 300


@dataclass(frozen=True, slots=True)
class PanelEvent:
    """One event of a frame: its code as sent, its kind, and where in the panel.

    Where the code names a user, `zone` is empty; where panels differ in that (`doubtful`), it holds the
    number, which is kept only where it was declared as a zone.
    """

    code: str
    kind: str
    area: str
    zone: str
    doubtful: bool = False


def events(frame: Frame) -> list[PanelEvent]:
    """The events of an understood, unencrypted frame; none for a link test. Raises Unreadable."""
    if frame.word == "NULL":
        return []
    _, bar, after = frame.data.partition("|")
    data = after if bar else frame.data
    if frame.word == "ADM-CID":
        return [_contact_id(data)]
    if frame.word == "SIA-DCS":
        return _sia(data)
    raise Unreadable(f"{frame.word} is not read here", code="dc09.unknown_token")


def _contact_id(data: str) -> PanelEvent:
    found = _CONTACT_ID.fullmatch(data.strip())
    if found is None:
        raise Unreadable("its Contact ID block is not in form", code="dc09.bad_contact_id")
    kind = contact_id_kind(found["qualifier"], found["event"])
    # Who came home, or spoke a duress code, is not kept.
    user = names_user("ADM-CID", found["event"])
    zone = "" if user == "yes" else found["zone"]
    return PanelEvent(found["qualifier"] + found["event"], kind, found["area"], zone, user == "perhaps")


def _sia(data: str) -> list[PanelEvent]:
    """Events parted by `/`; texts (names of zones and of people) are cut out before anything is read."""
    plain = _TEXT.sub("", data).strip()
    plain = _NEW_OR_OLD.sub("", plain, count=1) if _NEW_OR_OLD.match(plain) else plain
    found: list[PanelEvent] = []
    area = ""
    for part in plain.split("/"):
        token = part.strip()
        glued = _GLUED_MODIFIER.match(token)
        if glued:
            area = glued["value"] if glued["name"] == "ri" else area
            token = token[glued.end() :]
        elif _WHOLE_MODIFIER.fullmatch(token):
            area = token[2:] if token.startswith("ri") else area
            continue
        code = _CODE.fullmatch(token)
        if code is not None:
            zone = "" if names_user("SIA-DCS", code["code"]) == "yes" else code["zone"]
            found.append(PanelEvent(code["code"], sia_kind(code["code"]), area, zone))
    if not found or len(found) > _MOST_EVENTS:
        raise Unreadable("its SIA block holds no code", code="dc09.bad_sia")
    return found


def position(extra: tuple[str, ...]) -> tuple[float, float] | None:
    """Latitude and longitude (degrees) from the blocks `X…` and `Y…`; None without both."""
    found: dict[str, float] = {}
    for block in extra:
        match = _DEGREES.fullmatch(block)
        if match:
            axis, degrees, side, minutes = match.groups()
            value = int(degrees) + float(minutes) / 60
            found[axis] = -value if side in "SW" else value
    if "X" not in found or "Y" not in found or abs(found["Y"]) > 90 or abs(found["X"]) > 180:
        return None
    return found["Y"], found["X"]


def drafts(frame: Frame, speaker: Speaker, *, sent_at: datetime | None, received_at: datetime) -> list[Draft]:
    """What a frame says, one draft an event. Raises Unreadable."""
    place = position(frame.extra)
    stamp = frame.time or f"~{int(received_at.timestamp()) // _BUCKET_S}"
    said = hashlib.sha256(frame.data.encode("latin-1")).hexdigest()[:16]
    made = []
    for index, event in enumerate(events(frame)):
        declared = speaker.devices.get(event.zone) is not None
        content = {
            "protocol": frame.word,
            "code": event.code,
            "area": event.area,
            "zone": event.zone if declared or not event.doubtful else "",
            "sequence": frame.sequence,
        }
        kind = event.kind
        if kind.startswith("intrusion."):
            kind = speaker.kind_of(event.zone, kind)
        made.append(
            Draft(
                key=f"{frame.sequence}:{stamp}:{said}:{index}",
                kind=kind,
                seen_at=sent_at,
                name=event.zone if declared else "",
                lat=place[0] if place else None,
                lon=place[1] if place else None,
                content={name: value for name, value in content.items() if value},
            )
        )
    return made


class Dc09Connector:
    """Alarm panels over TCP and UDP: acknowledged after the commit."""

    name = "dc09"
    guarantee = DURABLE

    def address(self, given: str) -> str:
        """A panel's account. Raises ValueError with why."""
        account = given.upper().lstrip("#")
        if not _ACCOUNT.fullmatch(account):
            raise ValueError("a panel's account is 3 to 16 hexadecimal digits")
        return account

    def key(self, given: str) -> bytes:
        """A panel's key as its installer wrote it down. Raises ValueError with why, without the key."""
        return cipher.key_of(given)


CONNECTOR = Dc09Connector()
