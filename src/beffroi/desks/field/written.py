"""The phone's page in pieces: what the stream, the answer to a tap and the page itself share."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from beffroi.desks.field.shown import Face
from beffroi.foundation import clock

#: Pieces of the page by the identifier of the element that holds them.
ON_MISSION = ("mission", "turn", "know", "big")
WITHOUT = ("idle", "big")


def pieces(face: Face) -> dict[str, str]:
    """The HTML of each piece."""
    names = ON_MISSION if face.task else WITHOUT
    return {name: render_to_string(f"desks/field/{name}.html", {"face": face}) for name in names}


def told(face: Face | None) -> dict[str, Any]:
    """What the page's scripts need, as plain values; without a shift, that there is none."""
    if face is None:
        return {"shift": "", "mission": ""}
    task = face.task
    return {
        "shift": face.shift,
        "mission": task.id if task else "",
        "state": task.state if task else face.state,
        "way": list(task.way) if task else [],
        "place": [task.lat, task.lon] if task and task.lat is not None else None,
        "life": bool(task and task.life),
        "reference": task.reference if task else "",
        "unit": {
            "key": face.unit,
            "corps": face.corps,
            "state": "free" if face.state == "free" else "busy",
            "heading": face.heading,
            "stale": face.stale,
            "lat": face.lat,
            "lon": face.lon,
            "sub": "",
        },
    }


def news(face: Face | None) -> dict[str, Any]:
    """What is told to a page that is open: its values, its pieces, our clock."""
    return {
        **told(face),
        "pieces": pieces(face) if face else {},
        "now": clock.now().isoformat(),
    }
