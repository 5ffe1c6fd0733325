"""Django's name for this room."""

from django.apps import AppConfig


class DispatchRoom(AppConfig):
    """The room `dispatch`."""

    name = "beffroi.during.dispatch"
    label = "dispatch"
    default_auto_field = "django.db.models.BigAutoField"
