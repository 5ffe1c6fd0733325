"""Django's name for this room."""

from django.apps import AppConfig


class RehearsalRoom(AppConfig):
    """The room `rehearsal`."""

    name = "beffroi.rehearsal"
    label = "rehearsal"
    default_auto_field = "django.db.models.BigAutoField"
