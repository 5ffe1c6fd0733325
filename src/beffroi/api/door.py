"""The door of the API: whose token a request carries, how often it comes, what it reaches and looked at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection

from django.conf import settings as django_settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from prometheus_client import Counter

from beffroi.api.errors import BodyTooLarge, TooOften
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.settings import current
from beffroi.people import doors, programs, records
from beffroi.people.models import Member, Program

REQUESTS = Counter("beffroi_api_requests", "Requests of programs with a token.", ["outcome"])
MOST_BODY = 65_536
_STRANGERS_A_MINUTE = 120
_MOST_KNOWN = 10_000


class Pace:
    """How many requests each caller sent within the running minute; one a process."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, caller: str, most: int) -> None:
        """Count one request. Raises TooOften beyond `most` in a minute."""
        seconds = clock.current().monotonic()
        minute = int(seconds // 60)
        with self._lock:
            at, counted = self._counts.pop(caller, (minute, 0))
            counted = counted if at == minute else 0
            refused = counted >= most
            self._counts[caller] = (minute, counted + (0 if refused else 1))
            while len(self._counts) > _MOST_KNOWN:
                self._counts.popitem(last=False)
        if refused:
            raise TooOften(most=most, wait=max(1, round(60 * (minute + 1) - seconds)))

    def forget(self) -> None:
        """Begin anew (tests)."""
        with self._lock:
            self._counts.clear()


pace = Pace()
looks = records.Looks()


class ProgramToken(HttpBearer):
    """`Authorization: Bearer TOKEN`; nowhere else: an address ends in logs."""

    def __call__(self, request: HttpRequest) -> Program:
        """The program that asks. Raises UnknownToken, TokenExpired, TooOften, BodyTooLarge."""
        try:
            found = self.authenticate(request, _token(request))
        except BeffroiError as refusal:
            REQUESTS.labels(refusal.code).inc()
            raise
        REQUESTS.labels("taken").inc()
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Program:
        """As `__call__`, for a token that was read already."""
        try:
            found = programs.by_token(token)
        except BeffroiError:
            # Who fails is slowed down; a live token beside it, behind the same address, is not.
            pace.count(f"from {_origin(request)}", _STRANGERS_A_MINUTE)
            raise
        pace.count(str(found.pk), current().api_requests_a_minute)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MOST_BODY:
            raise BodyTooLarge(most=MOST_BODY)
        return found


def _token(request: HttpRequest) -> str:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _origin(request: HttpRequest) -> str:
    """Where a request comes from: the last address that a proxy of the town's own added, where there are."""
    hops = int(getattr(django_settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0))
    said = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    if hops and len(said) >= hops and said[-hops]:
        return said[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def member_of(request: HttpRequest) -> Member:
    """The account of the program that asks."""
    found: Program = request.auth  # type: ignore[attr-defined] - ninja puts there what the door let in
    member: Member = found.member
    return member


def reach(request: HttpRequest, action: str, asked: str | None) -> frozenset[str]:
    """The territories of a list: the one asked for, else all in which the program may do `action`.

    One decision for the list, none a row. Raises DoorShut.
    """
    member = member_of(request)
    if asked:
        doors.require(member, action, territory=asked)
        return frozenset({asked})
    found = doors.territories_for(member, action)
    if not found:
        raise doors.DoorShut(doors.decide_somewhere(member, action), member)
    return found


def looked(request: HttpRequest, action: str, territories: Collection[str]) -> None:
    """Write that lists of these territories were read."""
    for key in sorted(territories):
        looks.note(member_of(request), action, key, f"territory:{key}")
