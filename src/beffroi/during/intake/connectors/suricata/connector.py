"""Suricata's EVE JSON: alerts about the town's own machines, and nothing of who was at the other end.

One event a line, an array of events or a single one. Only alerts become observations. Addresses outside the
town, payloads, names of hosts and users are never kept: Suricata's own log has them, found again by
`flow_id` and the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Any

import msgspec

from beffroi.during.intake.connectors import DURABLE, WebMessage
from beffroi.during.intake.connectors.suricata.categories import kind_of
from beffroi.during.intake.rules import Draft, PassedOver, Speaker, Unreadable

_EVENTS_MOST = 5_000
_WORD, _SIGNATURE = 64, 120
#: The factor of an attack that was stopped on the way, and of the rule's own confidence.
_BLOCKED = 0.1
_CONFIDENCE = {"high": 0.9, "medium": 0.6, "low": 0.3}
#: Addresses that can only be those of the town's own machines.
_INSIDE = tuple(
    ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)

Aware = Annotated[datetime, msgspec.Meta(tz=True)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Severity = Annotated[int, msgspec.Meta(ge=0, le=255)]
Network = IPv4Network | IPv6Network


class _End(msgspec.Struct, frozen=True):
    ip: str = ""


class _Alert(msgspec.Struct, frozen=True):
    signature_id: Number
    gid: Number = 1
    signature: str = ""
    category: str = ""
    severity: Severity = 3
    action: str = ""
    metadata: dict[str, Any] = {}
    source: _End = _End()
    target: _End = _End()


class _Event(msgspec.Struct, frozen=True):
    timestamp: Aware
    alert: _Alert
    src_ip: str = ""
    dest_ip: str = ""
    flow_id: Number | None = None


class _Any(msgspec.Struct, frozen=True):
    event_type: str


_type = msgspec.json.Decoder(_Any)
_event = msgspec.json.Decoder(_Event)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError)


class SuricataConnector:
    """Alerts of an intrusion detector, posted by a log shipper: answered after the commit."""

    name = "suricata"
    guarantee = DURABLE
    withholds = "addresses, payloads and names of people's traffic"

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Unreadable | PassedOver]:
        """One draft for each signature, machine and minute; the rest is counted. Raises Unreadable."""
        found: dict[str, Draft] = {}
        bad: list[Unreadable] = []
        passed: dict[str, int] = {}
        for raw in _events(message.body):
            read = _read(raw, speaker)
            if isinstance(read, Draft):
                if read.key in found:
                    passed["repeats"] = passed.get("repeats", 0) + 1
                found.setdefault(read.key, read)
            elif isinstance(read, Unreadable):
                bad.append(read)
            else:
                passed[read] = passed.get(read, 0) + 1
        if bad and not found and not passed:
            raise bad[0]
        return [*found.values(), *bad, *(PassedOver(count, what) for what, count in passed.items())]


def _events(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    """The events in a body, each still to be read. Raises Unreadable."""
    text = body.strip()
    found: Sequence[bytes | msgspec.Raw] = [text]
    try:
        if text.startswith(b"["):
            found = _list.decode(text)
        else:
            msgspec.json.decode(text, type=msgspec.Raw)
    except _ERRORS as error:
        if b"\n" not in text:
            raise Unreadable(str(error) or "nested too deeply", code="suricata.not_eve") from None
        found = [line for line in text.split(b"\n") if line.strip()]
    if len(found) > _EVENTS_MOST:
        raise Unreadable(f"more than {_EVENTS_MOST} events", code="suricata.not_eve")
    return found


def _read(raw: bytes | msgspec.Raw, speaker: Speaker) -> Draft | Unreadable | str:
    """A draft, why there is none, or the reason for which the event is passed over."""
    try:
        if _type.decode(raw).event_type != "alert":
            return "not an alert"
        return _draft(_event.decode(raw), speaker)
    except _ERRORS as error:
        return Unreadable(str(error) or "nested too deeply", code="suricata.bad_event")


def _draft(event: _Event, speaker: Speaker) -> Draft | str:
    alert, seen = event.alert, event.timestamp.astimezone(UTC)
    kind = kind_of(alert.category, alert.severity, alert.signature)
    kind = speaker.kind_of(f"sid:{alert.signature_id}", kind)
    if not kind:
        return "people's conduct"
    machine, peer = _ends(event, tuple(speaker.devices))
    content: dict[str, Any] = {
        "protocol": "suricata",
        "signature_id": alert.signature_id,
        "signature": _printable(alert.signature, _SIGNATURE),
        "category": _printable(alert.category, _WORD),
        "severity": alert.severity,
        "peer": speaker.device_of(peer) if peer else "outside",
    }
    if alert.action:
        content["action"] = _printable(alert.action, _WORD)
    if event.flow_id is not None:
        content["flow_id"] = event.flow_id
    minute = seen.replace(second=0, microsecond=0)
    return Draft(
        key=f"{alert.gid}:{alert.signature_id}:{machine or '-'}>{peer or '-'}:{minute:%Y%m%dT%H%MZ}",
        kind=kind,
        seen_at=seen,
        name=machine,
        certainty=_certainty(alert) if kind.startswith("cyber.") else None,
        content=content,
    )


def _certainty(alert: _Alert) -> float | None:
    """The rule's own confidence, least where the attack was blocked; None where nothing is said."""
    if alert.action == "blocked":
        return _BLOCKED
    told = alert.metadata.get("confidence")
    first = told[0] if isinstance(told, list) and told else told
    return _CONFIDENCE.get(first.lower()) if isinstance(first, str) else None


def _ends(event: _Event, names: tuple[str, ...]) -> tuple[str, str]:
    """The town's machine that the alert is about and, where it is the town's too, the other ('' if not).

    Between two machines of the town it is the attacker's: one that was taken over is one machine, however
    many it tries. A machine that the source's map names goes before one that only has a private address.
    """
    source = _name(event.alert.source.ip or event.src_ip, names)
    target = _name(event.alert.target.ip or event.dest_ip, names)
    if source and target:
        return (target, source) if target in names and source not in names else (source, target)
    return source or target, ""


@lru_cache(maxsize=4096)  # in a storm the same few machines are told of thousands of times
def _name(text: str, names: tuple[str, ...]) -> str:
    """How the map names an address, exactly or by the narrowest network; a private one as it is; else ''."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    networks = _networks(names)
    within = [name for name, each in networks.items() if address in each]
    if within:
        return max(within, key=lambda name: networks[name].prefixlen)
    return str(address) if any(address in each for each in _INSIDE) else ""


@lru_cache(maxsize=256)
def _networks(names: tuple[str, ...]) -> Mapping[str, Network]:
    """Those names of a source's map that are addresses or networks."""
    found: dict[str, Network] = {}
    for name in names:
        try:
            found[name] = ip_network(name, strict=False)
        except ValueError:
            continue
    return found


def _printable(text: str, most: int) -> str:
    return "".join(each for each in text[:most] if each.isprintable())


CONNECTOR = SuricataConnector()
