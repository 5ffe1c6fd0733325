"""Events by a pull point (WS-BaseNotification): subscribe, pull, renew, ask for states, unsubscribe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from beffroi.eyes.onvif.device import Device
from beffroi.eyes.onvif.errors import Misspoken
from beffroi.eyes.onvif.tree import Element

EVENTS = "http://www.onvif.org/ver10/events/wsdl"
_NOTIFICATION = "http://docs.oasis-open.org/wsn/b-2"
_BINDING = "http://docs.oasis-open.org/wsn/bw-2"
_PORT = f"{EVENTS}/EventPortType"
_PULL = f"{EVENTS}/PullPointSubscription"
_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class PullPoint:
    """A subscription: where to pull from, what to tell back, and how long it lives unheard (s)."""

    address: str
    references: tuple[Element, ...]
    lives_s: float


async def subscribe(camera: Device, *, for_s: int) -> PullPoint:
    """Subscribe to all events for `for_s` seconds, renewed by each pull or by `renew`. Raises CameraError."""
    address = await camera.service(EVENTS, what="event")
    body = (
        f'<CreatePullPointSubscription xmlns="{EVENTS}"><InitialTerminationTime>PT{for_s}S'
        "</InitialTerminationTime></CreatePullPointSubscription>"
    )
    answer = await camera.call(address, f"{_PORT}/CreatePullPointSubscriptionRequest", body)
    reference = answer.first("SubscriptionReference")
    given = reference.said("Address") if reference is not None else ""
    if reference is None or not given:
        raise Misspoken(where=camera.where, what="CreatePullPointSubscription", why="it tells no address")
    told_back = tuple(each for one in reference.all("ReferenceParameters") for each in one.elements[:8])
    return PullPoint(camera.own(given), told_back, _lives(answer, for_s))


async def pull(camera: Device, point: PullPoint, *, wait_s: float, most: int = 100) -> Element:
    """What happened, waiting up to `wait_s` for something to: the whole answer, for a connector to read.

    Raises CameraError.
    """
    body = (
        f'<PullMessages xmlns="{EVENTS}"><Timeout>PT{wait_s:g}S</Timeout>'
        f"<MessageLimit>{most}</MessageLimit></PullMessages>"
    )
    return await _told(camera, point, f"{_PULL}/PullMessagesRequest", body, wait_s + _ANSWER_S)


async def renew(camera: Device, point: PullPoint, *, for_s: int) -> None:
    """Let a subscription live `for_s` seconds more. Raises CameraError."""
    body = f'<Renew xmlns="{_NOTIFICATION}"><TerminationTime>PT{for_s}S</TerminationTime></Renew>'
    await _told(camera, point, f"{_BINDING}/SubscriptionManager/RenewRequest", body)


async def synchronize(camera: Device, point: PullPoint) -> None:
    """Have every state that lasts told again by the next pulls. Raises CameraError."""
    body = f'<SetSynchronizationPoint xmlns="{EVENTS}"/>'
    await _told(camera, point, f"{_PULL}/SetSynchronizationPointRequest", body)


async def unsubscribe(camera: Device, point: PullPoint) -> None:
    """End a subscription: cameras have room for a few only. Raises CameraError."""
    body = f'<Unsubscribe xmlns="{_NOTIFICATION}"/>'
    await _told(camera, point, f"{_BINDING}/SubscriptionManager/UnsubscribeRequest", body, 2.0)


async def _told(
    camera: Device, point: PullPoint, action: str, body: str, timeout_s: float | None = None
) -> Element:
    return await camera.call(point.address, action, body, references=point.references, timeout_s=timeout_s)


def _lives(answer: Element, asked_s: int) -> float:
    """How long the camera grants, by its own two times; what was asked for where it does not say."""
    begin, end = moment(answer.said("CurrentTime")), moment(answer.said("TerminationTime"))
    granted = (end - begin).total_seconds() if begin and end else float(asked_s)
    return min(granted, float(asked_s)) if granted > 0 else float(asked_s)


def moment(said: str) -> datetime | None:
    """A time of a camera, in UTC with or without saying so; None for what is none."""
    try:
        found = datetime.fromisoformat(said.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
