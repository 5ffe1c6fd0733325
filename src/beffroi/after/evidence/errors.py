"""What can go wrong when evidence is sealed or read."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError


class NotAsReceived(BeffroiError):
    """An observation kept by an incident is no longer what the journal bears the hash of."""

    code = "evidence.not_as_received"
    message = "Observation {observation} is no longer what was received: nothing was sealed."
    advice = "Run `beffroi journal verify`, and compare with the backup: the database may have been altered."
    status = 409


class CannotWrite(BeffroiError):
    """The package could not be written where it was asked."""

    code = "evidence.cannot_write"
    message = "The package could not be written to {path}: {why}."
    status = 507
