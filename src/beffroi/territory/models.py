"""Tables of the territory: towns with their versions, and what stands or moves in them, with dates."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from beffroi.foundation.identifiers import uuid7


class Territory(models.Model):
    """One or several communes that live as one town. Everything else refers to it by `key`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=120)
    insee = models.CharField(max_length=5, blank=True, default="")
    department = models.CharField(max_length=3, blank=True, default="")
    population = models.PositiveIntegerField(null=True)
    epci_code = models.CharField(max_length=9, blank=True, default="")
    epci_name = models.CharField(max_length=160, blank=True, default="")
    epci_type = models.CharField(max_length=8, blank=True, default="")
    exercise = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "territories"

    def __str__(self) -> str:
        return self.name


class TownVersion(models.Model):
    """The map of a territory as one file told it, true from `valid_from` until `valid_to`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    folder = models.CharField(max_length=200)  # under the data directory
    files = models.JSONField()  # relative path -> SHA-256
    source_name = models.CharField(max_length=255)
    source_sha256 = models.CharField(max_length=64)
    source_date = models.DateTimeField(null=True)  # of the data itself, where the file says
    report = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["territory"], condition=Q(valid_to__isnull=True), name="one_present_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory_id} {self.number}"


class Dated(models.Model):
    """A thing of the town during one span of time; `key` names it within its territory."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=32)
    name = models.CharField(max_length=160, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    origin = models.CharField(max_length=255)  # `osm` or the file that told of it
    osm = models.CharField(max_length=24, blank=True, default="")  # n123, w123, r123
    exercise = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.key} ({self.kind})"


class Device(Dated):
    """A camera, lamp, panel or sensor, with what it hangs on."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="devices")
    direction_deg = models.FloatField(null=True)  # clockwise from north
    field_deg = models.FloatField(null=True)  # width of what it sees
    reach_m = models.FloatField(null=True)
    height_m = models.FloatField(null=True)
    form = models.CharField(max_length=32, blank=True, default="")  # fixed, dome, panning
    network = models.CharField(max_length=80, blank=True, default="")
    power = models.CharField(max_length=80, blank=True, default="")
    site = models.CharField(max_length=80, blank=True, default="")
    recorder = models.CharField(max_length=80, blank=True, default="")
    flags = models.JSONField(default=list)  # what was read and not believed
    details = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory", "key"], condition=Q(valid_to__isnull=True), name="one_present_device"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["territory", "valid_from"]),
            models.Index(fields=["territory", "key"]),
        ]


class Station(Dated):
    """A police or fire station, a town hall."""

    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="stations")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory", "key"], condition=Q(valid_to__isnull=True), name="one_present_station"
            )
        ]


class PatrolUnit(models.Model):
    """Who can be sent: what it may do, where it is and since when we know."""

    class State(models.TextChoices):
        FREE = "free"
        SENT = "sent"
        ON_SCENE = "on_scene"
        BUSY = "busy"
        OFF = "off"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="units")
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=32)  # municipal, gendarmerie, police, rural, security, other
    abilities = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=State, default=State.FREE)
    mission = models.CharField(max_length=80, blank=True, default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    radius_m = models.FloatField(default=0.0)
    heading_deg = models.FloatField(null=True)
    position_at = models.DateTimeField(null=True)
    home_lat = models.FloatField(null=True)
    home_lon = models.FloatField(null=True)
    origin = models.CharField(max_length=255)
    exercise = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory", "key"], name="one_unit_per_key")
        ]

    def __str__(self) -> str:
        return self.key
