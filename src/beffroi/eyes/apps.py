"""Django's name for this room, and what it answers for before the doors."""

from django.apps import AppConfig


class EyesRoom(AppConfig):
    """The room `eyes`."""

    name = "beffroi.eyes"
    label = "eyes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer for the purpose of a look, for the order that covers a camera, and for who looks."""
        from beffroi.eyes.ground_ports import ACCREDITATIONS, ORDERS, PURPOSES
        from beffroi.people import grounds

        grounds.register("purpose", PURPOSES)
        grounds.register("order", ORDERS)
        grounds.register("accreditation", ACCREDITATIONS)
