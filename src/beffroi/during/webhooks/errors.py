"""What may go wrong with notifications."""

from __future__ import annotations

from beffroi.foundation.errors import Invalid, NotFound


class BadSubscription(Invalid):
    """A subscription that cannot be kept."""

    code = "webhook.bad_subscription"
    message = "{where}: {why}."
    advice = "See the guide of integrators; `beffroi webhook kinds` lists what can be told."


class UnknownSubscription(NotFound):
    """No such subscription."""

    code = "webhook.unknown"
    message = "There is no such subscription."
