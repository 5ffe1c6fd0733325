"""What may go wrong at the API itself; the rooms that are called have errors of their own."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class TooOften(BeffroiError):
    """More requests than one program, or one unknown caller, may send."""

    code = "api.too_often"
    message = "More than {most} requests in a minute."
    advice = (
        "Wait as long as Retry-After says; follow /api/v1/events, or take notifications, instead of asking."
    )
    status = 429


class InvalidRequest(Invalid):
    """A parameter or a body that is not what the operation takes; `errors` lists each."""

    code = "api.invalid_request"
    message = "The request is not what this operation takes."
    advice = "See /api/v1/docs for what it takes."


class UnreadableBody(BeffroiError):
    """A body that is not JSON."""

    code = "api.unreadable_body"
    message = "The body is not JSON."
    advice = "Send application/json, in UTF-8."


class BodyTooLarge(BeffroiError):
    """A body longer than any operation takes."""

    code = "api.body_too_large"
    message = "The body is longer than {most} bytes."
    advice = "No operation of this API takes so much: see /api/v1/docs."
    status = 413


class NoSuchOperation(NotFound):
    """An address that the API does not have."""

    code = "api.no_such_operation"
    message = "There is no such operation."
    advice = "See /api/v1/docs for those there are."


class OtherMethod(BeffroiError):
    """An address that takes another method."""

    code = "api.other_method"
    message = "This address does not take {method}."
    advice = "See /api/v1/docs for what it takes."
    status = 405


class BadCursor(Invalid):
    """A cursor that this list did not give."""

    code = "api.bad_cursor"
    message = "This cursor is none of this list's."
    advice = "Take `next` from the page before, as it is, with the same filters."


class KeyNeeded(BeffroiError):
    """A change without an Idempotency-Key."""

    code = "api.key_needed"
    message = "A change needs an Idempotency-Key."
    advice = "Send a new UUID in the header Idempotency-Key, and the same one when you send it again."


class KeyReused(BeffroiError):
    """A key that came with another request."""

    code = "api.key_reused"
    message = "This Idempotency-Key came with another request before."
    advice = "Take a new key for each change."
    status = 422


class MatchNeeded(BeffroiError):
    """A change that does not say which version it was decided on."""

    code = "api.match_needed"
    message = "This change needs If-Match."
    advice = "Send the ETag of the incident as you read it, or `*` to change whatever it is by now."
    status = 428


class NotAsRead(BeffroiError):
    """The incident is no longer as the program read it."""

    code = "api.not_as_read"
    message = "{reference} changed since you read it."
    advice = "Read it again, then decide."
    status = 412


class PositionAhead(Invalid):
    """A position dated in the future."""

    code = "api.position_ahead"
    message = "This position is dated in the future: it would hide every true one until then."
    advice = "Set the clock of the device."
