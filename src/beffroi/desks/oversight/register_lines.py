"""Lines of the registers in words, for a page and for a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language, gettext

from beffroi.desks import spelling
from beffroi.desks.duty.words import said
from beffroi.desks.eyes import words as eyes_words
from beffroi.desks.oversight import trust_words
from beffroi.desks.oversight.places_asked import cameras, names_of
from beffroi.during.incident.models import Incident
from beffroi.trust.registers.models import Complement
from beffroi.trust.registers.queries import ImageLine, LookLine


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its instant, its cells for the page, and its entry's number; `row` is what a file holds."""

    at: datetime
    who: str
    camera: str
    what: str
    why: str
    how: str
    number: int
    refused: bool = False
    exercise: bool = False

    @property
    def row(self) -> tuple[object, ...]:
        """Its cells for a file."""
        when = timezone.localtime(self.at).strftime("%Y-%m-%d %H:%M:%S")
        return (when, self.who, self.camera, self.what, self.why, self.how, self.number)


def _heads() -> list[str]:
    return [
        gettext("When"),
        gettext("Who"),
        gettext("Camera"),
        gettext("What"),
        gettext("Purpose"),
        gettext("How it went"),
        gettext("Entry"),
    ]


HEADS: Mapping[str, Callable[[], Sequence[str]]] = {"looks": _heads, "images": _heads}


def french() -> bool:
    """Whether the reader reads French."""
    return (get_language() or "fr").startswith("fr")


def looks(found: Sequence[LookLine]) -> list[Line]:
    """Looks, with names."""
    named = cameras({each.territory for each in found})
    names, numbers = names_of({each.actor for each in found}), _references({each.incident for each in found})
    return [
        Line(
            at=each.at,
            who=names.get(each.actor, gettext("a member")),
            camera=named.get((each.territory, each.device), each.device),
            what=_what(each),
            why=_why(each, numbers),
            how=_how(each),
            number=each.number,
            refused=bool(each.refused),
            exercise=each.exercise,
        )
        for each in found
    ]


def _what(each: LookLine) -> str:
    if not each.kind:
        return gettext("erased: its legal time was over")
    if each.kind == "live" or each.span_from is None or each.span_to is None:
        return gettext("live") if each.kind == "live" else gettext("recorder")
    return _span(each.span_from, each.span_to)


def _span(first: datetime, last: datetime) -> str:
    shown = (timezone.localtime(first).strftime("%H:%M:%S"), timezone.localtime(last).strftime("%H:%M:%S"))
    return gettext("recorder, %(first)s to %(last)s") % {"first": shown[0], "last": shown[1]}


def _why(each: LookLine, numbers: Mapping[str, str]) -> str:
    purpose = said(eyes_words.PURPOSES, each.purpose) if each.purpose else ""
    return f"{purpose} {numbers.get(each.incident, '')}".strip()


def _how(each: LookLine) -> str:
    if each.refused:
        return gettext("refused: %(why)s") % {"why": said(eyes_words.REFUSED, each.refused)}
    if each.seconds is None:
        return ""
    lasted = f"{spelling.duration(each.seconds)}, {said(eyes_words.ENDS, each.how)}"
    return lasted if each.images else gettext("%(lasted)s, no image came") % {"lasted": lasted}


def images(found: Sequence[ImageLine]) -> list[Line]:
    """What became of images, with names."""
    named = cameras({each.territory for each in found})
    names, numbers = names_of({each.actor for each in found}), _references({each.reference for each in found})
    return [
        Line(
            at=each.at,
            who=names.get(each.actor, gettext("the platform") if each.what == "destroyed" else each.actor),
            camera=named.get((each.territory, each.device), each.device),
            what=said(trust_words.IMAGES, each.what),
            why=numbers.get(each.reference, ""),
            how=_images_span(each),
            number=each.number,
        )
        for each in found
    ]


def _images_span(each: ImageLine) -> str:
    if each.first is None or each.last is None:
        return ""
    if each.what == "looked":
        return _span(each.first, each.last)
    days = (timezone.localdate(each.first), timezone.localdate(each.last))
    return gettext("%(count)d, of %(first)s to %(last)s") % {
        "count": each.count,
        "first": days[0],
        "last": days[1],
    }


def _references(identifiers: Collection[str]) -> dict[str, str]:
    known = [UUID(each) for each in identifiers if len(each) == 36]
    return {str(each.pk): each.reference for each in Incident.objects.filter(pk__in=known).only("number")}


def versions(found: Sequence[Complement]) -> list[tuple[Complement, str, str]]:
    """Versions of sections, with the section's words and who wrote each."""
    names = names_of({each.written_by for each in found})
    return [
        (each, said(trust_words.SECTIONS, each.section), names.get(each.written_by, each.written_by))
        for each in found
    ]
