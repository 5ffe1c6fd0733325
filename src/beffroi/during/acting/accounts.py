"""Who may hear commands at the built-in broker, and that nobody but us may give them."""

from __future__ import annotations

import secrets
from collections import defaultdict

import bcrypt

from beffroi.during.acting import models
from beffroi.during.intake.broker import Device, Devices
from beffroi.foundation import clock

#: Tokens hold 256 random bits: the least cost of bcrypt is enough, and the broker starts at once.
_BCRYPT_COST = 4


def devices() -> Devices:
    """The accounts of devices with their topics, and the topics on which only our client may speak."""
    live = models.Actuator.objects.filter(retired_at=None).select_related("account")
    hears: dict[models.Account, list[str]] = defaultdict(list)
    says: dict[models.Account, list[str]] = defaultdict(list)
    for each in live.order_by("command_topic"):
        hears[each.account].append(each.command_topic)
        says[each.account].append(each.state_topic)
    return Devices(
        accounts=[
            Device(each.login, each.broker_hash, tuple(hears[each]), tuple(dict.fromkeys(says[each])))
            for each in sorted(hears, key=lambda each: each.login)
        ],
        reserved=tuple(topic for topics in hears.values() for topic in topics),
    )


def make(territory: str, key: str) -> tuple[models.Account, str]:
    """An account with a new token, shown this once; one that is there loses its former token."""
    token = secrets.token_urlsafe(32)
    hashed = bcrypt.hashpw(token.encode(), bcrypt.gensalt(_BCRYPT_COST)).decode()
    row, _new = models.Account.objects.update_or_create(
        territory_key=territory, key=key, defaults={"broker_hash": hashed, "made_at": clock.now()}
    )
    return row, token
