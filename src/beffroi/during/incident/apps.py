"""Django's name for this room."""

from django.apps import AppConfig


class IncidentRoom(AppConfig):
    """The room `incident`."""

    name = "beffroi.during.incident"
    label = "incident"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer for the incidents in whose name somebody looks through a camera."""
        from beffroi.during.incident.doors import is_open
        from beffroi.eyes import ground_ports

        ground_ports.keep_references(is_open)
