"""Django's name for this room."""

from django.apps import AppConfig


class PeopleRoom(AppConfig):
    """The room `people`."""

    name = "beffroi.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
