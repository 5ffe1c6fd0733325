"""Django's name for this room, and what it answers for before the doors."""

from django.apps import AppConfig


class EyesRoom(AppConfig):
    """The room `eyes`."""

    name = "beffroi.eyes"
    label = "eyes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer for the purpose of a look, and for the order that covers a camera."""
        from beffroi.eyes.ground_ports import ORDERS, PURPOSES
        from beffroi.people import grounds

        grounds.register("purpose", PURPOSES)
        grounds.register("order", ORDERS)
