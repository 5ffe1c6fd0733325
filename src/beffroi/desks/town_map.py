"""The town's map as browsers fetch it: layers for ever under their version, cameras with what they see."""

from __future__ import annotations

import hashlib
import json

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.views.decorators.http import require_safe

from beffroi.people import doors
from beffroi.territory import queries
from beffroi.territory.shown import DeviceView

LAYERS = frozenset({"streets", "buildings", "water", "green", "rail", "lamps", "limit"})
EMPTY = b'{"type":"FeatureCollection","features":[]}'
FOR_EVER = "private, max-age=31536000, immutable"


def layers_address(key: str, version: int) -> str:
    """Where a town's layers are; `LAYER` stands for the layer's name."""
    return reverse("map_layer", args=[key, version, "LAYER"])


@doors.door("territory.view")
@require_safe
def layer(request: HttpRequest, territory: str, version: int, name: str) -> HttpResponse:
    """One layer of one version of a town; a town without water has an empty one."""
    found = queries.layers(territory, version).get(name) if name in LAYERS else None
    if found is None:
        return HttpResponse(EMPTY, content_type="application/geo+json")
    response = HttpResponse(found.read_bytes(), content_type="application/geo+json")
    response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = FOR_EVER
    return response


@doors.door("territory.view")
@require_safe
def cameras(request: HttpRequest, territory: str) -> HttpResponse:
    """Cameras in place now, and what each can see; never an image."""
    points = [_point(device) for device in queries.devices(territory, kinds=["camera"]) if device.position]
    body = json.dumps(
        {
            "cameras": {"type": "FeatureCollection", "features": points},
            "views": queries.views(territory),
        },
        separators=(",", ":"),
    ).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _point(device: DeviceView) -> dict[str, object]:
    assert device.position is not None  # noqa: S101 - the caller keeps only those
    properties: dict[str, object] = {"key": device.key, "mute": "mute" in device.flags}
    if device.direction_deg is not None:
        properties["direction"] = device.direction_deg
    place = [device.position.lon, device.position.lat]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": place}}
