"""An incident's public facts as an Alert entity for a smart-city broker. Pure: it sends nothing.

What leaves is what a town may say aloud: what, how grave, since when (to the minute) and about where (to a
thousandth of a degree, some 100 m). No address, no device, no sign, no person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from beffroi.during.intake.connectors.ngsi_ld.meanings import PUBLIC

CONTEXT = (
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    "https://raw.githubusercontent.com/smart-data-models/dataModel.Alert/master/context.jsonld",
)
#: What is not listed is not told to anyone: it is closed, technical, or nobody's yet.
_SEVERITY: Mapping[str, str] = MappingProxyType(
    {"to_check": "medium", "confirmed": "high", "sent": "high", "on_scene": "high"}
)
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """The facts of an incident that an alert is made of: act and state are the incident's own words."""

    id: UUID
    territory: str
    act: str
    state: str
    life: bool
    entered_at: datetime
    lat: float | None = None
    lon: float | None = None
    exercise: bool = False


def own_prefix(territory: str) -> str:
    """How the identifiers of a territory's own alerts begin: what comes back from a broker is known by it."""
    return f"urn:ngsi-ld:Alert:beffroi:{territory}:"


def alert(incident: PublicIncident, *, source: str) -> dict[str, Any] | None:
    """The Alert entity (NGSI-LD, key-values, with its @context) of an incident, issued by `source` (a URI).

    None where the incident is not for others: closed, technical, an exercise, or of an act that concerns
    someone (a missing person, a rescue, an attack on the town's machines).
    """
    told, severity = PUBLIC.get(incident.act), _SEVERITY.get(incident.state)
    if told is None or severity is None or incident.exercise:
        return None
    category, sub_category = told
    issued = incident.entered_at.astimezone(UTC).replace(second=0, microsecond=0)
    entity: dict[str, Any] = {
        "id": f"{own_prefix(incident.territory)}{incident.id}",
        "type": "Alert",
        "category": category,
        "severity": "critical" if incident.life else severity,
        "dateIssued": issued.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "alertSource": source,
    }
    if sub_category:
        entity["subCategory"] = sub_category
    if incident.lat is not None and incident.lon is not None:
        around = [round(incident.lon, _DECIMALS), round(incident.lat, _DECIMALS)]
        entity["location"] = {"type": "Point", "coordinates": around}
    return {**entity, "@context": list(CONTEXT)}
