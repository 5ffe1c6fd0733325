"""The ways to reach people that this installation has set up."""

from __future__ import annotations

import structlog

from beffroi.during.oncall import gateways
from beffroi.during.oncall.errors import BadGateway
from beffroi.during.oncall.shown import ContactView
from beffroi.foundation.settings import current

_log = structlog.get_logger("oncall")


def set_up() -> frozenset[str]:
    """The channels that can carry a message. A declaration that cannot be read leaves the mail."""
    try:
        found = set(gateways.declared())
    except BadGateway as broken:
        _log.error("gateways unreadable", why=broken.sentence())
        found = set()
    if current().smtp_host:
        found.add("email")
    return frozenset(found)


def usable(contact: ContactView, *, exercise: bool = False) -> list[str]:
    """The channels over which a person is reached, in their order. An exercise needs none set up."""
    have = {"sms": contact.mobile, "voice": contact.mobile, "email": contact.email}
    ready = frozenset(have) if exercise else set_up()
    return [each for each in contact.channels if have.get(each) and each in ready]
