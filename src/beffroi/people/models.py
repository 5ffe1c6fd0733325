"""Tables of people: who may sign in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from beffroi.foundation.identifiers import uuid7


class Member(AbstractUser):
    """A person who signs in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
