"""Orders that were said of each camera go into the register of orders, where they are kept from now on."""

from datetime import date, timedelta
from typing import Any

from django.db import migrations

_FIVE_YEARS = timedelta(days=5 * 365)


def _carry_over(apps: Any, _schema: Any) -> None:
    """One order a territory and number, covering the cameras that named it; purposes and authority were not kept."""
    kept: dict[tuple[str, str], Any] = {}
    for camera in apps.get_model("eyes", "Camera").objects.exclude(order="").order_by("pk"):
        starts: date = camera.changed_at.date()
        ends = min(camera.order_until or starts + _FIVE_YEARS, starts + _FIVE_YEARS)
        key = (camera.territory_key, camera.order)
        if key not in kept:
            kept[key] = apps.get_model("orders", "Order").objects.create(
                territory_key=camera.territory_key,
                number=camera.order,
                authority="?",
                purposes=["public_safety"],
                retention_days=30,
                starts_on=min(starts, ends),
                ends_on=ends,
            )
        apps.get_model("orders", "Covered").objects.create(order=kept[key], device=camera.device)


class Migration(migrations.Migration):
    dependencies = [("eyes", "0003_straight_and_recorder"), ("orders", "0001_register")]

    operations = [migrations.RunPython(_carry_over, migrations.RunPython.noop)]
