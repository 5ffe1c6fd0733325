"""Tables of on-call: the rota, how people are reached, what wakes them, alerts, the outbox, links."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from beffroi.during.incident.models import Incident
from beffroi.during.oncall.rules import escalation, sending
from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import Member


def _channels() -> list[str]:
    return list(escalation.CHANNELS)


class Contact(models.Model):
    """How a member is reached when on call: personal data, for them and for who keeps the rota.

    `mobile` in E.164; `email` empty: the address that they sign in with; `channels` in the order tried.
    """

    member = models.OneToOneField(Member, on_delete=models.PROTECT, primary_key=True, related_name="contact")
    mobile = models.CharField(max_length=16, blank=True, default="")
    email = models.EmailField(max_length=254, blank=True, default="")
    channels = models.JSONField(default=_channels)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            # A reply is known by its number: a number is one person's.
            models.UniqueConstraint(fields=["mobile"], condition=~Q(mobile=""), name="oncall_one_number")
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class Line(models.Model):
    """A line of the weekly pattern (see rules.rota): `days` 0 (Monday) to 6, and 7 for public holidays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80, db_index=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="oncall_lines")
    rank = models.PositiveSmallIntegerField()
    days = models.JSONField(default=list)
    begins = models.TimeField()
    ends = models.TimeField()
    first = models.DateField()
    last = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.territory_key} {self.rank}"


class Replacement(models.Model):
    """Between two instants `member` holds a rank instead of the pattern; without one nobody does."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80, db_index=True)
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="replacements")
    rank = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="oncall_replacement_dates")
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.rank}"


class Waking(models.Model):
    """What wakes people in a territory, how fast where it differs from the settings (see rules.Policy)."""

    territory_key = models.CharField(max_length=80, primary_key=True)
    threshold = models.CharField(max_length=12, default=escalation.CONFIRMED)
    life_threshold = models.CharField(max_length=12, default=escalation.TO_CHECK)
    at_least = models.FloatField(default=0.0)
    wait_s = models.PositiveIntegerField(null=True)
    next_s = models.PositiveIntegerField(null=True)
    alsace_moselle = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "wakings"

    def __str__(self) -> str:
        return self.territory_key


class DeskOpen(models.Model):
    """When somebody last had the duty desk of a territory open."""

    territory_key = models.CharField(max_length=80, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "desks open"

    def __str__(self) -> str:
        return self.territory_key


class Alert(models.Model):
    """The calls about one incident: how far they are, and how they ended.

    `code` is what replies name it by; `why` and `how` are codes; `called` the ranks of this round,
    `called_members` whoever was called so far, `passed` the members who passed it on.
    """

    class State(models.TextChoices):
        CALLING = "calling"
        ANSWERED = "answered"
        NOBODY = "nobody"
        OVER = "over"

    incident = models.OneToOneField(
        Incident, on_delete=models.PROTECT, primary_key=True, related_name="oncall_alert"
    )
    territory_key = models.CharField(max_length=80)
    exercise = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State, default=State.CALLING)
    life = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=0)
    called = models.JSONField(default=list)
    called_members = models.JSONField(default=list)
    passed = models.JSONField(default=list)
    due_at = models.DateTimeField()
    code = models.CharField(max_length=3)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    how = models.CharField(max_length=12, blank=True, default="")
    why = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.state}"


class Message(models.Model):
    """One message of the outbox. Its identifier is the idempotency key that the gateway gets.

    No address lies here: it is read from the contact when it is sent. `{link}` in `text` becomes the
    answer's address then; `token_hash` is the SHA-256 by which that address is known.
    """

    class State(models.TextChoices):
        QUEUED = sending.QUEUED
        SENDING = sending.SENDING
        SENT = sending.SENT
        FAILED = sending.FAILED
        STOPPED = sending.STOPPED
        KEPT = sending.KEPT

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="messages")
    purpose = models.CharField(max_length=8, default="call")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="oncall_messages")
    channel = models.CharField(max_length=8)
    rank = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=0)
    exercise = models.BooleanField(default=False)
    text = models.CharField(max_length=600, blank=True, default="")
    token_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fault = models.CharField(max_length=40, blank=True, default="")
    gateway_id = models.CharField(max_length=120, blank=True, default="", db_index=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "member", "channel", "round", "purpose"], name="oncall_said_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Link(models.Model):
    """A no-account link: one incident, one browser, a short life. Only hashes of its secrets are kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="oncall_links")
    token_hash = models.CharField(max_length=64, unique=True)
    whom = models.CharField(max_length=16)
    made_by = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    browser_hash = models.CharField(max_length=64, blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    openings = models.PositiveIntegerField(default=0)
    refusals = models.PositiveIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["incident", "made_at"])]

    def __str__(self) -> str:
        return str(self.id)
