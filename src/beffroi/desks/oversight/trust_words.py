"""The words of retention, registers and unusual looking, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from beffroi.desks.duty.words import Words, said
from beffroi.trust.retention.terms import kinds

GROUNDS: Words = {
    "requisition": _("requisition"),
    "access_request": _("request for access"),
}
RULES: Words = {
    "volume": _("Many more looks than usual"),
    "night": _("Looks at night"),
    "outside": _("Looks outside the zone served"),
    "own_street": _("Looks into one's own street"),
    "same_camera": _("The same camera again and again"),
    "no_incident": _("Many looks without an incident"),
}
DECISIONS: Words = {
    "explained": _("explained"),
    "accepted": _("accepted"),
    "followed_up": _("to be followed up"),
}
IMAGES: Words = {
    "looked": _("Recording looked at"),
    "destroyed": _("Images destroyed"),
    "handed_over": _("Package sealed to be handed over"),
}
SECTIONS: Words = {
    "controller": _("Who answers for the processing"),
    "contact": _("How to reach the data-protection officer"),
    "recipients": _("Other recipients"),
    "transfers": _("Transfers outside the European Union"),
    "security": _("Other security measures"),
    "context": _("Context and stakes"),
    "necessity": _("Why it is necessary and proportionate"),
    "rights": _("How people are told, and how they use their rights"),
    "risks": _("Risks for people, and how likely and how grave they are"),
    "measures": _("Measures planned against these risks"),
    "opinion": _("Opinion of the data-protection officer"),
}
FACTS: Words = {
    "trust.term_set": _("Term of retention changed"),
    "trust.hold_placed": _("Hold placed"),
    "trust.hold_released": _("Hold released"),
    "trust.erased": _("Data erased, their time was over"),
    "trust.erasure_late": _("Erasure late"),
    "trust.unusual_looking": _("Unusual looking noticed"),
    "trust.unusual_decided": _("Unusual looking decided of"),
    "trust.own_street_declared": _("Own street declared"),
    "trust.document_completed": _("Register completed"),
}
#: Fields and reasons of refusals, whose own words are English: named here to be translated.
REFUSALS = (
    gettext_noop("days"),
    gettext_noop("subject"),
    gettext_noop("ground"),
    gettext_noop("reference"),
    gettext_noop("until"),
    gettext_noop("decision"),
    gettext_noop("reason"),
    gettext_noop("keep it a day at least"),
    gettext_noop("it is longer than the limit"),
    gettext_noop("is no kind of data kept here"),
    gettext_noop("name what it keeps, such as incident:… or device:…"),
    gettext_noop("is no identifier"),
    gettext_noop("is neither a requisition nor a request for access"),
    gettext_noop("it is longer than a year"),
    gettext_noop("is no section to complete"),
    gettext_noop("choose one"),
    gettext_noop("give a number of days"),
)


def fact(rule: str, figures: Mapping[str, Any]) -> str:
    """The plain fact of an alert, with its figures."""
    said_of: Mapping[str, str] = {
        "volume": gettext("%(looks)d looks in a day of service; usually %(usual)d, over %(days)d days."),
        "night": gettext("%(looks)d looks at night, none for an incident."),
        "outside": gettext("%(looks)d looks in a territory whose shift they had not taken over."),
        "own_street": gettext("%(looks)d looks into the street that they declared as theirs."),
        "same_camera": gettext("%(looks)d looks through this camera in %(days)d days, none for an incident."),
        "no_incident": gettext("%(looks)d looks in a day of service, none for an incident."),
    }
    return said_of[rule] % figures


def threshold(rule: str, figures: Mapping[str, Any]) -> str:
    """The threshold that it passed."""
    if rule == "volume":
        return gettext("Threshold: %(threshold)g times one's own usual day.") % figures
    words = ngettext(
        "Threshold: %(threshold)d look.", "Threshold: %(threshold)d looks.", figures["threshold"]
    )
    return words % figures


def erased(body: Mapping[str, Any]) -> str:
    """What went: its kind, and how many."""
    kind = kinds().get(body["kind"])
    return f"{kind.name if kind else body['kind']}: {body['count']}"


def term(body: Mapping[str, Any]) -> str:
    """A kind of data and how long it is kept."""
    kind = kinds().get(body["kind"])
    counted = ngettext("%(days)d day", "%(days)d days", body["days"]) % {"days": body["days"]}
    return f"{kind.name if kind else body['kind']}: {counted}"


def hold(body: Mapping[str, Any]) -> str:
    """The ground of a hold."""
    return f"{said(GROUNDS, body['ground'])} {body['reference']}"


DETAILS = {
    "trust.term_set": term,
    "trust.hold_placed": hold,
    "trust.erased": erased,
    "trust.erasure_late": erased,
    "trust.document_completed": lambda body: said(SECTIONS, body["section"]),
}
