"""What programs are told of an entry of the journal: a CloudEvents 1.0 event with as little as will do.

The kind, the thing, the time, and where to read on, with a right of one's own: no act, no place, no person.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

#: Facts that programs may be told of; the event's type is `beffroi.` and the fact.
KINDS = (
    "incident.opened",
    "incident.sign_joined",
    "incident.confirmed",
    "incident.amended",
    "incident.doubt_lifted",
    "incident.acknowledged",
    "incident.unit_sent",
    "incident.unit_en_route",
    "incident.unit_arrived",
    "incident.unit_released",
    "incident.handed_over",
    "incident.linked",
    "incident.unlinked",
    "incident.merged",
    "incident.closed",
    "oncall.called",
    "oncall.answered",
    "oncall.nobody_answered",
    "unit.state_changed",
)
TYPE = "beffroi."
TEST = "webhook.test"


def event(
    *,
    address: str,
    position: int,
    territory: str,
    fact: str,
    subject: str,
    time: datetime,
    body: Mapping[str, Any],
) -> dict[str, Any]:
    """The event of an entry. `address`: of the installation, without a slash at the end."""
    kind, _, identifier = subject.partition(":")
    data: dict[str, Any] = {
        "territory": territory,
        "position": position,
        "exercise": bool(body.get("exercise", False)),
    }
    if kind == "incident":
        data["incident"] = identifier
        data["link"] = f"{address}/api/v1/incidents/{identifier}"
        if isinstance(body.get("number"), int):
            data["reference"] = f"I-{body['number']}"
    elif kind == "unit":
        data["unit"] = str(body.get("unit", identifier))
        data["link"] = f"{address}/api/v1/units/{territory}/{data['unit']}"
    return {
        "specversion": "1.0",
        "id": str(position),
        "source": f"{address}/territory/{territory}",
        "type": f"{TYPE}{fact}",
        "subject": subject,
        "time": time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": data,
    }
