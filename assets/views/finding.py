"""The asset of an address: for who may see it, with everything a page says about it."""

from collections.abc import Mapping

from django.shortcuts import get_object_or_404

from assets.extra_values import read_whole
from assets.models import Asset, Level
from assets.values import RELATED, with_related
from registry.organization.models import Department, Post, User

AT_ONCE = ["__".join((name, *beside)) for names, beside in (RELATED[Department], RELATED[Post]) for name in names]


def find_asset(pk: int, *, for_user: User, levels: Mapping[int, Level] | None = None) -> Asset:
    """The asset with its proposal and related rows; Http404 when there is none that the person may see.

    `levels` are those that were read with the schemes already.
    """
    visible = Asset.objects.visible_to(for_user).select_related("open_proposal", *AT_ONCE)
    asset = get_object_or_404(visible, pk=pk)
    read_whole(asset)
    return with_related([asset], levels)[0]
