"""What is wrong with a convention or with help between centres, said so that it can be put right."""

from __future__ import annotations

from beffroi.foundation.errors import Invalid, NotFound


class BadConvention(Invalid):
    """The terms cannot be taken."""

    code = "conventions.bad_terms"
    message = "This convention cannot be drawn up: {where}: {why}."
    advice = "Correct it and draw it up again: a draft may be changed until the first signature."


class UnknownConvention(NotFound):
    """There is no such convention, or none that the member may know of."""

    code = "conventions.unknown"
    message = "No convention {what} is kept here."
    advice = "See `beffroi convention list`."


class CannotSign(Invalid):
    """This signature is not possible."""

    code = "conventions.cannot_sign"
    message = "This convention cannot be signed: {why}."
    advice = "A draft is signed once by each of its parties, by one of its members entitled to."


class NotInForce(Invalid):
    """What is asked needs a convention in force."""

    code = "conventions.not_in_force"
    message = "This cannot be done now: {why}."
    advice = "It rests on a convention, or a framework for help, signed by every party and in force."
