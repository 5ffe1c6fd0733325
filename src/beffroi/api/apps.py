"""The room of the API, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class ApiRoom(AppConfig):
    """Answers kept for requests that are sent again."""

    name = "beffroi.api"
    label = "api"

    def ready(self) -> None:
        """Let retention erase the answers whose time is over."""
        from beffroi.api.models import KeptAnswer
        from beffroi.trust.retention import keepers
        from beffroi.trust.retention.tables import Rows

        keepers.register(Rows("answers", "answers", KeptAnswer, "at"))
