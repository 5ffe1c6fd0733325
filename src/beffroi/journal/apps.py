"""Django's name for this room."""

from django.apps import AppConfig


class JournalRoom(AppConfig):
    """The room `journal`."""

    name = "beffroi.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
