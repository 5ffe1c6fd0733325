"""What is wrong with a term or a hold, and an erasure that did not take."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class BadTerm(Invalid):
    """A town may not keep this kind of data so long."""

    code = "retention.bad_term"
    message = "This term cannot be set: {where}: {why}."
    advice = "A town may shorten a term, and lengthen it up to the limit shown beside it."


class BadHold(Invalid):
    """A hold that names no ground, or nothing to keep."""

    code = "retention.bad_hold"
    message = "This hold cannot be placed: {where}: {why}."
    advice = "A hold names what it keeps, and the requisition or the request for which it does."


class UnknownHold(NotFound):
    """No such hold stands here."""

    code = "retention.unknown_hold"
    message = "No hold {what} stands here."
    advice = "See `beffroi trust holds`."


class NotGone(BeffroiError):
    """What was erased is still there: nothing is told as erased, and it is tried again."""

    code = "retention.not_gone"
    message = "{count} of {kind} in {store} are still there after their erasure."
    advice = "Look whether the disk can be written, then run `beffroi trust expire`."
    status = 500
