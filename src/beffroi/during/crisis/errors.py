"""What may go wrong in a crisis, said so that the next move is clear at three in the morning."""

from __future__ import annotations

from collections.abc import Sequence

from beffroi.during.crisis.rules.sheet import Fault
from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class UnknownCrisis(NotFound):
    """No such crisis, or none that may be known of."""

    code = "crisis.unknown"
    message = "There is no such crisis."


class AlreadyOpen(BeffroiError):
    """A territory lives one crisis at a time, one real and one exercise."""

    code = "crisis.already_open"
    message = "The plan is at work already."
    advice = "Open it: its level can be changed there."
    status = 409


class Over(BeffroiError):
    """What has ended stays ended."""

    code = "crisis.over"
    message = "This crisis has ended."
    advice = "Put the plan to work again if it is needed."
    status = 409


class BadEntry(Invalid):
    """Something that the plan does not know, or words that are missing."""

    code = "crisis.bad_entry"
    message = "{where}: {why}."


class BadLines(Invalid):
    """Lines of a sheet that cannot be taken: all of them, so that they are mended in one go."""

    code = "crisis.bad_lines"
    message = "{count} lines of this file cannot be taken: nothing was changed."
    advice = "Mend the lines named here and send the file again."

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)


class NotValidated(BeffroiError):
    """Nothing leaves before the mayor or a deputy validated it."""

    code = "crisis.not_validated"
    message = "This message was not validated: it cannot leave."
    advice = "The mayor or a deputy reads it and validates it first."
    status = 409
