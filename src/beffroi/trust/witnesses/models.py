"""Tables of the witnesses: who keeps our heads, and the heads of others that we keep."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7


class Witness(models.Model):
    """Who keeps and counter-signs our heads; without an address, heads go to it as files.

    `next_at`: when its address is asked next.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    url = models.CharField(max_length=500, blank=True, default="")
    public_key = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(default=clock.now)
    failing_since = models.DateTimeField(null=True)
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=models.Q(removed_at=None), name="witnesses_one_per_key"
            )
        ]
        verbose_name_plural = "witnesses"

    def __str__(self) -> str:
        return self.name


class CounterSigned(models.Model):
    """A head of ours that a witness counter-signed; `line` is its signature, as C2SP writes it."""

    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="signed")
    journal = models.CharField(max_length=200)
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["witness", "journal", "epoch", "size"], name="witnesses_signed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.journal} {self.size}"


class Refusal(models.Model):
    """A witness refused a head of ours: somebody rewrote, cut or hid something, or the witness is wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    witness = models.ForeignKey(Witness, on_delete=models.PROTECT, related_name="refusals")
    journal = models.CharField(max_length=200)
    code = models.CharField(max_length=20)
    why = models.CharField(max_length=300)
    note = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.journal} {self.code}"


class Trusted(models.Model):
    """Another installation whose heads we keep: its 16 digits, its fingerprint that came by another way."""

    installation = models.CharField(max_length=16, primary_key=True)
    name = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "trusted"

    def __str__(self) -> str:
        return self.name


class Kept(models.Model):
    """A head of another installation that we counter-signed; `lost`: what restores declared lost."""

    installation = models.ForeignKey(Trusted, on_delete=models.PROTECT, related_name="heads")
    log = models.CharField(max_length=260)
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    note = models.TextField()
    lost = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["log", "id"])]
        verbose_name_plural = "kept"

    def __str__(self) -> str:
        return f"{self.log} {self.size}"


class Proof(models.Model):
    """Both signed heads that show a history rewritten, cut or hidden by another installation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    installation = models.ForeignKey(Trusted, on_delete=models.PROTECT, related_name="proofs")
    log = models.CharField(max_length=260)
    code = models.CharField(max_length=20)
    why = models.CharField(max_length=300)
    witnessed = models.TextField()
    proposed = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.log} {self.code}"
