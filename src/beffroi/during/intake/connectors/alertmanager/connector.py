"""Alertmanager's webhook (version 4): each alert that fires or is resolved.

Annotations are prose and are not kept; labels name what is watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from beffroi.during.intake.connectors import DURABLE, WebMessage
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_WORD = 64
#: Labels that name the thing that is watched, the most precise first.
_NAMES = ("device", "instance", "job", "alertname")
_KEPT = ("alertname", "severity", "job", "instance")
#: Alertmanager writes the year 1 for an end that is not known.
_FIRST_YEAR = 1970

Fingerprint = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class _Alert(msgspec.Struct, frozen=True, rename="camel"):
    status: Literal["firing", "resolved"]
    fingerprint: Fingerprint
    starts_at: Aware
    ends_at: Aware | None = None
    labels: dict[str, str] = {}


class _Webhook(msgspec.Struct, frozen=True):
    alerts: list[msgspec.Raw]


_webhook = msgspec.json.Decoder(_Webhook)
_alert = msgspec.json.Decoder(_Alert)


class AlertmanagerConnector:
    """Monitoring of machines and services, by webhook: answered after the commit."""

    name = "alertmanager"
    guarantee = DURABLE

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Unreadable]:
        """One draft an alert, or why there is none. Raises Unreadable."""
        try:
            alerts = _webhook.decode(message.body).alerts
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            why = str(error) or "nested too deeply"
            raise Unreadable(why, code="alertmanager.not_a_webhook") from None
        return [_read(raw) for raw in alerts]


def _read(raw: msgspec.Raw) -> Draft | Unreadable:
    try:
        alert = _alert.decode(raw)
        return _draft(alert)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        return Unreadable(str(error) or "nested too deeply", code="alertmanager.bad_alert")


def _draft(alert: _Alert) -> Draft:
    labels = {name[:_WORD]: value[:_WORD] for name, value in alert.labels.items()}
    seen = alert.starts_at
    if alert.status == "resolved" and alert.ends_at is not None and alert.ends_at.year >= _FIRST_YEAR:
        seen = alert.ends_at
    seen = seen.astimezone(UTC)
    return Draft(
        key=f"{alert.fingerprint}:{alert.status}:{seen.isoformat()}",
        kind=_kind(alert.status, labels),
        seen_at=seen,
        name=next((labels[name] for name in _NAMES if labels.get(name)), ""),
        content={"protocol": "alertmanager", **{name: labels[name] for name in _KEPT if labels.get(name)}},
    )


def _kind(status: str, labels: Mapping[str, str]) -> str:
    """What an alert says: its label `beffroi_kind`, else by its severity."""
    declared = labels.get("beffroi_kind", "")
    if status == "resolved":
        return "device.online" if declared in ("", "device.fault", "device.offline") else "technical.other"
    if declared in KINDS:
        return declared
    return "device.fault" if labels.get("severity") in ("critical", "page") else "technical.other"


CONNECTOR = AlertmanagerConnector()
