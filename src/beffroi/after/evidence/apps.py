"""Django's name for this room."""

from django.apps import AppConfig


class EvidenceRoom(AppConfig):
    """The room `evidence`."""

    name = "beffroi.after.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
