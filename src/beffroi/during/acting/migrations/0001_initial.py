import django.db.models.deletion
from django.db import migrations, models

import beffroi.foundation.identifiers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("incident", "0002_handing_over_events_shifts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
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
                ("key", models.CharField(max_length=64)),
                ("broker_hash", models.CharField(max_length=72)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("territory_key", "key"), name="acting_one_account")
                ],
            },
        ),
        migrations.CreateModel(
            name="Actuator",
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
                ("key", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=16)),
                ("device", models.CharField(max_length=80)),
                ("command_topic", models.CharField(max_length=200)),
                ("state_topic", models.CharField(db_index=True, max_length=200)),
                ("declaration", models.JSONField()),
                ("exercise", models.BooleanField(default=False)),
                ("declared_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                ("said", models.CharField(blank=True, default="", max_length=16)),
                ("said_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actuators",
                        to="acting.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Command",
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
                ("act", models.CharField(max_length=16)),
                ("text", models.CharField(blank=True, default="", max_length=40)),
                ("purpose", models.CharField(blank=True, default="", max_length=24)),
                ("seen", models.CharField(blank=True, default="", max_length=12)),
                ("exercise", models.BooleanField(default=False)),
                ("actor", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("no_answer", "No Answer"),
                            ("not_sent", "Not Sent"),
                            ("unsure", "Unsure"),
                            ("kept", "Kept"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("send_by", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("answer_by", models.DateTimeField(null=True)),
                ("over_at", models.DateTimeField(null=True)),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("ends_at", models.DateTimeField(null=True)),
                ("ended", models.BooleanField(default=False)),
                (
                    "actuator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commands",
                        to="acting.actuator",
                    ),
                ),
                (
                    "ends",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ended_by",
                        to="acting.command",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acting_commands",
                        to="incident.incident",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="actuator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("territory_key", "key"),
                name="acting_one_live_actuator",
            ),
        ),
        migrations.AddConstraint(
            model_name="actuator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("command_topic",),
                name="acting_one_topic",
            ),
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(fields=["state", "asked_at"], name="acting_comm_state_98f173_idx"),
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(fields=["incident", "asked_at"], name="acting_comm_inciden_4bc231_idx"),
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(fields=["actuator", "asked_at"], name="acting_comm_actuato_03fe39_idx"),
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(("ended", False)), fields=["ends_at"], name="acting_ends_due"
            ),
        ),
    ]
