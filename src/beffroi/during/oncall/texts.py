"""What people on call read and hear, in French: what, where, how sure, how to answer. Nobody is named."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils import timezone

from beffroi.during.incident.models import Incident
from beffroi.during.oncall.methods import gsm7
from beffroi.foundation.settings import current
from beffroi.people.web_address import web_address

LINK = "{link}"
#: Where a message's answer is given (desks/urls.py): short, for a text has 160 characters.
ANSWER_STEM = "/a/"
_LEAST_PLACE = 24

ACTS: Mapping[str, str] = MappingProxyType(
    {
        "burglary": "Cambriolage",
        "assault": "Appel au secours",
        "sabotage": "Sabotage",
        "vehicle_crime": "Vol, degats de vehicule",
        "fire": "Incendie",
        "prowling": "Rodeur",
        "disorder": "Trouble",
        "theft": "Vol",
        "vandalism": "Vandalisme",
        "crew_assault": "Equipe agressee",
        "crowd": "Attroupement",
        "missing_person": "Personne disparue",
        "rescue": "Personne en danger",
        "hazard": "Danger",
        "cyber_attack": "Cyberattaque",
        "device_silent": "Appareil muet",
        "unknown": "Evenement inexplique",
    }
)


def answer_address(token: str) -> str:
    """Where a message's answer is given."""
    return f"{web_address(current())}{ANSWER_STEM}{token}/"


def sms(incident: Incident, *, town: str, code: str, exercise: bool, link_length: int) -> str:
    """A text of one message where that is possible: the town and the place give way, never the figures."""
    what = ACTS.get(incident.act, ACTS["unknown"])
    sure = _sure(incident)
    at = timezone.localtime(incident.seen_at).strftime("%H:%M")
    head = "EXERCICE " if exercise else ""
    place = gsm7.plain(incident.place_text)
    how = f"Rep. 1 {code} je prends, 2 {code} suivant."
    link = "x" * link_length

    def said(town: str, place: str) -> str:
        where = f", {place}" if place else ""
        return (
            f"{head}{town}{' ' if town else ''}{incident.reference} {sure}: {what}{where}, {at}. {how} {link}"
        )

    name = gsm7.plain(town)
    spare = gsm7.ONE_MESSAGE - gsm7.length(said("", ""))
    # A town's name whole or not at all: half a name is another town's.
    after_name = spare - gsm7.length(name) - 1
    name = name if after_name >= min(gsm7.length(place) + 2, _LEAST_PLACE) else ""
    left = (after_name if name else spare) - 2
    place = gsm7.shortened(place, left) if left >= min(gsm7.length(place), _LEAST_PLACE) else ""
    made = said(name, place)
    return made[: -link_length or None] + LINK if link_length else made


def _sure(incident: Incident) -> str:
    percent = min(99, max(1, round(incident.probability * 100)))
    if incident.life:
        return f"VIE EN DANGER {percent}%"
    return f"CONFIRME {percent}%" if incident.state == "confirmed" else f"A VERIFIER {percent}%"


def voice(incident: Incident, *, town: str, exercise: bool) -> str:
    """What a synthetic voice says."""
    what = ACTS.get(incident.act, ACTS["unknown"])
    sure = (
        "Vie en danger." if incident.life else "Confirmé." if incident.state == "confirmed" else "À vérifier."
    )
    where = f" {incident.place_text}." if incident.place_text else ""
    head = "Exercice. " if exercise else ""
    return (
        f"{head}Beffroi, {town}. {what}.{where} {sure} "
        "Tapez 1 si vous vous en occupez. Tapez 2 pour appeler la personne suivante."
    )[:580]


def mail(incident: Incident, *, town: str, code: str, exercise: bool) -> str:
    """A mail: its subject, an empty line, its body."""
    what = ACTS.get(incident.act, ACTS["unknown"])
    head = "EXERCICE. " if exercise else ""
    at = timezone.localtime(incident.seen_at).strftime("%H:%M:%S")
    return (
        f"{head}{town} {incident.reference} {_sure(incident)} : {what}\n\n"
        f"{what}, {incident.place_text[:160] or 'lieu inconnu'}.\nVu à {at}. {_sure(incident)} "
        f"({round(incident.low * 100)}-{round(incident.high * 100)}).\n\n"
        f"Pour le prendre ou le passer à la personne suivante :\n{LINK}\n\n"
        f"Code : {code}. Une urgence : 17 ou 112."
    )[:590]


def test(town: str) -> str:
    """A text that only tries whether it arrives."""
    return gsm7.shortened(gsm7.plain(f"Beffroi {town}: essai de l'appel d'astreinte. Rien a faire."), 160)


def note(reference: str, outcome: str, code: str) -> str:
    """What is answered to a reply."""
    said = {
        "taken": f"{reference}: note, vous vous en occupez. {LINK}",
        "already": f"{reference}: quelqu'un s'en occupe deja. Rien a faire.",
        "passed": f"{reference}: note, la personne suivante est appelee.",
    }
    return said.get(
        outcome, f"{reference}: pas compris. Repondre 1 {code} (je prends) ou 2 {code} (suivant)."
    )
