"""Tables of dispatch: who could be there and when, and who was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.during.incident.models import Incident
from beffroi.foundation.identifiers import uuid7


class Ranking(models.Model):
    """The latest order of units for an incident, as `rules.shapes` writes it.

    `roads` keeps what road times rest on (version of the town, place, each unit's position and seconds),
    so that time alone asks for no new search. `route` is the way of the unit that comes first:
    [[lat, lon], ...]; `reach` where they can be by now (shown.ReachView). `before` was proposed first
    until `first_since`. `revision` grows with each change.
    """

    incident = models.OneToOneField(
        Incident, on_delete=models.PROTECT, primary_key=True, related_name="ranking"
    )
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    town_version = models.PositiveIntegerField(null=True)
    coming = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    race = models.JSONField(null=True)
    no_race = models.JSONField(null=True)
    roads = models.JSONField(default=dict)
    route = models.JSONField(default=list)
    reach = models.JSONField(null=True)
    before = models.CharField(max_length=80, blank=True, default="")
    first_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.incident_id}"


class Mission(models.Model):
    """A unit sent to an incident. `place` in the order shown: 1 is proposed first, 0 not proposed.

    `override` is why another than the first was sent: a code, or the salted digest of `override_text`.
    `ended` is how it ended: released, diverted, closed, merged.
    """

    class State(models.TextChoices):
        SENT = "sent"
        EN_ROUTE = "en_route"
        ON_SCENE = "on_scene"
        RELEASED = "released"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="missions")
    territory_key = models.CharField(max_length=80)
    unit = models.CharField(max_length=80)
    state = models.CharField(max_length=12, choices=State, default=State.SENT)
    exercise = models.BooleanField(default=False)
    place = models.PositiveIntegerField(default=0)
    order = models.JSONField(default=list)
    eta_s = models.FloatField(null=True)
    chance = models.FloatField(null=True)
    override = models.CharField(max_length=80, blank=True, default="")
    override_text = models.CharField(max_length=200, blank=True, default="")
    override_salt = models.BinaryField(default=b"")
    sent_by = models.UUIDField(null=True)
    sent_at = models.DateTimeField()
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True, default="")

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
