"""ONVIF events by pull point: a camera is asked what happened, and answers as soon as something did.

What its events mean is the same as over MQTT (`intake.onvif`). Who was let in through a door, and what plates
or faces a camera read, is never taken out of a message.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from beffroi.during.intake.connectors import NOT_GUARANTEED, Pulled
from beffroi.during.intake.connectors.onvif_pullpoint import session
from beffroi.during.intake.connectors.onvif_pullpoint.notification import notification
from beffroi.during.intake.onvif import topics
from beffroi.during.intake.onvif.events import Events
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.eyes.onvif.device import NO_OFFSET, ClockOffset, Credentials, address_of
from beffroi.eyes.onvif.errors import BadAddress
from beffroi.eyes.onvif.tree import Element

_ADDRESS_LONGEST = 120
_SECRET_LONGEST = 60
_MOST = 1_000


class OnvifPullPointConnector:
    """Pulls from each source's camera, at the address of its ONVIF service."""

    name = "onvif_pullpoint"
    guarantee = NOT_GUARANTEED
    withholds = "names of who was let in, plates that a camera read"
    expects_every_s = 60

    def __init__(self) -> None:
        self._events = Events()

    def address(self, given: str) -> str:
        """The address of a camera's ONVIF service. Raises ValueError with why."""
        try:
            address = address_of(given)
        except BadAddress as error:
            raise ValueError(str(error)) from None
        if len(address) > _ADDRESS_LONGEST:
            raise ValueError(f"an address is {_ADDRESS_LONGEST} characters at most")
        return address

    def key(self, given: str) -> bytes:
        """The camera's user and password, as NAME:PASSWORD. Raises ValueError with why, without either."""
        secret = given.strip().encode()
        if not secret.partition(b":")[0] or b":" not in secret or len(secret) > _SECRET_LONGEST:
            raise ValueError(f"write NAME:PASSWORD, {_SECRET_LONGEST} bytes at most")
        return secret

    async def pull(self, speaker: Speaker) -> AsyncGenerator[Pulled, None]:
        """What the camera tells, pull by pull. Raises CameraError when it is lost."""
        pulls = session.answers(speaker.address, _credentials(speaker))
        try:
            async for answer in pulls:
                yield self.read(speaker, answer.element, answer.received_at, answer.offset)
        finally:
            await pulls.aclose()

    def read(
        self, speaker: Speaker, answer: Element, received_at: datetime, offset: ClockOffset = NO_OFFSET
    ) -> Pulled:
        """The drafts in an answer to PullMessages, and why a part of it is none."""
        found: list[Draft | Unreadable] = []
        bad: list[bytes] = []
        for each in answer.all("NotificationMessage")[:_MOST]:
            try:
                found += self._one(speaker, each, received_at, offset)
            except Unreadable as error:
                found.append(error)
                bad.append(each.written().encode("utf-8", "replace"))
        return Pulled(found, b"\n".join(bad))

    def _one(
        self, speaker: Speaker, element: Element, received_at: datetime, offset: ClockOffset
    ) -> list[Draft]:
        topic = element.said("Topic")[:256]
        if not topic:
            raise Unreadable("it names no topic", code="onvif.no_topic")
        if topics.is_private(topics.split(topic)[0]):
            return []
        said = notification(element, offset)
        if said.operation == "Deleted":
            self._events.forget(speaker, "", topic, said)
            return []
        return self._events.read(
            speaker, "", topic, said, message=element.written().encode(), received_at=received_at
        )


def _credentials(speaker: Speaker) -> Credentials | None:
    user, _, password = speaker.panel_key.decode("utf-8", "replace").partition(":")
    return Credentials(user, password) if user else None


CONNECTOR = OnvifPullPointConnector()
