"""What acting says in the journal: identifiers and codes; never the words of a message, nor a secret."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class Declared(Fact, fact="acting.declared", version=1):
    """An actuator may be commanded from now on; `sha256` (hexadecimal) is that of its declaration."""

    kind: str
    device: str
    account: str
    sha256: str
    exercise: bool = False


class Retired(Fact, fact="acting.retired", version=1):
    """An actuator may no longer be commanded."""

    exercise: bool = False


class AccountMade(Fact, fact="acting.account_made", version=1):
    """A device's account at the broker was made, or given a new token (`again`)."""

    account: str
    again: bool = False


class Asked(Fact, fact="acting.asked", version=1):
    """A command was asked: written before it is sent.

    `number` is the incident's (0: none, then `purpose` says what for), `text` the key of an approved text,
    `seen` how somebody saw that nobody stands there, `minutes` after which the normal follows (0: never by
    itself), `ends` the command that this one puts an end to.
    """

    number: int
    command: str
    actuator: str
    act: str
    purpose: str = ""
    text: str = ""
    seen: str = ""
    minutes: int = 0
    ends: str = ""
    exercise: bool = False


class _Became(Fact):
    """What a command is named by."""

    number: int
    command: str
    actuator: str
    act: str
    exercise: bool = False


class Kept(_Became, fact="acting.kept", version=1):
    """An exercise: the command was kept, and nothing left for the real thing."""


class Sent(_Became, fact="acting.sent", version=1):
    """The broker has the command on its disk; `attempt` counts from 1."""

    attempt: int = 1


class Confirmed(_Became, fact="acting.confirmed", version=1):
    """The device said that it is done, `seconds` after the command was asked."""

    seconds: float = 0.0


class RefusedByDevice(_Became, fact="acting.refused", version=1):
    """The device said that it does not."""

    seconds: float = 0.0


class NoAnswer(_Became, fact="acting.no_answer", version=1):
    """The device said nothing in its time: it may have done it or not."""


class NotSent(_Became, fact="acting.not_sent", version=1):
    """The command never left: the way to the device was cut until it was too late."""


class Unsure(_Became, fact="acting.unsure", version=1):
    """Whoever sent it ended while sending: nobody knows whether it left, and it is not sent again."""
