"""Tables of people: the installation, centres, organisations, members, and the roles they hold."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people.methods.rights import CENTRE, INSTALLATION, TERRITORY


def _salt() -> bytes:
    return secrets.token_bytes(32)


class Installation(models.Model):
    """The one installation of this database. `salt` hides what the journal may not hold in clear."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=200)
    exercise = models.BooleanField(default=False)
    salt = models.BinaryField(max_length=32, default=_salt, editable=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="people_one_installation")]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """Whom members belong to."""

    class Kind(models.TextChoices):
        COMMUNE = "commune"
        EPCI = "epci"
        SYNDICAT_MIXTE = "syndicat_mixte"
        POLICE_MUNICIPALE = "police_municipale"
        GENDARMERIE = "gendarmerie"
        POLICE_NATIONALE = "police_nationale"
        SDIS = "sdis"
        SAMU = "samu"
        PREFECTURE = "prefecture"
        JUSTICE = "justice"
        TELESURVEILLANCE = "telesurveillance"
        INTEGRATOR = "integrator"
        BUSINESS = "business"
        LANDLORD = "landlord"
        REFERENTS = "referents"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=24, choices=Kind)

    def __str__(self) -> str:
        return self.name


class KnownTerritory(models.Model):
    """A territory's key, and the organisation that answers for it where that is known."""

    key = models.SlugField(primary_key=True, max_length=100)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="territories"
    )

    def __str__(self) -> str:
        return self.key


class Centre(models.Model):
    """A supervision centre: it watches territories."""

    key = models.SlugField(primary_key=True, max_length=100)
    name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="centres")

    def __str__(self) -> str:
        return self.name


class CentreTerritory(models.Model):
    """A centre watches a territory from `starts_at` until `ends_at` (excluded)."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="watches")
    territory = models.ForeignKey(KnownTerritory, on_delete=models.PROTECT, related_name="watched_by")
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="people_watch_dates"
            ),
            models.UniqueConstraint(
                fields=["centre", "territory"],
                condition=Q(ends_at__isnull=True),
                name="people_one_open_watch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id} -> {self.territory_id}"


class MemberManager(BaseUserManager["Member"]):
    """Finds members by e-mail, whatever its letters' case."""

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(email=str(username or "").lower())


class Member(AbstractBaseUser):
    """A person who may sign in. There is no super-user: what a member may do is what its roles say."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, max_length=254)
    display_name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="members")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        """The name shown on screens."""
        return self.display_name

    @property
    def actor(self) -> str:
        """How the journal names this member."""
        return f"member:{self.id}"


class Role(models.Model):
    """A role and the actions it opens, loaded from the catalogue."""

    key = models.SlugField(primary_key=True, max_length=64)
    name_fr = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    second_factor = models.BooleanField(default=False)
    actions = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.key


class RoleHeld(models.Model):
    """A member holds a role over a territory, a centre or the whole installation, between two instants."""

    class Scope(models.TextChoices):
        INSTALLATION = INSTALLATION
        CENTRE = CENTRE
        TERRITORY = TERRITORY

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="roles_held")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="held")
    scope = models.CharField(max_length=16, choices=Scope)
    centre = models.ForeignKey(Centre, null=True, blank=True, on_delete=models.PROTECT)
    territory = models.ForeignKey(KnownTerritory, null=True, blank=True, on_delete=models.PROTECT)
    starts_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=INSTALLATION, centre__isnull=True, territory__isnull=True)
                | Q(scope=CENTRE, centre__isnull=False, territory__isnull=True)
                | Q(scope=TERRITORY, centre__isnull=True, territory__isnull=False),
                name="people_one_scope",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="people_role_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id} over {self.territory_id or self.centre_id or INSTALLATION}"


class Program(models.Model):
    """A program and its one token: an account that nobody signs in as. Only the token's hash is kept."""

    member = models.OneToOneField(Member, primary_key=True, on_delete=models.PROTECT, related_name="program")
    scopes = models.JSONField(default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)
    renewed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("renewed_at")), name="people_token_ends")
        ]

    def __str__(self) -> str:
        return str(self.member_id)


class CacheRow(models.Model):
    """Rows of Django's database cache (columns are Django's): counts that every process must share."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "people_cache"

    def __str__(self) -> str:
        return self.cache_key
