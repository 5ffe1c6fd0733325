"""What goes wrong with witnesses, said so that it can be put right."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class BadWitness(Invalid):
    """What was given of a witness, or of an installation to keep, cannot be taken."""

    code = "witnesses.bad"
    message = "This witness cannot be taken: {where}: {why}."
    advice = "Ask for its name, address and key again, by another way than the network."


class UnknownWitness(NotFound):
    """Nobody of that name keeps our heads."""

    code = "witnesses.unknown"
    message = "No witness {what} is known here."
    advice = "See `beffroi witness list`."


class BadCounterSignature(BeffroiError):
    """An answer that is not this witness's signature of that head."""

    code = "witnesses.bad_signature"
    message = "What {name} answered is not its signature of the head that was proposed."
    advice = "Compare the witness's key with the one that it reads to you by telephone."
    status = 422
