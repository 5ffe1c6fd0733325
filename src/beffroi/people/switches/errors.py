"""What is wrong with a switch, said so that it can be put right."""

from __future__ import annotations

from beffroi.foundation.errors import Invalid, NotFound


class BadSwitch(Invalid):
    """A capability is not allowed by this decision."""

    code = "switches.bad_switch"
    message = "This legal switch cannot be turned on: {where}: {why}."
    advice = "Copy the decision as it was signed."


class UnknownSwitch(NotFound):
    """The territory has no such decision."""

    code = "switches.unknown"
    message = "No decision {what} is kept here."
    advice = "See `beffroi switch list`."
