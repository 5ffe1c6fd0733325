"""Tables of dispatch: who could be there and when, and who was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.during.incident.models import Incident
from beffroi.foundation.identifiers import uuid7


class Ranking(models.Model):
    """The latest order of units for an incident; `rows`, `left_out` as methods.ranking gives them.

    `route` is the first unit's way: [[lat, lon], ...]. `streets` names the version of the town used.
    """

    incident = models.OneToOneField(
        Incident, on_delete=models.PROTECT, primary_key=True, related_name="ranking"
    )
    made_at = models.DateTimeField()
    streets = models.CharField(max_length=80, blank=True, default="")
    rows = models.JSONField()
    left_out = models.JSONField()
    route = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.incident_id}"


class Mission(models.Model):
    """A unit sent to an incident. `place` is its place in the order shown (1: proposed first)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="missions")
    territory_key = models.CharField(max_length=80)
    unit = models.CharField(max_length=80)
    state = models.CharField(max_length=12)
    place = models.PositiveIntegerField(null=True)
    override_reason = models.CharField(max_length=32, blank=True, default="")
    ranking = models.JSONField(default=dict)
    eta_s = models.FloatField(null=True)
    chance = models.FloatField(null=True)
    sent_by = models.UUIDField()
    sent_at = models.DateTimeField()
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory_key", "unit"],
                condition=models.Q(ended_at__isnull=True),
                name="one_mission_at_a_time",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["incident", "sent_at"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.state}"
