"""Tables of notifications: who subscribed to what, how far each was told, and what became of each try."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import Program


class Subscription(models.Model):
    """A program's address and what it is told. `position`: all up to there was taken or not for it.

    `territories`: empty for all that the program may follow. Secrets are sealed. `lease` names the process
    that sends now; one that was killed loses it when `lease_until` is over.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        PAUSED = "paused"
        REMOVED = "removed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="subscriptions")
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    territories = models.JSONField(default=list)
    secret = models.TextField()
    former_secret = models.TextField(blank=True, default="")
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    why = models.CharField(max_length=40, blank=True, default="")
    position = models.BigIntegerField()
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "next_at"])]

    def __str__(self) -> str:
        return str(self.id)


class Delivery(models.Model):
    """One try: of which event (0: a test), what was answered, how long it took. Never a body."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    position = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    attempt = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    fault = models.CharField(max_length=40, blank=True, default="")
    took_ms = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subscription", "-id"])]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.kind} {self.fault or self.status}"
