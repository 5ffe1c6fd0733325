"""The titles of lines that stand for many devices."""

from __future__ import annotations

from django.utils.translation import ngettext

from beffroi.desks.duty import words
from beffroi.during.incident.shown import IncidentView


def title(incident: IncidentView) -> str:
    """An incident's title; with their number where it stands for many devices."""
    count = incident.sign_count
    if incident.act == "outage" and count > 1:
        said = ngettext(
            "Probable outage: %(number)d silent device", "Probable outage: %(number)d silent devices", count
        )
    elif incident.act == "common_cause" and count > 1:
        said = ngettext(
            "Alarms in series: %(number)d detector", "Alarms in series: %(number)d detectors", count
        )
    else:
        return words.title(incident.act, incident.state)
    return said % {"number": count}
