"""What is wrong with an order or an accreditation, said so that it can be put right."""

from __future__ import annotations

from beffroi.foundation.errors import Invalid, NotFound


class BadOrder(Invalid):
    """The law or the register does not take this order."""

    code = "orders.bad_order"
    message = "This order cannot be registered: {where}: {why}."
    advice = "Copy the order as the prefecture signed it."


class BadAgent(Invalid):
    """The law or the register does not take this accreditation."""

    code = "orders.bad_agent"
    message = "This agent cannot be accredited: {where}: {why}."
    advice = "Copy the accreditation as it was signed."


class UnknownOrder(NotFound):
    """The territory has no such order."""

    code = "orders.unknown_order"
    message = "No order {what} is registered here."
    advice = "See `beffroi order list`."


class UnknownAccreditation(NotFound):
    """The territory has no such accreditation."""

    code = "orders.unknown_accreditation"
    message = "No accreditation {what} is registered here."
    advice = "See `beffroi agent list`."
