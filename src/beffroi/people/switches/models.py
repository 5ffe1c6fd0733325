"""The table of legal switches: each row one decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7


class Switch(models.Model):
    """A decision that allows a capability in a territory, from its first day to its last.

    `basis` is the text that provides for it, `authority` who decided, `number` the decision's. `perimeter`
    holds corners as [latitude, longitude] where it is allowed at some places only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    capability = models.CharField(max_length=32)
    basis = models.CharField(max_length=200)
    authority = models.CharField(max_length=160)
    number = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    perimeter = models.JSONField(default=list)
    places = models.CharField(max_length=400, blank=True, default="")
    off_from = models.DateField(null=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory_key", "capability", "number"], name="switches_one_per_decision"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="switches_days"),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.capability} {self.number}"
