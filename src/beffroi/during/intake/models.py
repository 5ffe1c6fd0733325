"""Tables of intake: who may speak, what could not be read, and where followers stand."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from beffroi.foundation.identifiers import uuid7


class Source(models.Model):
    """A sensor, panel, recorder or program that may send observations of one territory.

    `token_hash` is the SHA-256 (hexadecimal) of its bearer token, `broker_hash` the bcrypt hash of the same
    token for the MQTT broker; the token itself is shown once and never kept. `address` is how its messages
    name it: an MQTT topic prefix (Frigate) or an account (alarm panels). `devices` maps its own names of
    cameras, zones or doors to device keys of the territory. `mapping` holds, under `toml`, what its messages
    mean, where the connector (`mapped`) leaves that to the town.
    `panel_key` is the sealed key of what it encrypts. `expects_every_s` is how often it should speak
    (seconds); `silent_since` its last word before the silence that was told of.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64)
    territory_key = models.CharField(max_length=64)
    connector = models.CharField(max_length=32)
    name = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=120, blank=True)
    device = models.CharField(max_length=64, blank=True)
    devices = models.JSONField(default=dict, blank=True)
    mapping = models.JSONField(default=dict, blank=True)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    broker_hash = models.CharField(max_length=72, blank=True)
    panel_key = models.CharField(max_length=255, blank=True)
    expects_every_s = models.PositiveIntegerField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True)
    exercise = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    received = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    unread = models.BigIntegerField(default=0)
    skewed = models.BigIntegerField(default=0)
    not_guaranteed = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["territory_key", "key"], name="intake_source_key_once_a_territory"
            ),
            models.UniqueConstraint(
                fields=["connector", "address"],
                condition=Q(active=True) & ~Q(address=""),
                name="intake_source_address_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key}/{self.key}"


class Unread(models.Model):
    """A message that could not be read: kept so that someone may find out why.

    `content` holds its first bytes (4,096 at most; none where its connector withholds them), `size` how
    many there were.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.CASCADE, related_name="unread_rows"
    )
    territory_key = models.CharField(max_length=64, blank=True)
    connector = models.CharField(max_length=32)
    sender = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField(db_index=True)
    code = models.CharField(max_length=64)
    why = models.CharField(max_length=300)
    content = models.BinaryField(max_length=4096)
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.connector}: {self.code}"


class Ear(models.Model):
    """A way in and how long it has been listening: `gate` (HTTP and panels) or `broker` (MQTT).

    Written by the process that listens while it does: what it could not hear was not silence. `cut_since`
    is when everything behind it fell silent at once, while that lasts.
    """

    name = models.CharField(max_length=16, primary_key=True)
    since = models.DateTimeField()
    alive_at = models.DateTimeField()
    cut_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Follower(models.Model):
    """How far a follower of the journal has read, by its name."""

    name = models.CharField(max_length=64, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
