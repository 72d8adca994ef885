# ruff: noqa: N803, N806 — the models of this moment are given by name
"""What was registered before links had effect: the system an asset is on holds it, and what was set is in force."""

from django.db import migrations
from django.db.models import F

SLOTS = (1, 2, 3)


def begin(apps, schema_editor):
    Asset, Holding = apps.get_model("assets", "Asset"), apps.get_model("assets", "Holding")
    Asset.objects.update(**{f"applied_{slot}": F(f"level_{slot}") for slot in SLOTS})
    on = Asset.objects.filter(standing="registered", system__isnull=False, system__standing="registered")
    pairs = [(holder, held) for holder, held in on.values_list("system_id", "pk") if holder != held]
    Holding.objects.bulk_create([Holding(holder_id=holder, held_id=held) for holder, held in pairs], batch_size=500)
    waiting = {holder for holder, _ in pairs}
    for _ in range(len(waiting)):  # at most one storey per holder
        waiting = {key for key in waiting if inherit(Asset, Holding, key)}
        waiting = set(Holding.objects.filter(held__in=waiting).values_list("holder_id", flat=True))


def inherit(Asset, Holding, key):
    """Give one holder the strictest of what it holds; True when that changed what is in force."""
    holder = Asset.objects.get(pk=key)
    before = [getattr(holder, f"applied_{slot}_id") for slot in SLOTS]
    for slot in SLOTS:
        order = (f"-held__applied_{slot}__severity", f"-held__applied_{slot}__rank", "held_id")
        link = Holding.objects.filter(holder=key, **{f"held__applied_{slot}__isnull": False}).order_by(*order).first()
        own, found = getattr(holder, f"level_{slot}"), link and getattr(link.held, f"applied_{slot}")
        stricter = found and (own is None or (found.severity, found.rank) > (own.severity, own.rank))
        inherited = link and found.pk != getattr(link.held, f"level_{slot}_id")
        setattr(holder, f"calculated_{slot}", found)
        setattr(holder, f"source_{slot}_id", link and (getattr(link.held, f"source_{slot}_id") if inherited else link.held_id))
        setattr(holder, f"applied_{slot}", found if stricter else own)
    holder.save()
    return before != [getattr(holder, f"applied_{slot}_id") for slot in SLOTS]


class Migration(migrations.Migration):
    dependencies = [("assets", "0008_holdings")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
