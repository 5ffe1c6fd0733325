"""Django's name for this room."""

from django.apps import AppConfig


class ActingRoom(AppConfig):
    """The room `acting`: from it the broker learns who may hear commands, and that only we give them."""

    name = "beffroi.during.acting"
    label = "acting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from beffroi.during.acting.accounts import devices
        from beffroi.during.intake import broker

        broker.register(devices)
