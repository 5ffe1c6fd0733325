"""Django's name for this room."""

from django.apps import AppConfig


class SignalRoom(AppConfig):
    """The room `signal`."""

    name = "beffroi.before.signal"
    label = "signal"
    default_auto_field = "django.db.models.BigAutoField"
