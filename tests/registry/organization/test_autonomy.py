"""An autonomous organ (議会) is built by its own 事務局: nobody outside opens a door into it, and it opens none elsewhere."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied

from assets.editing import propose_change
from assets.models import Asset
from assets.states import State
from registry.history.models import Entry
from registry.organization import people, structure
from registry.organization.access import lists_visible_to, may_build, organs_built_by
from registry.organization.appointments import appoint, end_appointment
from registry.organization.models import Appointment, Department, Organ, Post, User
from registry.organization.roles import Role
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def council_office() -> User:
    """A 事務局 inside 議会."""
    post = structure.create_post(world.department("council"), "議会情報担当", [Role.SECRETARIAT], world.SINCE, by=None)
    user = User.objects.create_user("council_office", "議会情報担当の人", world.PASSWORD)
    appoint(user, post, world.SINCE, by=None)
    return user


def council() -> Organ:
    return Organ.objects.get(code="council")


def seat(title: str) -> Post:
    return Post.objects.get(title=title)


FROM_OUTSIDE: dict[str, Callable[[User], object]] = {
    "opens it": lambda by: structure.change_organ(council(), {"autonomous": False}, by=by),
    "renames it": lambda by: structure.change_organ(council(), {"name": "町議会"}, by=by),
    "adds a unit": lambda by: structure.create_department(
        Department(organ=council(), name="議事課", valid_from=world.SINCE), by=by
    ),
    "closes a unit": lambda by: structure.close_department(world.department("council"), world.SINCE, by=by),
    "adds a post": lambda by: structure.create_post(
        world.department("council"), "次長", [Role.MANAGER], world.SINCE, by=by
    ),
    "gives a role": lambda by: structure.assign_role(seat("議会事務局書記"), Role.MANAGER, world.SINCE, by=by),
    "appoints": lambda by: appoint(world.person("clerk"), seat("議会事務局書記"), world.SINCE, by=by),
    "dismisses": lambda by: end_appointment(Appointment.objects.get(user__username="council_head"), world.SINCE, by=by),
    "takes an account": lambda by: people.set_temporary_password(world.person("council_head"), by=by),
    "stops somebody": lambda by: people.disable(world.person("council_head"), by=by),
}


@pytest.mark.parametrize("deed", FROM_OUTSIDE)
def test_the_office_of_the_mayor_changes_nothing_in_an_autonomous_organ(deed: str) -> None:
    before = Entry.objects.count()
    with pytest.raises(PermissionDenied, match="自律機関"):
        FROM_OUTSIDE[deed](world.person("secretariat"))
    assert Entry.objects.count() == before
    FROM_OUTSIDE["adds a post"](world.person("sysadmin"))


def test_the_office_of_the_organ_builds_it_and_nothing_else(council_office: User) -> None:
    FROM_OUTSIDE["adds a post"](council_office)
    people.set_temporary_password(world.person("council_head"), by=council_office)
    assert list(organs_built_by(council_office)) == [council()]
    for organ in (Organ.objects.get(code="town"), None):
        assert not may_build(council_office, organ)
    with pytest.raises(PermissionDenied, match="その機関の組織だけ"):
        appoint(world.person("councillor"), seat("税務課主査"), world.SINCE, by=council_office)
    with pytest.raises(PermissionDenied, match="その機関の組織だけ"):
        people.set_temporary_password(world.person("clerk"), by=council_office)
    assert list(lists_visible_to(council_office)) == []


def test_only_the_administrator_says_which_organ_is_autonomous(council_office: User) -> None:
    for by, organ in ((council_office, council()), (world.person("secretariat"), Organ.objects.get(code="town"))):
        with pytest.raises(PermissionDenied, match="システム管理者だけ"):
            structure.change_organ(organ, {"autonomous": not organ.autonomous}, by=by)


@pytest.mark.parametrize("username", ["secretariat", "sysadmin"])
def test_nobody_appoints_themselves(username: str) -> None:
    before = Appointment.objects.count()
    with pytest.raises(PermissionDenied, match="自分を任命することはできません"):
        appoint(world.person(username), seat("税務課長"), world.SINCE, by=world.person(username))
    assert Appointment.objects.count() == before


def test_an_asset_does_not_move_across_the_border_of_an_autonomous_organ() -> None:
    both = world.person("clerk")
    appoint(both, seat("議会事務局書記"), world.SINCE, kind=Appointment.Kind.CONCURRENT, by=None)
    asset = world.proposal_in(State.APPROVED).asset
    values = {**world.values(), "section": world.department("council").pk}
    with pytest.raises(PermissionDenied, match="移せません"):
        propose_change(asset, values, base_version=asset.version, by=world.person("clerk"))
    assert Asset.objects.get(pk=asset.pk).open_proposal is None
