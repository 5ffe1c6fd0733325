"""What is wrong with the platform itself, in words for whoever has the duty desk open."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from beffroi.desks import spelling
from beffroi.during.fusion import queries as fusion
from beffroi.during.intake import reception, spool
from beffroi.during.intake.spool import SpoolFull, SpoolUnavailable
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.journal import queries as journal
from beffroi.trust.retention import queries as retention

_MIB = 1024**2
#: With less than this, observations will soon be refused.
_LOW_BYTES = 512 * _MIB
#: How long the desk tells that the clock was set.
_TOLD_FOR = timedelta(hours=1)


def troubles() -> list[str]:
    """One sentence each, the gravest first; none where all is well."""
    settings = current()
    return [
        *_refusals(),
        *_room(settings.data_path),
        *_behind(settings.overload_observations),
        *_clock(),
        *_kept_too_long(),
    ]


def _refusals() -> list[str]:
    code = reception.refusing()
    if code == SpoolFull.code:
        return [gettext("The disk is full: observations are refused, their sources send them again.")]
    if code:
        return [gettext("Observations cannot be written: they are refused, their sources send them again.")]
    return []


def _room(place: Path) -> list[str]:
    free = shutil.disk_usage(place).free
    if free >= _LOW_BYTES:
        return []
    return [gettext("The disk is nearly full: %(free)d MiB are left.") % {"free": free // _MIB}]


def _kept_too_long() -> list[str]:
    late = retention.late()
    if not late:
        return []
    count = sum(each.count for each in late)
    told = ngettext(
        "%(count)d thing kept beyond its time could not be erased: tell the administrator.",
        "%(count)d things kept beyond their time could not be erased: tell the administrator.",
        count,
    )
    return [told % {"count": count}]


def _clock() -> list[str]:
    stepped = journal.clock_stepped(clock.now() - _TOLD_FOR)
    if stepped is None:
        return []
    at, by = stepped
    if by < timedelta(0):
        told = gettext("The clock was set back by %(by)s, to %(time)s: times before and after it cross.")
    else:
        told = gettext("The clock was set forward by %(by)s, to %(time)s: durations across it are too long.")
    hour = timezone.localtime(at).strftime("%H:%M")
    return [told % {"time": hour, "by": spelling.duration(abs(by.total_seconds()))}]


def _behind(most: int) -> list[str]:
    folded, _at = fusion.standing()
    try:
        waiting = spool.shared().head() - folded
    except SpoolUnavailable:
        return [gettext("What observations wait cannot be read.")]
    if waiting <= most:
        return []
    said = ngettext(
        "The engine is behind: %(count)s observation waits. Lives in danger go first.",
        "The engine is behind: %(count)s observations wait. Lives in danger go first.",
        waiting,
    )
    return [said % {"count": spelling.grouped(waiting)}]
