"""Tables of acting: accounts of devices at the broker, actuators, commands."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beffroi.during.acting.rules import states
from beffroi.during.incident.models import Incident
from beffroi.foundation.identifiers import uuid7


class Account(models.Model):
    """How a device, or a gateway of several, signs in to the built-in broker. Only a bcrypt hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    broker_hash = models.CharField(max_length=72)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "key"], name="acting_one_account")
        ]

    def __str__(self) -> str:
        return self.login

    @property
    def login(self) -> str:
        """The name to sign in with; no source's name holds a colon."""
        return f"{self.territory_key}:{self.key}"


class Actuator(models.Model):
    """What can be switched, as it is declared from `declared_at` to `retired_at`.

    `declaration` holds the TOML under `toml`. `said` is the act that its last state shows (''
    where it shows none of them), `said_at` when that was heard.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    device = models.CharField(max_length=80)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="actuators")
    command_topic = models.CharField(max_length=200)
    state_topic = models.CharField(max_length=200, db_index=True)
    declaration = models.JSONField()
    exercise = models.BooleanField(default=False)
    declared_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=16, blank=True, default="")
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory_key", "key"],
                condition=Q(retired_at__isnull=True),
                name="acting_one_live_actuator",
            ),
            models.UniqueConstraint(
                fields=["command_topic"], condition=Q(retired_at__isnull=True), name="acting_one_topic"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key}/{self.key}"


class Command(models.Model):
    """One command, written before it is sent, and what became of it (see rules.states).

    `ends_at` is when its normal follows by itself; `ended` says that it did, or need not any more. `ends`
    is the command that this one puts an end to. No address and no words lie here.
    """

    class State(models.TextChoices):
        ASKED = states.ASKED
        SENDING = states.SENDING
        SENT = states.SENT
        CONFIRMED = states.CONFIRMED
        REFUSED = states.REFUSED
        NO_ANSWER = states.NO_ANSWER
        NOT_SENT = states.NOT_SENT
        UNSURE = states.UNSURE
        KEPT = states.KEPT

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    actuator = models.ForeignKey(Actuator, on_delete=models.PROTECT, related_name="commands")
    incident = models.ForeignKey(
        Incident, null=True, on_delete=models.PROTECT, related_name="acting_commands"
    )
    act = models.CharField(max_length=16)
    text = models.CharField(max_length=40, blank=True, default="")
    purpose = models.CharField(max_length=24, blank=True, default="")
    seen = models.CharField(max_length=12, blank=True, default="")
    exercise = models.BooleanField(default=False)
    actor = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    send_by = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    minutes = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(null=True)
    ended = models.BooleanField(default=False)
    ends = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="ended_by")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "asked_at"]),
            models.Index(fields=["incident", "asked_at"]),
            models.Index(fields=["actuator", "asked_at"]),
            models.Index(fields=["ends_at"], condition=Q(ended=False), name="acting_ends_due"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.state}"
