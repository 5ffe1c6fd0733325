"""What is told to the 17, 18 or 15 as a message of the exchange between their centres (RC-EDA)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from beffroi.desks.duty import telling
from beffroi.desks.duty.telling import Account
from beffroi.during.incident import handing, rules_handing
from beffroi.during.incident.errors import BadHandover
from beffroi.during.intake.connectors.cisu.write import Case, Letter, write
from beffroi.foundation.identifiers import uuid7
from beffroi.foundation.settings import Settings, current
from beffroi.territory import queries as territory

#: A case that nobody took by then is told again by voice.
_LASTS = timedelta(hours=1)


def services() -> list[str]:
    """The services that can be told so: those whose address is set, where ours is."""
    settings = current()
    return [each for each in rules_handing.SERVICES if settings.exchange_address and _address(settings, each)]


def message(told: Account, service: str) -> bytes:
    """The message (JSON). Raises BadHandover where no address is set, NotAllowed as the exchange would."""
    settings, incident = current(), told.incident
    if service not in services():
        raise BadHandover(where="service", why="no address of the exchange is set for it")
    town = territory.territory(incident.territory)
    sent = timezone.localtime(told.at)
    case = Case(
        identifier=f"{settings.exchange_address}.{incident.territory}-{incident.reference}",
        local=incident.reference,
        creation=timezone.localtime(incident.seen_at),
        act=incident.act,
        place_id=str(incident.id),
        position=told.place,
        place=incident.place_text,
        city=town.name if town.insee else "",
        insee=town.insee,
        notes=tuple(f"{heading} : {sentence}" for heading, sentence in telling.lines(told)),
    )
    before = [
        each for each in handing.handovers(incident.id) if (each.how, each.service) == ("rc_eda", service)
    ]
    letter = Letter(
        identifier=f"{settings.exchange_address}_{uuid7(told.at)}",
        sender=settings.exchange_address,
        sender_name=told.town,
        recipient=_address(settings, service),
        recipient_name=service,
        sent=sent,
        expires=sent + _LASTS,
        exercise=incident.exercise,
        update=bool(before),
    )
    return write(case, letter)


def _address(settings: Settings, service: str) -> str:
    return {"15": settings.exchange_15, "17": settings.exchange_17, "18": settings.exchange_18}.get(
        service, ""
    )
