"""Tables of the journal.

What headers say is read by the database itself from their bytes (generated columns), so that no
column can tell another story than what is proven. `schema.py` holds the SQL and the triggers.
"""

from __future__ import annotations

from django.db import models


class Journal(models.Model):
    """One log: the installation's own, or that of a territory. `frontier` is the right edge of its tree."""

    key = models.CharField(max_length=200, primary_key=True)
    installation = models.CharField(max_length=32)
    size = models.BigIntegerField(default=0)
    epoch = models.IntegerField(default=1)
    frontier = models.BinaryField(default=b"")

    class Meta:
        db_table = "journal_journal"

    def __str__(self) -> str:
        return self.key

    @property
    def origin(self) -> str:
        """The name of this log in signed checkpoints; each epoch has its own."""
        return f"beffroi/{self.installation}/{self.key.replace(':', '/')}/epoch/{self.epoch}"


class Entry(models.Model):
    """One entry. Only `position` to `leaf` are stored; the rest is generated from `header`."""

    position = models.BigIntegerField(primary_key=True)
    journal = models.CharField(max_length=200)
    number = models.BigIntegerField()
    header = models.TextField()
    body = models.TextField(null=True)  # noqa: DJ001 - no body is not an empty body: it was pruned
    body_sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001 - set only when the body goes
    leaf = models.BinaryField()
    fact = models.TextField(editable=False)
    version = models.IntegerField(editable=False)
    subject = models.TextField(editable=False)
    actor = models.TextField(editable=False)
    time = models.TextField(editable=False)

    class Meta:
        db_table = "journal_entry"
        constraints = [models.UniqueConstraint(fields=["journal", "number"], name="journal_entry_number")]
        indexes = [
            models.Index(fields=["subject", "position"], name="journal_entry_subject"),
            models.Index(fields=["fact", "position"], name="journal_entry_fact"),
        ]

    def __str__(self) -> str:
        return f"{self.journal} {self.number}"


class Tile(models.Model):
    """The root of a full subtree of 256^level leaves, so that a proof never reads the whole journal."""

    journal = models.CharField(max_length=200)
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "journal_tile"
        constraints = [
            models.UniqueConstraint(fields=["journal", "level", "index"], name="journal_tile_place")
        ]

    def __str__(self) -> str:
        return f"{self.journal} {self.level}/{self.index}"


class SigningKey(models.Model):
    """A key of this installation, public half. `proof`: the old key's signature, base64, or ''."""

    fingerprint = models.CharField(max_length=64, primary_key=True)
    public_key = models.BinaryField()
    follows = models.CharField(max_length=64, default="")
    proof = models.TextField(default="")
    introduced_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "journal_signing_key"

    def __str__(self) -> str:
        return self.fingerprint


class Checkpoint(models.Model):
    """A signed head: the note as it is sent to witnesses."""

    journal = models.CharField(max_length=200)
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    note = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "journal_checkpoint"
        indexes = [models.Index(fields=["journal", "size"], name="journal_checkpoint_size")]

    def __str__(self) -> str:
        return f"{self.journal} {self.size}"
