import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import beffroi.foundation.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incident", "0002_handing_over_events_shifts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Crisis",
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
                ("territory_key", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("level", models.CharField(max_length=40)),
                ("exercise", models.BooleanField(default=False)),
                ("plan", models.CharField(max_length=100)),
                ("toml", models.TextField()),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=64)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=64)),
                ("left", models.TextField(blank=True, default="")),
                ("left_salt", models.BinaryField(default=b"")),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="crises",
                        to="incident.incident",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "crises",
            },
        ),
        migrations.CreateModel(
            name="CellAt",
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
                ("cell", models.CharField(max_length=40)),
                ("active", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                (
                    "crisis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="cells", to="crisis.crisis"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Call",
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
                ("called_at", models.DateTimeField(null=True)),
                ("messages", models.JSONField(default=list)),
                ("reached", models.BooleanField(null=True)),
                ("said_at", models.DateTimeField(null=True)),
                ("said_by", models.CharField(blank=True, default="", max_length=64)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="crisis_calls",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "crisis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="crisis.crisis"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
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
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("salt", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "crisis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="crisis.crisis",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Done",
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
                ("cell", models.CharField(max_length=40)),
                ("step", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=64)),
                (
                    "crisis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="crisis.crisis"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "done",
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                ("draft", models.CharField(max_length=40)),
                ("area", models.CharField(max_length=200)),
                ("headline", models.CharField(max_length=160)),
                ("description", models.TextField()),
                ("instruction", models.TextField()),
                ("hours", models.PositiveSmallIntegerField()),
                ("prepared_at", models.DateTimeField()),
                ("prepared_by", models.CharField(max_length=64)),
                ("salt", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("validated_at", models.DateTimeField(null=True)),
                ("validated_by", models.CharField(blank=True, default="", max_length=64)),
                ("expires_at", models.DateTimeField(null=True)),
                ("cap", models.BinaryField(default=b"")),
                (
                    "crisis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="crisis.crisis",
                    ),
                ),
                (
                    "over",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ends",
                        to="crisis.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Plan",
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
                ("territory_key", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("toml", models.TextField()),
                ("put_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("territory_key", "number"), name="crisis_one_plan_a_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seat",
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
                ("territory_key", models.CharField(max_length=80)),
                ("cell", models.CharField(max_length=40)),
                ("lead", models.BooleanField(default=False)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="crisis_seats",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="crisis",
            constraint=models.UniqueConstraint(fields=("territory_key", "number"), name="crisis_one_number"),
        ),
        migrations.AddConstraint(
            model_name="crisis",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("territory_key", "exercise"),
                name="crisis_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="cellat",
            constraint=models.UniqueConstraint(fields=("crisis", "cell"), name="crisis_one_cell"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("crisis", "member"), name="crisis_one_call"),
        ),
        migrations.AddConstraint(
            model_name="done",
            constraint=models.UniqueConstraint(fields=("crisis", "cell", "step"), name="crisis_one_step"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                fields=("territory_key", "cell", "member"), name="crisis_one_seat"
            ),
        ),
    ]
