"""What the messages of a mapped source mean."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="source",
            name="mapping",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
