"""Why a door stayed shut or opened, in words: a code and its values, translated when shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from beffroi.people.catalogue import catalogue

WORDS: Mapping[str, str] = {
    "people.allowed": _("The role allows it."),
    "people.not_signed_in": _("Nobody is signed in."),
    "people.inactive": _("This account is closed."),
    "people.unknown_action": _("The house knows no such act."),
    "people.no_role": _("None of your roles lets you %(act)s."),
    "people.no_role_here": _("None of your roles lets you %(act)s in %(territory)s."),
    "people.ground_missing": _("To %(act)s, give %(ground)s."),
    "people.ground_not_standing": _("To %(act)s, %(ground)s must stand; the one given does not."),
    "people.ground_unanswerable": _("To %(act)s, %(ground)s is needed, and nothing here can confirm it yet."),
    "people.no_order": _("No prefect's order covers this camera today."),
    "people.order_other_purpose": _(
        "The prefect's order that covers this camera does not hold that purpose."
    ),
    "people.not_accredited": _("You are not accredited to look at images there."),
    "people.switch_off": _("To %(act)s, a legal switch must be on, and it is off."),
    "people.second_factor_needed": _("Your role asks for a second factor: set it up before anything else."),
    "people.no_door": _("This page has no door, so it stays shut."),
}

GROUND_WORDS: Mapping[str, str] = {
    "purpose": _("a purpose that the law provides for"),
    "requisition": _("a live requisition"),
    "switch": _("a legal switch that is on"),
    "order": _("a prefect's order that covers the camera"),
    "second_signature": _("a second signature"),
    "accreditation": _("an accreditation to look at images"),
}


def act(action: str) -> str:
    """An action in the reader's language; its key where the catalogue does not know it."""
    known = catalogue().actions.get(action)
    if known is None:
        return action
    return known.en if (get_language() or "fr").startswith("en") else known.fr


def words(code: str, action: str, params: Mapping[str, str]) -> str:
    """The sentence of a reason in the reader's language. A room's own code is shown as it is."""
    template = WORDS.get(code)
    if template is None:
        return code
    ground = GROUND_WORDS.get(params.get("ground", ""), "")
    values = {**params, "act": act(action), "ground": gettext(ground) if ground else ""}
    return gettext(template) % values
