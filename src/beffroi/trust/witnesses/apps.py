"""Django's name for this room."""

from django.apps import AppConfig


class WitnessesRoom(AppConfig):
    """The room `witnesses`."""

    name = "beffroi.trust.witnesses"
    label = "witnesses"
    default_auto_field = "django.db.models.BigAutoField"
