"""The room of the API, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ApiRoom(AppConfig):
    """Answers kept for requests that are sent again."""

    name = "beffroi.api"
    label = "api"
