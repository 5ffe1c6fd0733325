"""Django's name for this room."""

from django.apps import AppConfig


class DesksRoom(AppConfig):
    """The room `desks`."""

    name = "beffroi.desks"
    label = "desks"
    default_auto_field = "django.db.models.BigAutoField"
