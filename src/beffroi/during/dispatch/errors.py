"""What may go wrong when a unit is sent, said so that the next move is clear."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class AlreadySent(BeffroiError):
    """The unit has a mission: someone was faster, or it would have to leave another act."""

    code = "dispatch.already_sent"
    message = "{unit} is already sent to {reference}."
    advice = "Look at the order again; to take it away from there, say that it is to be diverted."
    status = 409


class ReasonNeeded(BeffroiError):
    """Another unit than the one proposed first is sent: the record must say why."""

    code = "dispatch.reason_needed"
    message = "{unit} is not the unit proposed first ({first}): say why."
    advice = "Choose one of the reasons, or write one of at most 200 characters."
    status = 422


class NotProposed(ReasonNeeded):
    """A unit that was left out is sent while nobody else was proposed: the record must say why too."""

    code = "dispatch.not_proposed"
    message = "{unit} is not proposed here: say why it goes all the same."


class ReasonTooLong(BeffroiError):
    """A reason that is an essay."""

    code = "dispatch.reason_too_long"
    message = "The reason has {length} characters; 200 at most are kept."
    advice = "Put the rest in a note on the incident."
    status = 422


class NotAvailable(BeffroiError):
    """A unit that nobody may send now."""

    code = "dispatch.not_available"
    message = "{unit} is off duty."
    advice = "Choose another unit."
    status = 409


class OtherWorld(NotAvailable):
    """A unit of an exercise for a real act, or the other way round."""

    code = "dispatch.other_world"
    message = "{unit} cannot be sent: an exercise and what is real never mix."


class NoRight(NotAvailable):
    """A unit of another service whose right does not cover this act now: no reason stands in its place."""

    code = "dispatch.no_right"
    message = "{unit} is of another service, and nothing gives it the right to act here now ({basis})."
    advice = "Choose another unit, or hand the incident over to the service that may act."
    status = 403


class NoPower(NoRight):
    """A guard or a warden before an offender."""

    code = "dispatch.no_power"
    message = "{unit} has no power to act on this."


class NoMission(NotFound):
    """The unit is not on this incident (any more)."""

    code = "dispatch.no_mission"
    message = "{unit} is not on this incident."
    advice = "Look at the sheet again: it may have been called back or sent elsewhere."


class MissionOver(NoMission):
    """A tap for a mission that has ended or was given to another."""

    code = "dispatch.mission_over"
    message = "{reference}: this mission is over, or was given to another unit."
    advice = "Nothing was changed. Ask the duty desk by radio."
    status = 409


class NoShift(BeffroiError):
    """Nobody tells for a unit that they do not hold."""

    code = "dispatch.no_shift"
    message = "You hold no unit now."
    advice = "Choose your unit, or ask the duty desk by radio."
    status = 409


class OnShift(BeffroiError):
    """One unit at a time."""

    code = "dispatch.on_shift"
    message = "You already hold {unit}."
    advice = "Give it back before you take another."
    status = 409


class MissionUnderWay(BeffroiError):
    """The last of a crew cannot leave, nor pause, while a mission counts on it."""

    code = "dispatch.mission_under_way"
    message = "{unit} is on {reference}."
    advice = "Finish the mission first."
    status = 409


class UndoTooLate(BeffroiError):
    """What was told can no longer be taken back from the phone."""

    code = "dispatch.undo_too_late"
    message = "This can no longer be undone."
    advice = "Tell the duty desk by radio."
    status = 409


class BadTap(Invalid):
    """A tap that cannot be read."""

    code = "dispatch.bad_tap"


class BadTerms(Invalid):
    """Hours or a right that make no sense."""

    code = "dispatch.bad_terms"
    message = "That cannot be kept: {why}."
    advice = "Give it again."


class UnknownLine(NotFound):
    """No such line of hours or of right in this territory."""

    code = "dispatch.unknown_line"
    message = "There is no line {what} here."
    advice = "See the lines with: beffroi unit show --territory KEY."
