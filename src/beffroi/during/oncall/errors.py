"""What may go wrong on call, said so that the next move is clear."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid, NotFound


class BadLine(Invalid):
    """A line of the rota that cannot be kept."""

    code = "oncall.bad_line"
    message = "{where}: {why}."


class BadContact(Invalid):
    """A contact point that cannot be used."""

    code = "oncall.bad_contact"
    message = "{where}: {why}."


class NumberTaken(BeffroiError):
    """Replies are known by their number: two people cannot share one."""

    code = "oncall.number_taken"
    message = "This number is already another member's."
    advice = "Give each their own number: a reply is taken in the name of whose number it is."
    status = 409


class MayNotAnswer(BeffroiError):
    """A member whose roles do not let them take an incident of the territory."""

    code = "oncall.may_not_answer"
    message = "This member may not be on call here: no role of theirs opens it."
    advice = "Give them a role over the territory first: beffroi people grant --help"
    status = 422


class UnknownLine(NotFound):
    """No such line of the rota."""

    code = "oncall.unknown_line"
    message = "There is no such line of the rota."


class UnknownLink(NotFound):
    """No such link, or one whose time is over."""

    code = "oncall.unknown_link"
    message = "This link is not known, or its time is over."
    advice = "Ask the duty desk for a new one."


class LinkBound(BeffroiError):
    """The link was opened in another browser."""

    code = "oncall.link_bound"
    message = "This link was already opened in another browser: it opens in one only."
    advice = "Use the browser in which it was opened first, or ask the duty desk for a new one."
    status = 410


class UnknownAnswer(NotFound):
    """No such address for an answer, or one whose time is over."""

    code = "oncall.unknown_answer"
    message = "This address is not known, or its time is over."


class BadGateway(BeffroiError):
    """The file that declares the gateways cannot be used."""

    code = "oncall.bad_gateway"
    message = "{file}: {where} {why}."
    advice = "See docs/design/oncall.md for what the file holds, with two whole examples."


class NoChannel(BeffroiError):
    """A channel that this installation has not set up."""

    code = "oncall.no_channel"
    message = "{channel} is not set up."
    advice = "Declare a gateway (setting oncall_gateways) or a mail server (setting smtp_host)."


class WrongToken(BeffroiError):
    """A gateway that does not hold the token of its declaration."""

    code = "oncall.wrong_token"
    message = "No gateway is known by this token."
    advice = "Give the gateway the token that its declaration names."
    status = 401
