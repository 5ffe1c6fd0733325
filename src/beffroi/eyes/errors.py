"""Why nobody looks through a camera, said so that it can be put right."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class UnknownCamera(NotFound):
    """The territory has no such camera, or nothing tells how it gives images."""

    code = "eyes.unknown_camera"
    message = "No image can be had of {device}: nobody has declared how."
    advice = "An administrator declares it with `beffroi camera declare`."


class NotViewable(BeffroiError):
    """The right is there, and the camera may not or cannot be looked through now."""

    code = "eyes.not_viewable"
    message = "{device} cannot be looked through."
    status = 409


class Masked(NotViewable):
    """The place is masked."""

    code = "eyes.masked"
    message = "{device} is masked: what it sees may not be looked at."
    advice = "Choose another camera."


class OutOfService(NotViewable):
    """The device is out of service."""

    code = "eyes.out_of_service"
    message = "{device} is out of service."
    advice = "Choose another camera."


class OnlyInExercise(NotViewable):
    """An exercise is no ground to look through a real camera, nor a real act one for an invented camera."""

    code = "eyes.exercise"
    message = "{device} and this incident are not of the same world: one of the two is an exercise."
    advice = "In an exercise, only the cameras of the exercise are looked through."


class NoWay(NotViewable):
    """The camera has no address for what is asked."""

    code = "eyes.no_way"
    message = "{device} has no address for that."
    advice = "An administrator declares it with `beffroi camera declare`."


class TooMany(NotViewable):
    """A member looks through so many cameras at most."""

    code = "eyes.too_many"
    message = "You are looking through {number} cameras already."
    advice = "Close one of them first."


class BadSpan(Invalid):
    """The recorder is asked for a span that is none."""

    code = "eyes.bad_span"
    message = "This is no span of time: it ends before it begins, lies ahead, or lacks one of its two times."
    advice = "Give its beginning and its end."


class SpanTooLong(BadSpan):
    """A span longer than the installation allows."""

    code = "eyes.span_too_long"
    message = "A span of the recorder is {minutes} min at most."
    advice = "Choose a shorter one, then the next."


class SpanTooFar(BadSpan):
    """A span further back than the installation allows."""

    code = "eyes.span_too_far"
    message = "The recorder may be looked at {hours} h back at most."
    advice = "Older images are for an investigation: they take a requisition."


class BadCamera(Invalid):
    """A declaration that cannot be taken."""

    code = "eyes.bad_camera"


class NoLook(NotFound):
    """No such look, or somebody else's."""

    code = "eyes.no_look"
    message = "There is no such look."


class LookOver(BeffroiError):
    """The look has ended."""

    code = "eyes.look_over"
    message = "This look has ended."
    advice = "Look again: it is written anew."
    status = 410
