"""Django's name for this room."""

from django.apps import AppConfig


class UnusualRoom(AppConfig):
    """The room `unusual`."""

    name = "beffroi.trust.unusual"
    label = "unusual"
    default_auto_field = "django.db.models.BigAutoField"
