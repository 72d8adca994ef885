"""Levels of several schemes become comparable; those that were loaded before are as severe as their rank says."""

from django.db import migrations, models
from django.db.models import F


def as_ranked(apps, schema_editor):
    apps.get_model("assets", "Level").objects.filter(severity=0).update(severity=F("rank"))


class Migration(migrations.Migration):
    dependencies = [("assets", "0004_asset_count")]

    operations = [
        migrations.AddField(
            model_name="level",
            name="severity",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="ほかの分類体系の区分と比べるための順位です。大きいほど厳しい取扱いになります。",
                verbose_name="厳しさ",
            ),
        ),
        migrations.RunPython(as_ranked, migrations.RunPython.noop),
    ]
