"""Django's name for this room, and what retention erases of it."""

from django.apps import AppConfig


class UnusualRoom(AppConfig):
    """The room `unusual`."""

    name = "beffroi.trust.unusual"
    label = "unusual"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Alerts go with the register that they were made from."""
        from django.db.models import Q

        from beffroi.trust.retention import keepers
        from beffroi.trust.retention.keepers_people import OfTheGone
        from beffroi.trust.retention.tables import Rows
        from beffroi.trust.unusual.models import Alert, OwnStreet

        keepers.register(
            Rows(
                "looks",
                "alerts",
                Alert,
                "noticed_at",
                "territory_key",
                {"device": "device", "member": "member"},
                only=lambda: ~Q(decision=""),
            )
        )
        keepers.register(OfTheGone("own streets", OwnStreet, "member"))
