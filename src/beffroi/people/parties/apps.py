"""Django's name for this room."""

from django.apps import AppConfig


class PartiesRoom(AppConfig):
    """The room `parties`."""

    name = "beffroi.people.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
