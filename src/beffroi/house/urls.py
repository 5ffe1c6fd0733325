"""Every URL of the installation, room by room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("beffroi.people.urls")),
    path("api/v1/", include("beffroi.api.urls")),
    path("", include("beffroi.desks.urls")),
]

handler403 = "beffroi.desks.pages.refused"
handler404 = "beffroi.desks.pages.not_found"
handler500 = "beffroi.desks.pages.broken"
