"""Tables of fusion: how far the fold has come, what it holds, what persons decided, and its signs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.foundation.identifiers import uuid7


class Cursor(models.Model):
    """How far of the spool is folded and written: one row, moved in the transaction of each batch."""

    name = models.CharField(max_length=32, primary_key=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.position}"


class Snapshot(models.Model):
    """The state of one territory after a position of the spool (msgpack of rules.shapes.FoldState)."""

    territory_key = models.CharField(max_length=80)
    position = models.BigIntegerField()
    state = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "position"], name="one_snapshot_per_position")
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.position}"


class PastEnd(models.Model):
    """Up to which position observations of a territory were erased, for their time was over.

    A replay that begins before it would not be the same: it says so instead.
    """

    territory_key = models.CharField(max_length=80, primary_key=True)
    position = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.territory_key} {self.position}"


class Decision(models.Model):
    """What a person decided of the fold; `after_position` is where of the spool it was applied."""

    id = models.BigAutoField(primary_key=True)
    territory_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=16)
    body = models.JSONField()
    member = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    after_position = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["after_position", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Hypothesis(models.Model):
    """What fusion opened: its incident bears the same identifier."""

    id = models.UUIDField(primary_key=True, editable=False)
    territory_key = models.CharField(max_length=80)
    opened_position = models.BigIntegerField()
    last_position = models.BigIntegerField()
    state = models.CharField(max_length=16)
    merged_into = models.UUIDField(null=True)
    probability = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    act = models.CharField(max_length=32)
    exercise = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["territory_key", "opened_position"])]
        verbose_name_plural = "hypotheses"

    def __str__(self) -> str:
        return f"{self.act} {self.id}"


class Sign(models.Model):
    """An observation as it was when it joined a hypothesis, with what it weighs and why.

    `digest` is the salted hash that the journal bears; erasing `salt` and `observation` unties them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.PROTECT, related_name="signs")
    order = models.PositiveIntegerField()
    observation_id = models.UUIDField()
    position = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    relation = models.CharField(max_length=16)
    source = models.CharField(max_length=80)
    device = models.CharField(max_length=80, blank=True, default="")
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField()
    fused_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    observation = models.JSONField()
    salt = models.BinaryField()
    digest = models.CharField(max_length=64)
    factor = models.FloatField()
    weight = models.FloatField()
    metres = models.PositiveIntegerField()
    independent = models.BooleanField(default=False)
    repeats = models.PositiveIntegerField(default=0)
    reasons = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hypothesis", "observation_id"], name="one_sign_per_observation")
        ]
        indexes: ClassVar = [models.Index(fields=["hypothesis", "seen_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.observation_id}"
