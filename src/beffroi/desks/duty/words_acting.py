"""The words of what the town can switch, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beffroi.desks.duty.words import Words, said

KINDS: Words = {
    "lamps": _("street lamps"),
    "bollard": _("bollard"),
    "barrier": _("barrier"),
    "loudspeaker": _("loudspeaker"),
}
ICONS = {"lamps": "lightbulb", "bollard": "car", "barrier": "door-open", "loudspeaker": "volume-2"}
#: What one presses.
ACTS: Words = {
    "brighten": _("Turn the lamps up"),
    "normal": _("Lamps back to normal"),
    "lower": _("Lower the bollard"),
    "raise": _("Raise the bollard"),
    "open": _("Open the barrier"),
    "close": _("Close the barrier"),
    "halt": _("Stop it where it is"),
    "say": _("Say a message…"),
    "hush": _("Silence it"),
}
#: How it says it stands.
SAID: Words = {
    "brighten": _("turned up"),
    "normal": _("normal"),
    "lower": _("lowered"),
    "raise": _("raised"),
    "open": _("it is open"),
    "close": _("it is closed"),
    "halt": _("stopped"),
    "say": _("speaking"),
    "hush": _("silent"),
}
STATES: Words = {
    "asked": _("asked"),
    "sending": _("being sent"),
    "sent": _("sent, its answer is awaited"),
    "confirmed": _("done, it says so"),
    "refused": _("it refused"),
    "no_answer": _("no answer in time: look at it"),
    "not_sent": _("not sent: no way to it was open"),
    "unsure": _("perhaps sent: look at it before you ask again"),
    "kept": _("exercise: nothing was sent"),
}
#: A tick, a wait, or a sign that somebody must look.
MARKS = {
    "confirmed": "check",
    "kept": "info",
    "refused": "triangle-alert",
    "no_answer": "triangle-alert",
    "not_sent": "triangle-alert",
    "unsure": "triangle-alert",
}
SEEN: Words = {
    "camera": _("I see it on a camera"),
    "on_site": _("I am there"),
    "radio": _("somebody there tells me"),
}
PURPOSES: Words = {
    "emergency_access": _("let the emergency services through"),
    "safety": _("make a place safe"),
    "event": _("an event that was announced"),
    "maintenance": _("a repair or a test"),
}
FACTS: Words = {
    "acting.declared": _("Equipment that can be commanded"),
    "acting.retired": _("Equipment no longer commanded"),
    "acting.account_made": _("Equipment’s account"),
    "acting.asked": _("Command asked"),
    "acting.kept": _("Command of an exercise, not sent"),
    "acting.sent": _("Command sent"),
    "acting.confirmed": _("Command done"),
    "acting.refused": _("Command refused by the device"),
    "acting.no_answer": _("Command without an answer"),
    "acting.not_sent": _("Command not sent"),
    "acting.unsure": _("Command perhaps sent"),
}


def told(name: str, act: str) -> str:
    """What was told to what."""
    return gettext("%(title)s: %(name)s") % {"title": name, "name": said(ACTS, act).lower().rstrip("…")}


def acted(body: dict[str, object] | object) -> str:
    """The detail of a fact about a command: what it was told to what."""
    assert isinstance(body, dict)  # noqa: S101 - facts' bodies are objects
    parts = [told(str(body["actuator"]), str(body["act"]))]
    if body.get("text"):
        parts.append(str(body["text"]))
    if body.get("seen"):
        parts.append(said(SEEN, str(body["seen"])))
    if body.get("purpose"):
        parts.append(said(PURPOSES, str(body["purpose"])))
    return ", ".join(parts)
