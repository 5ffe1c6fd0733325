"""Tables of conventions: versions with their parties, places and signatures, and help between centres."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import KnownTerritory, Member, Organisation


class Convention(models.Model):
    """One version of a convention. Its terms and its policies no longer change once it was signed."""

    class Stage(models.TextChoices):
        DRAFT = "draft"
        AGREED = "agreed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.SlugField(max_length=40)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=16)
    matters = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    programs = models.BooleanField(default=False)
    hours = models.JSONField(default=list)  # as methods/hours.py writes them
    starts_on = models.DateField()
    ends_on = models.DateField()
    help_hours = models.PositiveSmallIntegerField(default=0)
    unattended_min = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.DRAFT)
    text_sha256 = models.CharField(max_length=64)
    policy = models.TextField()
    policy_sha256 = models.CharField(max_length=64)
    drawn_at = models.DateTimeField(default=clock.now)
    agreed_at = models.DateTimeField(null=True)
    opens_at = models.DateTimeField()  # its days as instants of the town's time: what a request compares
    shuts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "version"], name="conventions_one_version"),
            models.CheckConstraint(condition=Q(shuts_at__gt=F("opens_at")), name="conventions_days"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}.{self.version}"


class Part(models.Model):
    """An organisation's part in a version."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="conventions")
    gives = models.BooleanField()
    receives = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["convention", "organisation"], name="conventions_one_part")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} in {self.convention_id}"


class Place(models.Model):
    """A territory of a version, and who answered for it when it was drawn up."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="places")
    territory = models.ForeignKey(KnownTerritory, on_delete=models.PROTECT, related_name="conventions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["convention", "territory"], name="conventions_one_place")
        ]

    def __str__(self) -> str:
        return f"{self.territory_id} in {self.convention_id}"


class Signature(models.Model):
    """A party's signature, on the terms whose hash it carries."""

    convention = models.ForeignKey(Convention, on_delete=models.CASCADE, related_name="signatures")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8)
    text_sha256 = models.CharField(max_length=64)
    document_sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["convention", "organisation"], name="conventions_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} on {self.convention_id}"


class Help(models.Model):
    """Another centre has a territory's queue from `starts_at` until `ends_at`, under a framework."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    convention = models.ForeignKey(Convention, on_delete=models.PROTECT, related_name="helps")
    territory = models.ForeignKey(KnownTerritory, on_delete=models.PROTECT, related_name="+")
    helper = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=16)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # when its end was written in the journal
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="conventions_help_dates")
        ]
        indexes = [models.Index(fields=["helper", "ends_at"], name="conventions_helper")]

    def __str__(self) -> str:
        return f"{self.helper_id} for {self.territory_id}"
