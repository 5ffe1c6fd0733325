"""Tables of incidents: what people act on, with its ledger, notes and steps."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.foundation.identifiers import uuid7


class Numbering(models.Model):
    """The last reference number given in a territory."""

    territory_key = models.CharField(max_length=80, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.territory_key} {self.last}"


class Incident(models.Model):
    """An act that may be going on. Its identifier is its hypothesis's; times are instants in UTC.

    `phase` is what the desk's queue is grouped by; `leave_by` the instant at which half of such acts
    are over; `version` grows with each change, so that two people never overwrite each other.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    territory_key = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16)
    phase = models.CharField(max_length=12)
    act = models.CharField(max_length=32)
    title = models.CharField(max_length=64)
    life = models.BooleanField(default=False)
    exercise = models.BooleanField(default=False)

    place_text = models.CharField(max_length=240, blank=True, default="")
    place_key = models.CharField(max_length=80, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    radius_m = models.FloatField(default=0.0)
    device = models.CharField(max_length=80, blank=True, default="")

    probability = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    alternatives = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    sign_count = models.PositiveIntegerField(default=0)
    independent = models.PositiveIntegerField(default=1)
    procedure = models.CharField(max_length=40, blank=True, default="")

    entered_at = models.DateTimeField()
    last_sign_at = models.DateTimeField()
    leave_by = models.DateTimeField()

    seen_at = models.DateTimeField()
    received_at = models.DateTimeField()
    fused_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    en_route_at = models.DateTimeField(null=True)
    on_scene_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=64, blank=True, default="")

    doubt_lifted_at = models.DateTimeField(null=True)
    doubt_lifted_by = models.CharField(max_length=64, blank=True, default="")
    doubt_how = models.CharField(max_length=32, blank=True, default="")
    outcome = models.CharField(max_length=32, blank=True, default="")
    outcome_cause = models.CharField(max_length=32, blank=True, default="")
    merged_into = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "number"], name="one_reference_per_territory")
        ]
        indexes: ClassVar = [
            models.Index(fields=["phase", "territory_key", "leave_by"]),
            models.Index(fields=["territory_key", "resolved_at"]),
            models.Index(fields=["territory_key", "seen_at"]),
            models.Index(fields=["territory_key", "fused_at"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it: I- and its number in its territory."""
        return f"I-{self.number}"


class LedgerEntry(models.Model):
    """One moment of an incident: what happened, when, by whom. `detail` holds codes and figures."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="ledger")
    step = models.CharField(max_length=24)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["incident", "at"])]
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.step} {self.at:%H:%M:%S}"


class Note(models.Model):
    """What a person wrote of an incident; the journal bears only its salted hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="notes")
    member = models.UUIDField()
    at = models.DateTimeField()
    text = models.TextField()
    salt = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["incident", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"


class StepDone(models.Model):
    """One step of the procedure that a person ticked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=40)
    member = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["incident", "step"], name="one_tick_per_step")
        ]
        indexes: ClassVar = [models.Index(fields=["step", "at"])]
        verbose_name_plural = "steps done"

    def __str__(self) -> str:
        return self.step


class Handover(models.Model):
    """An incident told to a public service, in which words; the journal bears their salted hash.

    `service` and `how` are words of `rules_handing`; the incident goes on, its ledger with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="handovers")
    service = models.CharField(max_length=16)
    how = models.CharField(max_length=16)
    member = models.UUIDField()
    at = models.DateTimeField()
    text = models.TextField()
    salt = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["incident", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.service} {self.at:%H:%M:%S}"


class Event(models.Model):
    """Several incidents that are one event, each still its own: E- and its number in its territory."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    exercise = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "number"], name="one_event_per_number")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it."""
        return f"E-{self.number}"


class EventPart(models.Model):
    """An incident's time within an event: linked and unlinked (None: still in) when, by whom, why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="parts")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="parts")
    why = models.CharField(max_length=24)
    member = models.UUIDField()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=24, blank=True, default="")
    ended_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["incident"], condition=models.Q(ended_at__isnull=True), name="one_event_at_a_time"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["event", "at"])]

    def __str__(self) -> str:
        return f"{self.event_id} {self.incident_id}"


class ShiftNote(models.Model):
    """What one shift passes on to the next; it stays until someone says that it is over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    member = models.UUIDField()
    at = models.DateTimeField()
    text = models.TextField()
    salt = models.BinaryField()
    digest = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    exercise = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["territory_key", "at"])]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.at:%H:%M:%S}"


class ShiftTaken(models.Model):
    """A shift taken over: of which hours, by whom, from whom (None: nobody said), on how many matters."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    since = models.DateTimeField()
    at = models.DateTimeField()
    taken_by = models.UUIDField()
    given_by = models.UUIDField(null=True)
    open_count = models.PositiveIntegerField()
    closed_count = models.PositiveIntegerField()
    down_count = models.PositiveIntegerField()
    note_count = models.PositiveIntegerField()
    exercise = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["territory_key", "-at"])]
        verbose_name_plural = "shifts taken"

    def __str__(self) -> str:
        return f"{self.territory_key} {self.at:%H:%M:%S}"
