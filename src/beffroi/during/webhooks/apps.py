"""Django's name for this room."""

from django.apps import AppConfig


class WebhooksRoom(AppConfig):
    """The room `webhooks`."""

    name = "beffroi.during.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
