"""Why a camera is not moved."""

from __future__ import annotations

from uuid import UUID

from beffroi.foundation.errors import BeffroiError, Invalid


class HeldByOther(BeffroiError):
    """Somebody else holds the camera; `member` is who, `may_take` whether a reason would do."""

    code = "eyes.camera_held"
    message = "Somebody else is moving {device}."
    advice = "Wait until it is free, or take it with a reason where what you watch comes first."
    status = 409

    def __init__(self, *, device: str, member: UUID, may_take: bool) -> None:
        self.member, self.may_take = member, may_take
        super().__init__(device=device)


class NotHeld(BeffroiError):
    """There is nothing to let go or to stop."""

    code = "eyes.camera_not_held"
    message = "You do not hold {device}."
    status = 409


class BadMove(Invalid):
    """A movement that there is not."""

    code = "eyes.bad_move"
