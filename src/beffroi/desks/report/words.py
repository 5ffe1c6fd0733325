"""The words of signals in the reader's language, and the picture of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from beffroi.before.signal import rules

WHAT = {
    "signal.vehicle_slow": (_("A vehicle"), _("driving slowly, coming back, parked oddly"), "car"),
    "signal.person_loitering": (_("Someone"), _("watching, ringing at doors, entering plots"), "users-round"),
    "signal.noise": (_("A noise"), _("glass, a door forced, an alarm"), "volume-2"),
    "signal.other": (_("Something else"), _("a door open, a light, damage"), "circle-help"),
}
QUESTIONS = {
    "vehicle": _("Which vehicle?"),
    "colour": _("Its colour"),
    "moving": _("How does it move?"),
    "doing": _("Doing what?"),
    "how_many": _("How many?"),
    "sound": _("Which noise?"),
    "sight": _("What is it?"),
}
ANSWERS = {
    "vehicle": {
        "car": _("car"),
        "van": _("van"),
        "lorry": _("lorry"),
        "two_wheels": _("two wheels"),
        "other": _("other"),
    },
    "colour": {"light": _("light"), "dark": _("dark"), "bright": _("bright"), "unsure": _("not sure")},
    "moving": {
        "slowly": _("slowly"),
        "back_and_forth": _("back and forth"),
        "stopped": _("stopped, someone inside"),
        "leaving": _("leaving fast"),
    },
    "doing": {
        "watching_houses": _("watching houses"),
        "looking_in_vehicles": _("looking into vehicles"),
        "ringing_at_doors": _("ringing at doors"),
        "entering_plots": _("entering plots"),
    },
    "how_many": {"one": _("one"), "two": _("two"), "more": _("more")},
    "sound": {
        "glass": _("broken glass"),
        "forced_door": _("a door forced"),
        "alarm": _("an alarm"),
        "engine": _("engines"),
        "voices": _("shouting"),
    },
    "sight": {
        "door_open": _("a door left open"),
        "light_inside": _("a light inside a closed place"),
        "damage": _("damage"),
        "left_object": _("an object left"),
        "else": _("none of these"),
    },
}
AGES = (
    (0, _("now")),
    (5, _("5 min ago")),
    (15, _("15 min ago")),
    (30, _("30 min ago")),
    (60, _("1 h ago")),
    (120, _("2 h ago")),
)
# What `rules.Unsaid` may say, so that each is translated.
FAULTS = {
    "what": gettext_noop("Choose what you saw."),
    "place": gettext_noop("Say where: your position, a place on the map or a street of the list."),
    "place_far": gettext_noop("This place is not in the territory that you report for."),
    "when": gettext_noop("Choose when you saw it, at most a day ago."),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A closed question about what was seen: its name in the form and its answers (code, words)."""

    key: str
    title: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be reported, with its questions."""

    key: str
    title: str
    hint: str
    icon: str
    questions: tuple[Question, ...]


def choices() -> list[Choice]:
    """What can be reported, in the order of the page."""
    return [_choice(key) for key in rules.WHAT]


def _choice(key: str) -> Choice:
    title, hint, icon = WHAT[key]
    questions = tuple(
        Question(
            question, str(QUESTIONS[question]), tuple((code, str(ANSWERS[question][code])) for code in codes)
        )
        for question, codes in rules.DETAILS[key].items()
    )
    return Choice(key, str(title), str(hint), icon, questions)


def ages() -> list[tuple[int, str]]:
    """How long ago it may have been, in minutes and in words."""
    return [(minutes, str(words)) for minutes, words in AGES]


def said(what: str, details: dict[str, str]) -> str:
    """A signal in one line: `A vehicle: van, light, slowly`."""
    title = str(WHAT[what][0]) if what in WHAT else what
    answers = [str(ANSWERS[question][answer]) for question, answer in details.items()]
    return f"{title}\u202f: {', '.join(answers)}" if answers else title


def seen_before(minutes: str) -> timedelta | None:
    """The age chosen, None when it is none of those proposed."""
    known = {str(each): each for each, _words in AGES}
    return timedelta(minutes=known[minutes]) if minutes in known else None
