"""Rows and log lines as HTML, written once a content and a language: a page and the live feed share them."""

from __future__ import annotations

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from beffroi.desks.duty.shown import Line, Row

KEPT = 8192


def row(shown: Row) -> SafeString:
    """A line of the queue."""
    return _row(shown, get_language() or "")


def line(shown: Line) -> SafeString:
    """A line of the log."""
    return _line(shown, get_language() or "")


@lru_cache(KEPT)
def _row(shown: Row, _language: str) -> SafeString:
    return render_to_string("desks/duty/row.html", {"row": shown})


@lru_cache(KEPT)
def _line(shown: Line, _language: str) -> SafeString:
    return render_to_string("desks/duty/log_line.html", {"line": shown})
