"""Tables of the crisis: plans, seats, crises, cells, calls, decisions, steps, messages to the population."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beffroi.during.crisis.rules import people
from beffroi.during.incident.models import Incident
from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import Member


class Plan(models.Model):
    """A version of a town's own plan: its TOML."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    toml = models.TextField()
    put_at = models.DateTimeField()
    put_by = models.CharField(max_length=64, default="system")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "number"], name="crisis_one_plan_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.number}"


class Seat(models.Model):
    """Who belongs to a cell of a territory, from `since` (null: from before it was kept) to `until`.

    `role` is a code of rules.people.ROLES: who leads answers for the cell, a deputy stands in for them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    cell = models.CharField(max_length=40)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="crisis_seats")
    role = models.CharField(max_length=8, default=people.MEMBER)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory_key", "cell", "member"],
                condition=Q(until__isnull=True),
                name="crisis_one_seat",
            )
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.cell}"


class Outsider(models.Model):
    """Somebody outside whom a cell telephones: a service, an operator of a network, a doctor. No account.

    Kept from `since` to `until`; `number` as it is dialled (E.164, or a short number).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80, db_index=True)
    cell = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    task = models.CharField(max_length=120, blank=True, default="")
    number = models.CharField(max_length=16)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)


class Crisis(models.Model):
    """The plan at work. `plan` names its version, `toml` is what it said then; `left`: what stays open."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    level = models.CharField(max_length=40)
    exercise = models.BooleanField(default=False)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="crises")
    plan = models.CharField(max_length=100)
    toml = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True, default="")
    left = models.TextField(blank=True, default="")
    left_salt = models.BinaryField(default=b"")

    class Meta:
        verbose_name_plural = "crises"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "number"], name="crisis_one_number"),
            models.UniqueConstraint(
                fields=["territory_key", "exercise"],
                condition=Q(ended_at__isnull=True),
                name="crisis_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it: C- and its number in its territory."""
        return f"C-{self.number}"


class CellAt(models.Model):
    """Whether a cell is at work in a crisis, since when, by whose word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    crisis = models.ForeignKey(Crisis, on_delete=models.PROTECT, related_name="cells")
    cell = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["crisis", "cell"], name="crisis_one_cell")]

    def __str__(self) -> str:
        return self.cell


class Call(models.Model):
    """A member of the call tree in a crisis: when called, whether reached, when, by whose word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    crisis = models.ForeignKey(Crisis, on_delete=models.PROTECT, related_name="calls")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="crisis_calls")
    called_at = models.DateTimeField(null=True)
    messages = models.JSONField(default=list)
    reached = models.BooleanField(null=True)
    said_at = models.DateTimeField(null=True)
    said_by = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["crisis", "member"], name="crisis_one_call")]

    def __str__(self) -> str:
        return str(self.member_id)


class Decision(models.Model):
    """What was decided, in words; the journal bears only their salted hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    crisis = models.ForeignKey(Crisis, on_delete=models.PROTECT, related_name="decisions")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    text = models.TextField()
    salt = models.BinaryField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"


class Done(models.Model):
    """A step of a cell that somebody did."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    crisis = models.ForeignKey(Crisis, on_delete=models.PROTECT, related_name="steps")
    cell = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "done"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["crisis", "cell", "step"], name="crisis_one_step")
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.step}"


class Message(models.Model):
    """A message to the population: prepared, then validated by the mayor or a deputy; `cap`: its bytes.

    `over` names the message that ended it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    crisis = models.ForeignKey(Crisis, on_delete=models.PROTECT, related_name="messages")
    draft = models.CharField(max_length=40)
    area = models.CharField(max_length=200)
    headline = models.CharField(max_length=160)
    description = models.TextField()
    instruction = models.TextField()
    hours = models.PositiveSmallIntegerField()
    prepared_at = models.DateTimeField()
    prepared_by = models.CharField(max_length=64)
    salt = models.BinaryField()
    digest = models.CharField(max_length=64)
    validated_at = models.DateTimeField(null=True)
    validated_by = models.CharField(max_length=64, blank=True, default="")
    expires_at = models.DateTimeField(null=True)
    cap = models.BinaryField(default=b"")
    over = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="ends")

    def __str__(self) -> str:
        return self.draft
