"""Django's name for this room."""

from django.apps import AppConfig


class PeopleRoom(AppConfig):
    """The room `people`."""

    name = "beffroi.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to sign-ins, so that each goes to the journal."""
        from beffroi.people import sign_in_records  # noqa: F401 - its receivers register on import
