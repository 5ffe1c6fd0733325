"""Django's name for this room."""

from django.apps import AppConfig


class IncidentRoom(AppConfig):
    """The room `incident`."""

    name = "beffroi.during.incident"
    label = "incident"
    default_auto_field = "django.db.models.BigAutoField"
