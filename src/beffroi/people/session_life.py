"""How long a sign-in lasts: from the moment itself, however busy the session was since."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from beffroi.foundation import clock

_UNTIL = "beffroi_until"


def begin(session: SessionBase) -> None:
    """Note when the sign-in of this session ends."""
    session[_UNTIL] = (clock.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)).isoformat()


def is_over(session: SessionBase) -> bool:
    """Whether the sign-in has lasted its time. One that never began is over."""
    until = session.get(_UNTIL)
    return until is None or datetime.fromisoformat(until) <= clock.now()
