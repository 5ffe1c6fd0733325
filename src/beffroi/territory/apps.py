"""Django's name for this room."""

from django.apps import AppConfig


class TerritoryRoom(AppConfig):
    """The room `territory`."""

    name = "beffroi.territory"
    label = "territory"
    default_auto_field = "django.db.models.BigAutoField"
