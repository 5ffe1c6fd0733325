"""Errors of the house: one root, a stable code, a sentence that can be translated, structured fields.

A subclass sets `code` (stable, dotted, never reused) and `message` (English, a
`str.format` template over the fields, also the gettext msgid). `advice` says what to do.
"""

from __future__ import annotations

from typing import ClassVar


class BeffroiError(Exception):
    """The root of every error that the house raises on purpose."""

    code: ClassVar[str] = "beffroi.error"
    message: ClassVar[str] = "Something went wrong."
    advice: ClassVar[str] = ""
    status: ClassVar[int] = 400
    #: Who refused so is left alone for so long before it is asked again by itself (s; 0: no matter).
    wait_s: ClassVar[float] = 0.0

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(self.sentence())

    def sentence(self, template: str | None = None) -> str:
        """The message with its fields filled in; `template` is a translation of `message`."""
        return (template or self.message).format(**self.fields)

    def as_dict(self) -> dict[str, object]:
        """What an API answers: code, message, advice and the fields as text."""
        return {
            "code": self.code,
            "message": self.sentence(),
            "advice": self.advice,
            "fields": {key: str(value) for key, value in self.fields.items()},
        }


class NotFound(BeffroiError):
    """What was asked for is not there, or may not be known to be there."""

    code = "beffroi.not_found"
    message = "Not found: {what}."
    status = 404


class Refused(BeffroiError):
    """A door stays shut; `reason` says why, `action` what was asked."""

    code = "people.refused"
    message = "Refused: {action}. {reason}"
    advice = "Ask the administrator of your organisation, or give the ground that this act needs."
    status = 403


class Invalid(BeffroiError):
    """Input that cannot be taken: what, where, and why."""

    code = "beffroi.invalid"
    message = "{where}: {why}."
    status = 422
