"""What the register of orders keeps is no longer kept with the camera."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("eyes", "0004_orders_to_the_register")]

    operations = [
        migrations.RemoveField(model_name="camera", name="order"),
        migrations.RemoveField(model_name="camera", name="order_until"),
    ]
