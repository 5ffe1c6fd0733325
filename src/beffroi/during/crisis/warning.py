"""A message to the population as CAP 1.2 and as text."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from beffroi.during.crisis import models
from beffroi.during.crisis.rules.plan import Draft
from beffroi.during.intake.connectors.cap.alert import Alert, Area, Info, Reference
from beffroi.during.intake.connectors.cap.write import write
from beffroi.foundation.settings import current
from beffroi.people.web_address import web_address
from beffroi.territory.shown import TerritoryView


def sender(town: TerritoryView) -> str:
    """Who speaks, as CAP names it: the town at this installation."""
    return f"{town.key}@{urlsplit(web_address(current())).hostname}"


def cap(
    message: models.Message,
    draft: Draft,
    town: TerritoryView,
    *,
    at: datetime,
    about: list[models.Message],
) -> bytes:
    """The bytes of a validated message. One that ends others cancels them. Raises NotAllowed."""
    own = sender(town)
    sent = timezone.localtime(at).replace(microsecond=0)
    codes = (("INSEE", town.insee),) if town.insee else ()
    info = Info(
        category=(draft.category,),
        event=draft.event,
        urgency=draft.urgency,
        severity=draft.severity,
        certainty=draft.certainty,
        language="fr-FR",
        response=(draft.response,),
        effective=sent,
        expires=sent + timedelta(hours=message.hours),
        sender_name=f"Mairie de {town.name}",
        headline=message.headline,
        description=message.description,
        instruction=message.instruction,
        areas=(Area(name=message.area, geocodes=codes),),
    )
    earlier = tuple(
        Reference(own, str(each.pk), timezone.localtime(each.validated_at).replace(microsecond=0))
        for each in about
        if each.validated_at
    )
    kind = "Update" if earlier else "Alert"
    return write(
        Alert(
            identifier=str(message.pk),
            sender=own,
            sent=sent,
            status="Exercise" if message.crisis.exercise else "Actual",
            kind=kind,
            scope="Public",
            note="EXERCICE" if message.crisis.exercise else "",
            references=earlier,
            infos=(info,),
        )
    )


def text(message: models.Message, town: TerritoryView) -> str:
    """What is read out, displayed or sent, in French."""
    lines = ["EXERCICE – EXERCICE – EXERCICE", ""] if message.crisis.exercise else []
    lines += [f"Mairie de {town.name}", message.headline, "", message.description, "", message.instruction]
    lines += ["", f"Secteur : {message.area}"]
    if message.validated_at and message.expires_at:
        at, end = (timezone.localtime(each) for each in (message.validated_at, message.expires_at))
        lines.append(f"Message du {at:%d/%m/%Y à %H:%M}, valable jusqu’au {end:%d/%m à %H:%M}.")
    lines.append("Urgence : 18 ou 112. Sourds et malentendants : 114.")
    return "\n".join(lines) + "\n"


def is_end(draft: Draft) -> bool:
    """Whether a message says that the danger is over."""
    return draft.response == "AllClear"
