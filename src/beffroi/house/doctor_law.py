"""What `beffroi doctor` asks of the law's registers: what ends soon, which cameras no order covers."""

from __future__ import annotations

from django.db import DatabaseError
from django.utils.translation import gettext as _

from beffroi.foundation import settings as configuration
from beffroi.house.finding import Finding

_MOST_NAMED = 5


def registers(settings: configuration.Settings) -> Finding:
    """Orders and accreditations that end within a month; cameras that give images under no order."""
    from beffroi.eyes import queries as eyes
    from beffroi.people.orders import queries as orders
    from beffroi.territory import queries as territory

    check = _("orders and agents")
    try:
        keys = [each.key for each in territory.territories()]
        told, agents = orders.ending(keys)
        dark = [each.name for each in eyes.cameras(keys) if not each.order and not each.exercise]
    except DatabaseError as error:
        return Finding(check, False, str(error), _("Start `beffroi up`: it brings them up to date."))
    if dark:
        seen = _("no order covers: %(cameras)s") % {"cameras": _named(dark)}
        return Finding(
            check, False, seen, _("Register it: `beffroi order register`. Nobody may look through them.")
        )
    soon = [f"{each.number} ({each.ends_on})" for each in (*told, *agents) if (each.ends_within or 999) <= 30]
    seen = _("end within a month: %(numbers)s") % {"numbers": _named(soon)} if soon else _("none ends soon")
    return Finding(check, not soon, seen, _("Ask the prefecture for the next one: a file takes months."))


def witnesses(settings: configuration.Settings) -> Finding:
    """Whether somebody keeps the heads of our journals, and agrees with them."""
    from beffroi.trust.witnesses import models, queries

    check = _("witnesses")
    try:
        found = queries.witnesses()
        refused = sorted({each.witness.name for each in models.Refusal.objects.select_related("witness")})
    except DatabaseError as error:
        return Finding(check, False, str(error), _("Start `beffroi up`: it brings them up to date."))
    if refused:
        seen = _("a witness refuses our log: %(names)s") % {"names": _named(refused)}
        return Finding(check, False, seen, _("Open /controle/temoins/ and call the witness at once."))
    mute = [each.name for each in found if each.failing_since]
    if mute:
        seen = _("does not answer: %(names)s") % {"names": _named(mute)}
        return Finding(check, False, seen, _("See that its address answers: `beffroi witness submit`."))
    if not found:  # a choice to make, not a fault to mend
        return Finding(check, True, _("nobody keeps our heads: `beffroi witness program`"))
    return Finding(check, True, _("up to date"))


def erasures(_settings: configuration.Settings) -> Finding:
    """What is kept beyond its day, and erasures that were cut short."""
    from beffroi.trust.retention import queries as retention

    check = _("erasures")
    try:
        late, begun, last = retention.late(), retention.unfinished(), retention.last_erasure()
    except DatabaseError as error:
        return Finding(check, False, str(error), _("Start `beffroi up`: it brings them up to date."))
    if late or begun:
        stores = sorted({f"{each.kind} ({each.where}): {each.count}" for each in late})
        seen = _("late: %(stores)s") % {"stores": _named(stores)} if late else _("one was cut short")
        return Finding(check, False, seen, _("Run `beffroi trust expire`: it says what does not go."))
    told = (
        _("none late; the last on %(day)s") % {"day": last.date()} if last else _("none late; none due yet")
    )
    return Finding(check, True, told)


def _named(found: list[str]) -> str:
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" … (+{more})" if more > 0 else "")


CHECKS = (registers, witnesses, erasures)
