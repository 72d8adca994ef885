"""The asset of an address: for who may see it, with everything a page says about it."""

from django.shortcuts import get_object_or_404

from assets.models import Asset
from assets.values import RELATED, with_related
from registry.organization.models import Department, Post, User

AT_ONCE = ["__".join((name, *beside)) for names, beside in (RELATED[Department], RELATED[Post]) for name in names]


def find_asset(pk: int, *, for_user: User) -> Asset:
    """The asset with its proposal and related rows; Http404 when there is none that the person may see."""
    visible = Asset.objects.visible_to(for_user).select_related("open_proposal", *AT_ONCE)
    return with_related([get_object_or_404(visible, pk=pk)])[0]
