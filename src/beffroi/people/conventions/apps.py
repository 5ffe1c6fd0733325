"""Django's name for this room."""

from django.apps import AppConfig


class ConventionsRoom(AppConfig):
    """The room `conventions`."""

    name = "beffroi.people.conventions"
    label = "conventions"
    default_auto_field = "django.db.models.BigAutoField"
