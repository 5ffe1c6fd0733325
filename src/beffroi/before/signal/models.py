"""The table of signals."""

from __future__ import annotations

from django.db import models

from beffroi.foundation.identifiers import uuid7


class Signal(models.Model):
    """One report. `form` names the page it was sent from: sent twice, it is one signal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    form = models.UUIDField(unique=True)
    member = models.UUIDField()
    what = models.CharField(max_length=40)
    details = models.JSONField(default=dict)
    lat = models.FloatField()
    lon = models.FloatField()
    radius_m = models.FloatField()
    place = models.CharField(max_length=160, blank=True)
    seen_at = models.DateTimeField()
    received_at = models.DateTimeField()
    exercise = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["territory", "number"], name="signal_number_in_territory"),
            models.CheckConstraint(
                condition=models.Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="signal_on_earth"
            ),
        ]
        indexes = [models.Index(fields=["member", "-received_at"], name="signal_of_member")]

    def __str__(self) -> str:
        return f"S-{self.number}"
