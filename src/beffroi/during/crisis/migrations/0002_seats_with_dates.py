"""Seats have dates and deputies; people outside are kept; a plan says who put it in force."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

import beffroi.foundation.identifiers


def _leads(apps: Any, _schema: Any) -> None:
    apps.get_model("crisis", "Seat").objects.filter(lead=True).update(role="lead")


class Migration(migrations.Migration):
    dependencies = [
        ("crisis", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="seat", name="crisis_one_seat"),
        migrations.AddField(
            model_name="seat",
            name="role",
            field=models.CharField(default="member", max_length=8),
        ),
        migrations.AddField(model_name="seat", name="since", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="seat", name="until", field=models.DateTimeField(null=True)),
        migrations.RunPython(_leads, migrations.RunPython.noop),
        migrations.RemoveField(model_name="seat", name="lead"),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("territory_key", "cell", "member"),
                name="crisis_one_seat",
            ),
        ),
        migrations.AddField(
            model_name="plan",
            name="put_by",
            field=models.CharField(default="system", max_length=64),
        ),
        migrations.CreateModel(
            name="Outsider",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=beffroi.foundation.identifiers.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("territory_key", models.CharField(db_index=True, max_length=80)),
                ("cell", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                ("task", models.CharField(blank=True, default="", max_length=120)),
                ("number", models.CharField(max_length=16)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
        ),
    ]
