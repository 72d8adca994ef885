"""The asset of an address: for who may see it, with everything a page says about it."""

from django.shortcuts import get_object_or_404

from assets.models import Asset
from assets.values import with_related
from registry.organization.models import User


def find_asset(pk: int, *, for_user: User) -> Asset:
    """The asset with its proposal and related rows; Http404 when there is none that the person may see."""
    visible = Asset.objects.visible_to(for_user).select_related("open_proposal")
    return with_related([get_object_or_404(visible, pk=pk)])[0]
