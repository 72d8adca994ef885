"""Counting what a person may see reads an index and no asset."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assets", "0003_proposal_token")]

    operations = [
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["department", "standing"], name="asset_count_by_department"),
        ),
    ]
