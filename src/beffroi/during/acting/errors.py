"""What may go wrong when something is to be switched, said so that the next move is clear."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class UnknownActuator(NotFound):
    """No such actuator, or one that was retired."""

    code = "acting.unknown"
    message = "There is nothing to switch by that name."


class BadCommand(Invalid):
    """A command that its actuator does not know, or that says not what for."""

    code = "acting.bad_command"
    message = "{where}: {why}."


class NotChecked(BeffroiError):
    """Something would move, and nobody said that they saw that nobody stands there."""

    code = "acting.not_checked"
    message = "{name} moves: say first how you saw that nobody stands there."
    advice = "Look at it on a camera, or ask somebody who is there; nothing was sent."
    status = 422


class Busy(BeffroiError):
    """The actuator is still about an earlier command."""

    code = "acting.busy"
    message = "{name} has not answered the last command yet: nothing more was sent."
    advice = "Wait for its answer or for the end of its time, some seconds."
    status = 409


class OtherWorld(BeffroiError):
    """A training device asked for in real, which would do nothing where something is needed."""

    code = "acting.training_only"
    message = "{name} is for training only: it does nothing in a real incident."
    status = 409
