"""Tables of the register: the prefect's orders, the cameras they name, the agents who may look."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import Member
from beffroi.people.orders import rules


class Order(models.Model):
    """A prefect's order over a territory, from its first day to its last.

    `perimeter` holds its corners as [latitude, longitude] where it allows every camera inside one;
    `state_access` whether it lets designated agents of the State have the images (CSI L252-3).
    From `withdrawn_on` on it is over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    number = models.CharField(max_length=80)
    authority = models.CharField(max_length=160)
    purposes = models.JSONField()
    retention_days = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    perimeter = models.JSONField(default=list)
    places = models.CharField(max_length=400, blank=True, default="")
    state_access = models.BooleanField(default=False)
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    withdrawn_on = models.DateField(null=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "number"], name="orders_one_per_number"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="orders_days"),
            models.CheckConstraint(
                condition=Q(retention_days__gte=1, retention_days__lte=rules.LONGEST_RETENTION_DAYS),
                name="orders_a_month_at_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.number}"


class Covered(models.Model):
    """A camera that an order names."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="covered")
    device = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "device"], name="orders_covers_once")
        ]
        indexes: ClassVar = [models.Index(fields=["device"])]

    def __str__(self) -> str:
        return f"{self.order_id} {self.device}"


class Accreditation(models.Model):
    """A member may look at images in a territory, by name and for a time.

    `kind` is `rules.AGENT` or `rules.STATE`; `order` is the one under which the State's agent was designated.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="accreditations")
    territory_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    number = models.CharField(max_length=80)
    authority = models.CharField(max_length=160)
    service = models.CharField(max_length=160, blank=True, default="")
    order = models.ForeignKey(
        Order, null=True, blank=True, on_delete=models.PROTECT, related_name="designated"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    withdrawn_on = models.DateField(null=True)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="orders_agent_days"),
            models.CheckConstraint(
                condition=Q(kind=rules.AGENT, order__isnull=True) | Q(kind=rules.STATE, order__isnull=False),
                name="orders_state_agents_have_an_order",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["territory_key", "member"])]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.kind} {self.number}"
