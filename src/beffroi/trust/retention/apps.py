"""Django's name for this room."""

from django.apps import AppConfig


class RetentionRoom(AppConfig):
    """The room `retention`."""

    name = "beffroi.trust.retention"
    label = "retention"
    default_auto_field = "django.db.models.BigAutoField"
