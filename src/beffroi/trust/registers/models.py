"""The table of complements: what an officer wrote into a document, every version kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.foundation.identifiers import uuid7


class Complement(models.Model):
    """A version of a section that the house cannot fill by itself; the newest is in force."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    document = models.CharField(max_length=24)
    section = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory_key", "document", "section", "number"], name="registers_one_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.section} {self.number}"
