"""The triggers are made again: of an entry the body alone may go, for its hash, and none of the journal's own."""

from django.db import migrations

from beffroi.journal import schema


def install_triggers(apps, editor):
    schema.install_triggers(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
