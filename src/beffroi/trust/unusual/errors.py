"""What is wrong with a decision or a declared street."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound, Refused


class UnknownAlert(NotFound):
    """No such alert, or not there."""

    code = "unusual.unknown"
    message = "There is no alert {what}."


class BadDecision(Invalid):
    """A decision that is none."""

    code = "unusual.bad_decision"
    message = "This cannot be decided: {where}: {why}."
    advice = "Choose what you decide; a follow-up says what will be done."


class DecidedAlready(BeffroiError):
    """Somebody decided of it already."""

    code = "unusual.decided"
    message = "This alert was decided of already."
    status = 409


class OwnAlert(Refused):
    """Nobody decides of their own looks."""

    code = "unusual.own"
    message = "This alert is about your own looks: somebody else decides of it."


class BadStreet(Invalid):
    """A street that the map does not know."""

    code = "unusual.bad_street"
    message = "{street} is no street of this territory's map."
    advice = "Write it as the map does."
