"""The roles of the catalogue, in their table from the first start."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from beffroi.people.catalogue import catalogue


def load(apps: Any, schema_editor: Any) -> None:
    """Insert or refresh each role."""
    role = apps.get_model("people", "Role")
    for definition in catalogue().roles.values():
        role.objects.update_or_create(
            key=definition.key,
            defaults={
                "name_fr": definition.fr,
                "name_en": definition.en,
                "second_factor": definition.second_factor,
                "actions": list(definition.actions),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
