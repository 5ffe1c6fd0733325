"""Tables of parties: contacts of organisations, erasable, and what each organisation is competent for."""

from __future__ import annotations

from django.db import models

from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.people.models import Organisation


class Competence(models.Model):
    """An organisation is competent for something, by its code."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="competences")
    code = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "code"], name="parties_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.code}"


class Contact(models.Model):
    """Whom to call at an organisation: a role, and how. `shared`: also to who has a convention with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contacts")
    role = models.CharField(max_length=80)
    name = models.CharField(max_length=120, blank=True, default="")
    telephone = models.CharField(max_length=24, blank=True, default="")
    email = models.EmailField(max_length=254, blank=True, default="")
    shared = models.BooleanField(default=False)
    kept_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.role} of {self.organisation_id}"
