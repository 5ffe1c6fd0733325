"""Django's name for this room."""

from django.apps import AppConfig


class OncallRoom(AppConfig):
    """The room `oncall`."""

    name = "beffroi.during.oncall"
    label = "oncall"
    default_auto_field = "django.db.models.BigAutoField"
