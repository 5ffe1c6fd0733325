"""Sentences of the phone that are not on the page when it is made: refusals, and what scripts say."""

from __future__ import annotations

from django.utils.translation import gettext

from beffroi.during.dispatch.shown import TapView


def tap_words(told: TapView) -> str:
    """Why a tap changed nothing, in the reader's language."""
    said = gettext(told.sentence).format(**told.fields)
    return f"{said} {gettext(told.advice)}" if told.advice else said


def for_scripts() -> dict[str, str]:
    """What the page's scripts say; `{count}`, `{act}`, `{time}` are filled in there."""
    return {
        "offline": gettext("no network"),
        "online": gettext("in touch with the duty desk"),
        "waiting_one": gettext("{count} action waits"),
        "waiting_many": gettext("{count} actions wait"),
        "sending": gettext("sending…"),
        "undo": gettext("{act}, {time}"),
        "refused": gettext("Refused: {act}, {time}."),
        "signed_out": gettext("Your sign-in is over: sign in again, nothing is lost."),
        "shared": gettext("position shared"),
        "not_shared": gettext("position not shared"),
        "denied": gettext("the phone does not give its position"),
        "searching": gettext("looking for the position…"),
        "keep": gettext("Keep pressing…"),
        "distress_sent": gettext("Alert received at {time}. Stay on the radio."),
        "distress_waits": gettext("No network: the alert waits. Call by radio NOW."),
    }
