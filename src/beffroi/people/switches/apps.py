"""Django's name for this room, and what it answers for before the doors."""

from django.apps import AppConfig


class SwitchesRoom(AppConfig):
    """The room `switches`."""

    name = "beffroi.people.switches"
    label = "switches"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer for the ground `switch`."""
        from beffroi.people import grounds
        from beffroi.people.switches.ground_port import SWITCHES

        grounds.register("switch", SWITCHES)
