"""The head of the chain, and the triggers that refuse to change or delete history."""

from typing import Any

from django.db import migrations

from registry.history.triggers import arm, disarm


def begin_chain(apps: Any, schema_editor: Any) -> None:
    apps.get_model("history", "Head").objects.create(pk=1)


def end_chain(apps: Any, schema_editor: Any) -> None:
    apps.get_model("history", "Head").objects.all().delete()


def arm_table(apps: Any, schema_editor: Any) -> None:
    arm(schema_editor.connection)


def disarm_table(apps: Any, schema_editor: Any) -> None:
    disarm(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("history", "0001_first")]

    operations = [
        migrations.RunPython(begin_chain, end_chain),
        migrations.RunPython(arm_table, disarm_table),
    ]
