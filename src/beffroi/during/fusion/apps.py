"""Django's name for this room."""

from django.apps import AppConfig


class FusionRoom(AppConfig):
    """The room `fusion`."""

    name = "beffroi.during.fusion"
    label = "fusion"
    default_auto_field = "django.db.models.BigAutoField"
