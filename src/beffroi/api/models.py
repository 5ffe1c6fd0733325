"""Tables of the API: what a request with an Idempotency-Key was answered, while it may come again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from beffroi.people.models import Member


class KeptAnswer(models.Model):
    """The answer to a change that a program asked for under a key of its own."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    body = models.JSONField(default=dict)
    etag = models.CharField(max_length=40, blank=True, default="")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "key"], name="api_answered_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%H:%M:%S}"
