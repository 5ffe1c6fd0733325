"""The exchange between French emergency services (15/18, framework CISU): EDXL-DE as JSON, over HTTP.

Its messages name callers and patients and describe their state: none of it is decoded, and nothing is kept
of a message that cannot be read but the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from beffroi.during.intake.connectors import DURABLE, WebMessage
from beffroi.during.intake.connectors.cisu import cases, resources
from beffroi.during.intake.connectors.cisu.envelope import CASE, EMSI, POSITIONS, RESOURCES, opened
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable


class CisuConnector:
    """The town's end of the exchange posts here what it receives; cases and states are answered once kept."""

    name = "cisu"
    guarantee = DURABLE
    withholds = "callers, patients and notes of a case"

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Fix | Unreadable]:
        """What one envelope holds; nothing where it needs no answer of ours. Raises Unreadable."""
        envelope, name, body = opened(message.body)
        if body is None or envelope.kind in ("Ack", "Error"):
            return []
        if name == CASE:
            return cases.drafts(envelope, body)
        if name == RESOURCES:
            return resources.states(envelope, body)
        if name == POSITIONS:
            return resources.positions(envelope, body)
        return resources.emsi(envelope, body) if name == EMSI else []


CONNECTOR = CisuConnector()
