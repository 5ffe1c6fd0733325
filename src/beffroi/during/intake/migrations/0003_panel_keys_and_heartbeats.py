from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_source_mapping"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ear",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("alive_at", models.DateTimeField()),
                ("cut_since", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="source",
            name="expects_every_s",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="source",
            name="panel_key",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="source",
            name="silent_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
