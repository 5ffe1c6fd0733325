"""What templates of the desks may say: icons, tracks, durations and instants, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from beffroi.desks import spelling
from beffroi.desks.duty import written
from beffroi.desks.duty.shown import Line, Row

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture of the sprite; decoration only, so unseen by screen readers."""
    address = static("vendor/icons.svg")
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#i-{}"/></svg>', address, name)


@register.simple_tag
def track(value: float, low: float, high: float, mark: str = "") -> SafeString:
    """A bar from 0 to 100 with its interval (band) and its value (tick); the figures stand beside it."""
    return format_html(
        '<svg class="track {}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="ground" width="100" height="10"/><rect class="band" x="{}" width="{}" height="10"/>'
        '<line class="tick" x1="{}" x2="{}" y1="-4" y2="14"/></svg>',
        mark,
        low,
        max(0.0, high - low),
        value,
        value,
    )


@register.simple_tag
def bar(value: float, kind: str = "weight") -> SafeString:
    """A plain bar from 0 to 100."""
    return format_html(
        '<svg class="bar {}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="ground" width="100" height="10"/><rect class="fill" width="{}" height="10"/></svg>',
        kind,
        min(100.0, max(0.0, value)),
    )


@register.simple_tag
def queue_row(row: Row) -> SafeString:
    """A line of the queue."""
    return written.row(row)


@register.simple_tag
def log_line(line: Line) -> SafeString:
    """A line of the log."""
    return written.line(line)


@register.filter
def duration(seconds: float | None) -> str:
    """`1 min 40 s`, with no-break spaces; nothing for None."""
    return "" if seconds is None else spelling.duration(seconds)


@register.filter
def short_duration(seconds: float | None) -> str:
    """`1:40`, for bounds."""
    return "" if seconds is None else spelling.short_duration(seconds)


@register.filter
def clock(at: datetime | None) -> str:
    """`02:39:46` in the installation's time zone."""
    return "" if at is None else timezone.localtime(at).strftime("%H:%M:%S")


@register.filter
def clock_minute(at: datetime | None) -> str:
    """`02:39` in the installation's time zone."""
    return "" if at is None else timezone.localtime(at).strftime("%H:%M")


@register.filter
def iso(at: datetime | None) -> str:
    """What a `<time datetime>` and the scripts read."""
    return "" if at is None else at.isoformat()


@register.filter
def grouped(number: int | None) -> str:
    """`48 217`: thousands apart, by a narrow no-break space."""
    return "" if number is None else spelling.grouped(number)


@register.filter
def percent(share: float | None) -> int | str:
    """A share from 0 to 1 as whole hundredths, never 0 nor 100 for what is not certain."""
    return "" if share is None else spelling.percent(share)


@register.filter
def spaced(number: str) -> str:
    """A telephone number as it is read aloud: `06 12 34 56 78`, `+44 20 79 46 09 58`, `15`."""
    if len(number) <= 4 or not number.lstrip("+").isdigit():
        return number
    if number.startswith("+33") and len(number) == 12:
        number = f"0{number[3:]}"
    head, rest = (number[:3], number[3:]) if number.startswith("+") else (number[:2], number[2:])
    return "\u00a0".join([head, *(rest[at : at + 2] for at in range(0, len(rest), 2))])
