"""Addresses of the desks."""

from __future__ import annotations

from django.urls import path, register_converter
from django.views.i18n import set_language

from beffroi.desks import pages, town_map
from beffroi.desks.report import views as report
from beffroi.people import doors


class LayerName:
    """The name of a layer of the map."""

    regex = "[A-Za-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LayerName, "layer")

urlpatterns = [
    path("", pages.public, name="public"),
    path("langue/", doors.public(set_language), name="language"),
    path("theme/", pages.theme, name="theme"),
    path("carte/<slug:territory>/<int:version>/<layer:name>.json", town_map.layer, name="map_layer"),
    path("carte/<slug:territory>/cameras.json", town_map.cameras, name="map_cameras"),
    path("signaler/", report.report, name="report"),
    path("signaler/<uuid:signal>/", report.sent, name="report_sent"),
]
