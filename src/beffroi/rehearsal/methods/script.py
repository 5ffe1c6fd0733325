"""The story of one act, as times and messages: what each source says, in its own language, and when.

Seconds count from the start of the exercise. Only the referent speaks of the past: the van was
seen thirty-eight minutes before the door was forced, and it is told when the exercise begins.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from beffroi.rehearsal.methods.places import Cast

Channel = Literal["referent", "panel", "broker"]

#: Seconds before the start at which the van was seen.
VAN_SEEN_BEFORE_S = 38 * 60
#: Zones of the two panels of the exercise: what stands behind each.
ZONES = {"01": "intrusion.door", "03": "intrusion.motion", "07": "intrusion.perimeter"}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: when (s), through which channel, in words, and what is sent."""

    at_s: float
    channel: Channel
    words: str
    topic: str = ""
    content: dict[str, Any] = field(default_factory=dict)


def camera_name(key: str) -> str:
    """The name under which the recorder knows a camera: Frigate allows letters, digits and `_`."""
    return "".join(letter if letter.isalnum() else "_" for letter in key.lower())


def zones(panel: str) -> dict[str, dict[str, str]]:
    """What a panel's zones lead to, as a source is declared."""
    return {number: {"device": panel, "kind": kind} for number, kind in ZONES.items()}


def _review(
    cast: Cast, state: str, severity: str, started_s: float, ended_s: float | None = None
) -> dict[str, Any]:
    return {
        "review": state,
        "camera": camera_name(cast.camera.key),
        "severity": severity,
        "started_s": started_s,
        "ended_s": ended_s,
        "objects": ["person"],
    }


def _event(cast: Cast, state: str, started_s: float, seen_s: float, score: float) -> dict[str, Any]:
    return {
        "event": state,
        "camera": camera_name(cast.camera.key),
        "started_s": started_s,
        "seen_s": seen_s,
        "score": score,
    }


def steps(cast: Cast) -> list[Step]:
    """Everything that is sent, in order."""
    where = cast.target.name or "a building of the commune"
    windy = cast.windy.name or "another building"
    muted, name = camera_name(cast.mute_camera.key), cast.mute_camera.key
    status = f"{muted}/status/detect"
    return [
        Step(4, "referent", "A referent reports a van driving slowly, seen 38 minutes ago."),
        Step(14, "panel", f"Wind opens a shutter: alarm at {windy}.", "wind", {"data": "Nri1/BA07"}),
        Step(24, "broker", f"Camera {name} answers no more.", status, {"text": "offline"}),
        Step(38, "panel", f"The shutter is closed: alarm over at {windy}.", "wind", {"data": "Nri1/BR07"}),
        Step(46, "broker", f"Someone stands before {where}.", "events", _event(cast, "new", 45, 46, 0.71)),
        Step(49, "broker", "The recorder reviews it.", "reviews", _review(cast, "new", "detection", 45)),
        Step(58, "panel", f"A door of {where} is forced.", "target", {"data": "Nri1/BA01"}),
        Step(63, "broker", "They go in.", "events", _event(cast, "update", 45, 62, 0.88)),
        Step(65, "broker", "The recorder raises an alert.", "reviews", _review(cast, "update", "alert", 45)),
        Step(74, "panel", "Something moves inside.", "target", {"data": "Nri1/BA03"}),
        Step(96, "broker", f"Camera {name} answers again.", status, {"text": "online"}),
        Step(150, "broker", "They come out.", "reviews", _review(cast, "end", "alert", 45, 149)),
    ]


def _epoch(started: datetime, seconds: float | None, pace: float) -> float | None:
    return None if seconds is None else round((started + timedelta(seconds=seconds / pace)).timestamp(), 6)


def payload(step: Step, started: datetime, pace: float = 1.0) -> bytes:
    """The bytes that the recorder publishes for a step of the broker, its times true to the clock."""
    content = step.content
    if "text" in content:
        return str(content["text"]).encode()
    said = _review_of(content, started, pace) if "review" in content else _event_of(content, started, pace)
    return json.dumps(said).encode()


def _identifier(started: datetime, seconds: float, pace: float, ending: str) -> str:
    return f"{_epoch(started, seconds, pace)}-{ending}"


def _event_of(content: dict[str, Any], started: datetime, pace: float) -> dict[str, Any]:
    """A tracked object in the form of Frigate's `events`, with nothing that names anyone."""
    after = {
        "id": _identifier(started, content["started_s"], pace, "exercs"),
        "camera": content["camera"],
        "frame_time": _epoch(started, content["seen_s"], pace),
        "label": "person",
        "sub_label": None,
        "top_score": content["score"],
        "score": content["score"],
        "false_positive": False,
        "start_time": _epoch(started, content["started_s"], pace),
        "end_time": None,
        "box": [424, 500, 536, 712],
        "area": 23744,
        "region": [264, 450, 667, 853],
        "current_zones": ["facade"],
        "entered_zones": ["facade"],
        "has_snapshot": False,
        "has_clip": False,
        "active": True,
        "stationary": False,
        "motionless_count": 0,
        "position_changes": 2,
        "attributes": {},
    }
    return {"type": content["event"], "before": after, "after": after}


def _review_of(content: dict[str, Any], started: datetime, pace: float) -> dict[str, Any]:
    """A review in the form of Frigate's `reviews`."""
    after = {
        "id": _identifier(started, content["started_s"], pace, "revue1"),
        "camera": content["camera"],
        "start_time": _epoch(started, content["started_s"], pace),
        "end_time": _epoch(started, content["ended_s"], pace),
        "severity": content["severity"],
        "thumb_path": "",
        "data": {
            "detections": [_identifier(started, content["started_s"], pace, "exercs")],
            "objects": content["objects"],
            "sub_labels": [],
            "zones": ["facade"],
            "audio": [],
        },
    }
    return {"type": content["review"], "before": after, "after": after}


def frame_body(step: Step, account: str, sequence: int, at: datetime) -> str:
    """The body of the DC-09 frame that a panel sends for a step, its time true to the clock."""
    return f'"SIA-DCS"{sequence:04d}L0#{account}[#{account}|{step.content["data"]}]_{at:%H:%M:%S,%m-%d-%Y}'
