"""Django's name for this room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalRoom(AppConfig):
    """The room `journal`."""

    name = "beffroi.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load every room's facts, so that any entry can be read."""
        autodiscover_modules("facts")
