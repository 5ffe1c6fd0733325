"""What may go wrong when people act on incidents."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class UnknownIncident(NotFound):
    """No such incident, or none that may be known of."""

    code = "incident.unknown"
    message = "There is no such incident."


class AlreadyAcknowledged(BeffroiError):
    """Someone was faster."""

    code = "incident.already_acknowledged"
    message = "{reference} was acknowledged a moment ago by someone else."
    advice = "Open the sheet again: it shows who took it and when."
    status = 409


class AlreadyClosed(BeffroiError):
    """What is closed stays closed."""

    code = "incident.already_closed"
    message = "{reference} is closed."
    advice = "A new sign opens a new incident; a note can still be added."
    status = 409


class ChangedMeanwhile(BeffroiError):
    """The incident is no longer as this person saw it."""

    code = "incident.already_changed"
    message = "{reference} changed while you were looking at it."
    advice = "Look at the sheet again, then decide."
    status = 409


class NotFromHere(BeffroiError):
    """The state does not allow this step."""

    code = "incident.not_from_here"
    message = "{reference} is in state {state}: it cannot become {wanted}."
    advice = "Follow the steps that the sheet proposes."
    status = 409


class BadOutcome(Invalid):
    """An outcome or cause that the vocabulary does not hold."""

    code = "incident.bad_outcome"


class EmptyNote(Invalid):
    """A note without words, or too long."""

    code = "incident.bad_note"


class BadSigns(Invalid):
    """Signs of a levée de doute that do not bear it."""

    code = "incident.bad_signs"
    message = "{where}: {why}."
    advice = "Choose the signs that agree: two at least where nobody saw it."


class BadHandover(Invalid):
    """A hand-over that says neither to whom nor what."""

    code = "incident.bad_handover"
    message = "{where}: {why}."
    advice = "Look at the text again, then say to whom it was told."


class BadLink(Invalid):
    """Incidents that cannot be one event."""

    code = "incident.bad_link"
    message = "{where}: {why}."
    advice = "Choose another incident of the same territory, and a reason."


class UnknownNote(NotFound):
    """No such note of a shift."""

    code = "shift.unknown_note"
    message = "There is no such note."
