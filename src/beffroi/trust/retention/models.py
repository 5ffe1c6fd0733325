"""Tables of retention: terms that a town set, holds, erasures begun, and what is late."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from beffroi.foundation.identifiers import uuid7
from beffroi.trust.retention import rules


class Term(models.Model):
    """How many days a territory, or `installation`, keeps a kind of data, where it is not the usual term."""

    territory_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=32)
    days = models.PositiveIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "kind"], name="retention_one_term"),
            models.CheckConstraint(condition=Q(days__gte=1), name="retention_a_day_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.kind}"


class Hold(models.Model):
    """Nothing of `subject` (as the journal names it) between two instants is erased while the hold stands.

    `kind` '' means every kind of data. It stands until it is released; it names its ground.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    subject = models.CharField(max_length=160)
    kind = models.CharField(max_length=32, blank=True, default="")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ground = models.CharField(max_length=16)
    reference = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ground__in=rules.GROUNDS), name="retention_hold_ground"),
            models.CheckConstraint(condition=~Q(reference=""), name="retention_hold_is_named"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="retention_hold_span",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["territory_key", "released_at"])]

    def __str__(self) -> str:
        return f"{self.subject} {self.reference}"


class Begun(models.Model):
    """An erasure from a store outside the database, written before it begins: after a kill it is finished."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=32)
    store = models.CharField(max_length=40)
    days = models.PositiveIntegerField()
    keys = models.JSONField()
    first = models.DateTimeField()
    last = models.DateTimeField()
    digest = models.CharField(max_length=64)
    begun_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "begun"

    def __str__(self) -> str:
        return f"{self.territory_key} {self.kind}"


class Late(models.Model):
    """What was still there after its last day when somebody looked; the row goes once it is erased."""

    territory_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=32)
    store = models.CharField(max_length=40)
    count = models.PositiveIntegerField()
    oldest = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "late"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "kind", "store"], name="retention_one_late")
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.kind}"
