"""Codes of on-call in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

DAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"), _("Holidays"))
CHANNELS: Words = {"sms": _("text message"), "voice": _("voice call"), "email": _("e-mail")}
THRESHOLDS: Words = {
    "confirmed": _("Only what is confirmed"),
    "to_check": _("What is to check too"),
    "never": _("Nothing"),
}
WHOM: Words = {
    "gendarmerie": _("Gendarmerie"),
    "police": _("Police"),
    "fire_brigade": _("Fire brigade"),
    "ambulance": _("Ambulance service"),
}
WHY: Words = {
    "no_one_on_call": _("nobody is on call"),
    "no_answer": _("nobody answered"),
    "all_passed": _("everyone passed it on"),
}
STATES: Words = {
    "queued": _("to be sent"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "failed": _("could not be sent"),
    "stopped": _("no longer needed"),
    "kept": _("kept: exercise"),
}
FAULTS: Words = {
    "timeout": _("no answer in time"),
    "unreachable": _("cannot be reached"),
    "no_address": _("no number or address"),
    "no_channel": _("not set up"),
    "not_delivered": _("not delivered"),
    "not_encrypted": _("the mail server offers no encryption"),
    "tls": _("its certificate is not trusted"),
    "refused": _("refused by the gateway"),
}


def said(table: Words, code: str) -> str:
    """The words of a code; the code itself where there are none."""
    return str(table[code]) if code in table else code
