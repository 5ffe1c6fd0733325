"""What is wrong with a complement, or with what a register is asked."""

from __future__ import annotations

from beffroi.foundation.errors import Invalid


class BadComplement(Invalid):
    """A section that is not to be completed, or not so."""

    code = "registers.bad_complement"
    message = "This cannot be kept: {where}: {why}."


class BadPeriod(Invalid):
    """A period that is none, or longer than a register answers at once."""

    code = "registers.bad_period"
    message = "This period cannot be shown: {why}."
    advice = "Ask for a year at most, the first day before the last."
