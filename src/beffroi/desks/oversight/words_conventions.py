"""The words of conventions, help between centres and parties, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from beffroi.desks.duty.words import Words, said

MATTERS: Words = {
    "incidents": _("Incidents and the log"),
    "handling": _("Handling incidents and calls"),
    "units": _("Units and where they are"),
    "sending": _("Sending units"),
    "live": _("Cameras, live"),
    "recordings": _("Recordings"),
    "signals": _("Residents' signals"),
    "equipment": _("Devices and switching them"),
    "crisis": _("The crisis page"),
    "notes": _("Notes, as they were written"),
    "calls": _("What callers said"),
    "contacts": _("Who was called or told"),
    "oversight": _("Registers: looks, orders, switches"),
}
PURPOSES: Words = {
    "incident": _("an open incident"),
    "prevention": _("attacks on people and goods"),
    "rescue": _("rescue"),
    "disaster": _("natural or technological risks"),
    "traffic": _("traffic"),
    "upkeep": _("whether the camera works"),
}
KINDS: Words = {
    "standing": _("Standing: it opens from its first day"),
    "framework": _("Framework: it opens while help is asked"),
}
STATES: Words = {
    "draft": _("draft"),
    "to_come": _("to come"),
    "in_force": _("in force"),
    "ended": _("ended"),
}
WHY: Words = {
    "asked": _("asked"),
    "unattended": _("the queue was unattended"),
    "nobody": _("nobody on call answered"),
    "handed_back": _("handed back"),
    "time": _("its time was over"),
}
ORGANISATIONS: Words = {
    "commune": _("Commune"),
    "epci": _("Group of communes (EPCI)"),
    "syndicat_mixte": _("Joint authority (syndicat mixte)"),
    "police_municipale": _("Municipal police"),
    "gendarmerie": _("Gendarmerie"),
    "police_nationale": _("National police"),
    "sdis": _("Fire and rescue (SDIS)"),
    "samu": _("Ambulance service (SAMU)"),
    "prefecture": _("Prefecture"),
    "justice": _("Justice"),
    "telesurveillance": _("Telesurveillance company"),
    "integrator": _("Integrator"),
    "business": _("Shop"),
    "landlord": _("Landlord"),
    "referents": _("Residents' referents"),
    "other": _("Other"),
}
COMPETENCES: Words = {
    "public_order": _("public order"),
    "judicial_police": _("criminal investigation"),
    "fire": _("fire"),
    "medical_rescue": _("medical rescue"),
    "video_protection": _("video protection"),
    "prevention": _("prevention"),
    "roads": _("roads"),
    "lighting": _("street lighting"),
    "housing": _("housing"),
    "education": _("schools"),
    "transport": _("transport"),
    "remote_monitoring": _("remote monitoring"),
    "maintenance": _("maintenance of devices"),
    "participation_citoyenne": _("Participation citoyenne"),
}
GROUNDS: Words = {
    "purpose": _("a purpose"),
    "requisition": _("a requisition"),
    "switch": _("a legal switch"),
    "order": _("a prefect's order that covers the camera"),
    "second_signature": _("a second signature"),
    "accreditation": _("an accreditation"),
}
DAYS = (
    ("mon", _("Mon")), ("tue", _("Tue")), ("wed", _("Wed")), ("thu", _("Thu")), ("fri", _("Fri")),
    ("sat", _("Sat")), ("sun", _("Sun")),
)  # fmt: skip
FACTS: Words = {
    "people.territory_answered": _("Organisation that answers for the territory"),
    "party.competent": _("Competences of an organisation"),
    "party.contact_kept": _("Contact kept"),
    "party.contact_erased": _("Contact erased"),
    "convention.drawn": _("Convention drawn up"),
    "convention.signed": _("Convention signed"),
    "convention.agreed": _("Convention agreed"),
    "convention.ended": _("Convention ended"),
    "help.begun": _("Queue entrusted to another centre"),
    "help.ended": _("Queue handed back"),
}

#: Fields and reasons of refusals, whose own words are English: named here to be translated.
REFUSALS = (
    gettext_noop("reference"),
    gettext_noop("role"),
    gettext_noop("telephone"),
    gettext_noop("email"),
    gettext_noop("competence"),
    gettext_noop("name"),
    gettext_noop("contact"),
    gettext_noop("at"),
    gettext_noop("do"),
    gettext_noop("id"),
    gettext_noop("give a number"),
    gettext_noop("give a day and an hour"),
    gettext_noop("is no act of this page"),
    gettext_noop("is no identifier"),
    gettext_noop("give a telephone or an e-mail address"),
    gettext_noop("is no telephone number"),
    gettext_noop("is no e-mail address"),
    gettext_noop("title"),
    gettext_noop("parties"),
    gettext_noop("matters"),
    gettext_noop("hours"),
    gettext_noop("help_hours"),
    gettext_noop("unattended_min"),
    gettext_noop("holds small letters, figures and dashes"),
    gettext_noop("is neither standing nor a framework"),
    gettext_noop("nobody receives anything"),
    gettext_noop("nobody gives anything"),
    gettext_noop("a convention names at least one territory"),
    gettext_noop("a convention opens at least one thing"),
    gettext_noop("names what cannot be opened"),
    gettext_noop("names what no look is for"),
    gettext_noop("it lasts longer than ten years"),
    gettext_noop("images are looked at for a purpose"),
    gettext_noop("what happens in an incident needs the incidents"),
    gettext_noop("its host commune is no giving party"),
    gettext_noop("help lasts one to seventy-two hours"),
    gettext_noop("only a framework is for help"),
    gettext_noop("is a number of minutes within a day"),
    gettext_noop("hours hold on at least one day of the week"),
    gettext_noop("an hour of the day lies between 00:00 and 24:00"),
    gettext_noop("write hours as `mon-fri 21:00-06:00`"),
    gettext_noop("hours are written 21:00"),
    gettext_noop("a party signed this draft already: withdraw it first"),
    gettext_noop("it is agreed already"),
    gettext_noop("your organisation is no party to it"),
    gettext_noop("your organisation signed it already"),
    gettext_noop("a signature on paper is kept with the SHA-256 of the paper"),
    gettext_noop("one signs for one's own organisation"),
    gettext_noop("another organisation answers for one of its places now: draw it up again"),
    gettext_noop("it is not in force"),
    gettext_noop("no framework in force lets that centre help here"),
    gettext_noop("the framework does not let a queue be taken unasked"),
    gettext_noop("this help is over"),
    gettext_noop("the queue is not unattended"),
)


def told(body: Mapping[str, Any]) -> str:
    """What a fact of conventions or of help tells in one line of the log."""
    parts = [str(body["convention"])] if "convention" in body else []
    if body.get("until"):
        until = timezone.localtime(datetime.fromisoformat(body["until"]))
        parts.append(gettext("until %(time)s") % {"time": until.strftime("%d/%m %H:%M")})
    if body.get("why"):
        parts.append(said(WHY, str(body["why"])))
    return ", ".join(parts)
