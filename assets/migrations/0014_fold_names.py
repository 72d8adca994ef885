"""The names that stand in the ledger already are folded, so that duplicates are found among them too."""

from typing import Any

from django.db import migrations

from registry.base.text import fold

AT_ONCE = 2_000
FOLDED = 200


def fold_all(apps: Any, schema_editor: Any) -> None:
    asset, folded = apps.get_model("assets", "Asset"), apps.get_model("assets", "FoldedName")
    last = 0
    while rows := list(asset.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "name")[:AT_ONCE]):
        texts = [(key, fold(name)[:FOLDED]) for key, name in rows]
        folded.objects.bulk_create([folded(asset_id=key, text=text, length=len(text)) for key, text in texts])
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("assets", "0013_duplicates_and_disposal")]

    operations = [migrations.RunPython(fold_all, migrations.RunPython.noop)]
