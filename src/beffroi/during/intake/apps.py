"""Django's name for this room."""

from django.apps import AppConfig


class IntakeRoom(AppConfig):
    """The room `intake`."""

    name = "beffroi.during.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"
