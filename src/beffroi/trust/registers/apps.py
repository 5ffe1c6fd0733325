"""Django's name for this room."""

from django.apps import AppConfig


class RegistersRoom(AppConfig):
    """The room `registers`."""

    name = "beffroi.trust.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"
