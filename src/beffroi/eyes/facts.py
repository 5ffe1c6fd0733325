"""What the eyes say in the journal: devices, codes, times; never an address, a login or what was seen."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class CameraDeclared(Fact, fact="camera.declared", version=1):
    """How a camera gives images was declared: by which `ways` (hls, rtsp, whep, replay, recorder, onvif).

    `order`: the prefect's order that covers it, until `order_until`; `shut`: why nobody may look now.
    """

    device: str
    ways: list[str]
    order: str = ""
    order_until: str = ""
    shut: str = ""
    exercise: bool = False


class LookOpened(Fact, fact="camera.look_opened", version=1):
    """The entry's actor looks through a camera, from the entry's time until `until` at the latest.

    Written before the first image is sent. `kind`: live, or past with the span asked of the recorder.
    """

    look: str
    device: str
    kind: str
    purpose: str
    until: str
    incident: str = ""
    span_from: str = ""
    span_to: str = ""
    exercise: bool = False


class LookEnded(Fact, fact="camera.look_ended", version=1):
    """A look ended after so many seconds; `how`: closed, left, time, rights. `images`: whether any came."""

    look: str
    device: str
    seconds: float
    how: str
    images: bool
    exercise: bool = False


class LookRefused(Fact, fact="camera.look_refused", version=1):
    """The entry's actor was allowed to look, and the camera could not be looked through: `code` says why."""

    device: str
    kind: str
    purpose: str
    code: str
    incident: str = ""
    exercise: bool = False


class LookUnended(Fact, fact="camera.look_unended", version=1):
    """A look ended, and the media server that sends its image straight could not be told: `code` says why."""

    look: str
    device: str
    code: str
    exercise: bool = False


class CameraHeld(Fact, fact="camera.held", version=1):
    """The entry's actor holds a camera to move it, by `priority` (routine, incident, life, supervisor).

    `taken`: the hold that this one took over, with the code of its `reason`; both '' where it was free.
    """

    hold: str
    device: str
    look: str
    priority: str
    taken: str = ""
    reason: str = ""
    exercise: bool = False


class CameraMoved(Fact, fact="camera.moved", version=1):
    """The entry's actor moved a camera: `act` is a direction, closer, wider or preset (then its token).

    One entry a gesture: an arrow that stays pressed is one.
    """

    hold: str
    device: str
    act: str
    preset: str = ""
    exercise: bool = False


class CameraLetGo(Fact, fact="camera.let_go", version=1):
    """A hold ended after so many seconds and moves; `how`: released, expired, taken."""

    hold: str
    device: str
    how: str
    seconds: float
    moves: int
    exercise: bool = False


class CameraSentHome(Fact, fact="camera.sent_home", version=1):
    """A camera that was let go turned back to its `preset` ('': its own home); `code` why it did not."""

    hold: str
    device: str
    preset: str = ""
    code: str = ""
    exercise: bool = False
