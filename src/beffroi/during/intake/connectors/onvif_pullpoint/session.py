"""One subscription at one camera, from its clock to its end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from beffroi.eyes.onvif import events
from beffroi.eyes.onvif.device import ClockOffset, Credentials, Device
from beffroi.eyes.onvif.errors import CameraError, Refusal
from beffroi.eyes.onvif.tree import Element
from beffroi.foundation import clock

_log = structlog.get_logger("beffroi.intake.onvif")
#: How long a pull waits for something to happen, and how long a subscription lives unheard (s).
WAIT_S, LIVES_S = 20.0, 120
#: A camera's clock is looked at again after this long, and sooner where its answers disagree with it.
_CLOCK_EVERY_S, _CLOCK_SOONEST_S = 600.0, 60.0
_STRAYED = timedelta(seconds=3)
#: The states of a whole camera come in this many at a time.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to PullMessages, when it came, and how far the camera's clock is off."""

    element: Element
    received_at: datetime
    offset: ClockOffset


async def answers(address: str, credentials: Credentials | None) -> AsyncGenerator[Answer, None]:
    """What a camera tells, pull by pull, until the subscription or the camera is lost.

    A new subscription begins with every state that lasts, so that nothing stays believed that is over.
    Raises CameraError.
    """
    async with Device(address, credentials) as camera:
        await camera.look_at_clock()
        point = await events.subscribe(camera, for_s=LIVES_S)
        try:
            with contextlib.suppress(Refusal):  # not every camera can; its changes are told all the same
                await events.synchronize(camera, point)
            subscription = _Subscription(camera, point)
            yield Answer(Element("", "Subscribed"), clock.now(), camera.offset)  # a sign of life, at once
            while True:
                yield await subscription.next()
        finally:
            with contextlib.suppress(CameraError):  # it may be what was lost
                await events.unsubscribe(camera, point)


class _Subscription:
    """Pulls, and keeps the subscription alive and the clock known."""

    def __init__(self, camera: Device, point: events.PullPoint) -> None:
        self._camera, self._point = camera, point
        self._looked = self._renewed = clock.current().monotonic()
        self._renews = True

    async def next(self) -> Answer:
        """The next answer. Raises CameraError."""
        await self._renew()
        element = await events.pull(self._camera, self._point, wait_s=WAIT_S, most=_AT_ONCE)
        received_at = clock.now()
        await self._look_at_clock(events.moment(element.said("CurrentTime")), received_at)
        return Answer(element, received_at, self._camera.offset)

    async def _renew(self) -> None:
        """A pull renews by itself with most cameras; with others only this does, and some know it not."""
        now = clock.current().monotonic()
        if not self._renews or now - self._renewed < self._point.lives_s / 2:
            return
        self._renewed = now
        try:
            await events.renew(self._camera, self._point, for_s=LIVES_S)
        except Refusal as refusal:
            if refusal.fault == "ResourceUnknownFault":
                raise
            self._renews = False
            _log.info("the camera does not renew, pulls must do", where=self._camera.where)

    async def _look_at_clock(self, told: datetime | None, received_at: datetime) -> None:
        now = clock.current().monotonic()
        strayed = told is not None and abs(told - received_at - self._camera.offset.ahead) > _STRAYED
        if now - self._looked < (_CLOCK_SOONEST_S if strayed else _CLOCK_EVERY_S):
            return
        self._looked = now
        try:
            await self._camera.look_at_clock()
        except CameraError as error:  # the answer is there already, and is not thrown away for this
            _log.warning("the camera's clock is not known", where=self._camera.where, why=str(error))
