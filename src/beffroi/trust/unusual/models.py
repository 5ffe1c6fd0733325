"""Tables of unusual looking: alerts, and streets that somebody declared as their own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beffroi.foundation.identifiers import uuid7
from beffroi.trust.unusual import rules


class Alert(models.Model):
    """One fact of the register of looks that passed its threshold, and what the officer decided of it.

    `key` names the fact: noticed twice, it is one alert. `figures` are those of its sentence.
    No figure is kept of a person besides: an alert stands alone, and goes with the register's term.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    rule = models.CharField(max_length=24)
    member = models.UUIDField()
    key = models.CharField(max_length=160)
    device = models.CharField(max_length=80, blank=True, default="")
    figures = models.JSONField()
    entries = models.JSONField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    decision = models.CharField(max_length=12, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")
    reason_salt = models.BinaryField(default=b"")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True, default="")
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "rule", "key"], name="unusual_noticed_once"),
            models.CheckConstraint(
                condition=Q(decision__in=["", *rules.DECISIONS]), name="unusual_known_decision"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["territory_key", "decided_at"]),
            models.Index(fields=["member", "told_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"


class OwnStreet(models.Model):
    """A street that a member declared as their own, of their free will; they may take it back."""

    member = models.UUIDField(primary_key=True)
    territory_key = models.CharField(max_length=80)
    street = models.CharField(max_length=160)
    declared_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.territory_key} {self.street}"
