"""Tables of dispatch: who could be there and when, who was sent, who holds which unit, who works when."""

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
    until `first_since`. `exits`: the roads to watch (shown.ExitsView). `turn`: on which side of one in two
    the chance is (rules.turning.Turn). `revision` grows with each change.
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
    exits = models.JSONField(null=True)
    turn = models.JSONField(null=True)
    before = models.CharField(max_length=80, blank=True, default="")
    first_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.incident_id}"


class Mission(models.Model):
    """A unit sent to an incident. `place` in the order shown: 1 is proposed first, 0 not proposed.

    `override` is why another than the first was sent: a code, or the salted digest of `override_text`.
    `ended` is how it ended: released, finished, diverted, closed, merged.
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


class Shift(models.Model):
    """A member holds a unit from `begun_at` to `ended_at` (None: still); several may hold one unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    unit = models.CharField(max_length=80)
    member = models.UUIDField()
    exercise = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(ended_at__isnull=True), name="one_shift_at_a_time"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["territory_key", "unit", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.begun_at:%Y-%m-%d %H:%M}"


class Tap(models.Model):
    """What a crew told with one press, once: the identifier is the key that the phone gave it.

    `said_at` is the phone's own word (None: a plain form), `at` when it is believed to have been made,
    `received_at` when it came. `clock` and `off_s` as in facts.TapTaken. `refused` is the code of why it
    changed nothing, with the fields of its sentence; `before` what it changed from, for an undo.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="taps")
    act = models.CharField(max_length=12)
    mission = models.ForeignKey(Mission, on_delete=models.PROTECT, null=True, related_name="taps")
    said_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    clock = models.CharField(max_length=12, blank=True, default="")
    off_s = models.FloatField(default=0.0)
    refused = models.CharField(max_length=64, blank=True, default="")
    refused_fields = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["shift", "received_at"])]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%H:%M:%S}"


class Hours(models.Model):
    """When a unit works, or every unit of a service where `unit` is empty (see rules.terms.HoursLine)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80, db_index=True)
    unit = models.CharField(max_length=80, blank=True, default="")
    kind = models.CharField(max_length=32, blank=True, default="")
    days = models.JSONField(default=list)
    begins = models.TimeField()
    ends = models.TimeField()
    first = models.DateField()
    last = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(unit="") ^ models.Q(kind=""), name="hours_of_a_unit_or_of_a_service"
            ),
            models.CheckConstraint(
                condition=models.Q(last=None) | models.Q(last__gte=models.F("first")), name="hours_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.unit or self.kind}"


class ActingRight(models.Model):
    """A unit of another service may act in this territory between two dates (see rules.terms.RightLine)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80, db_index=True)
    unit = models.CharField(max_length=80)
    acts = models.JSONField(default=list)
    first = models.DateField()
    last = models.DateField(null=True)
    basis = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last=None) | models.Q(last__gte=models.F("first")), name="right_dates"
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.unit}"
