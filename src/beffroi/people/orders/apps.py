"""Django's name for this room."""

from django.apps import AppConfig


class OrdersRoom(AppConfig):
    """The room `orders`."""

    name = "beffroi.people.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
