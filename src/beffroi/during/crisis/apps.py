"""Django's name for this room."""

from django.apps import AppConfig


class CrisisRoom(AppConfig):
    """The room `crisis`."""

    name = "beffroi.during.crisis"
    label = "crisis"
    default_auto_field = "django.db.models.BigAutoField"
