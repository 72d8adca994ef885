"""Names are short where that is enough; units and posts that share a name are told apart wherever one is chosen or read."""

import pytest

from registry.organization.models import Department, Post
from registry.organization.naming import department_names, post_names
from registry.organization.roles import Role
from registry.organization.structure import create_department, create_post
from tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def twins() -> list[Department]:
    """A 庶務係 in two 課."""
    above = [world.department("tax"), world.department("residents")]
    return [
        create_department(Department(organ=unit.organ, parent=unit, name="庶務係", valid_from=world.SINCE), by=None)
        for unit in above
    ]


def test_units_that_share_a_name_are_called_in_full(twins: list[Department]) -> None:
    names = department_names(Department.objects.values_list("pk", "name", "full_name"))
    assert [names[unit.pk] for unit in twins] == ["税務課 庶務係", "住民課 庶務係"]
    assert names[world.department("tax").pk] == "税務課"


def test_posts_that_share_a_title_are_called_in_full(twins: list[Department]) -> None:
    posts = [create_post(unit, "係長", [Role.MANAGER], world.SINCE, by=None) for unit in twins]
    names = post_names(Post.objects.select_related("department"))
    assert [names[post.pk] for post in posts] == ["税務課 庶務係 係長", "住民課 庶務係 係長"]
    assert names[Post.objects.get(title="税務課長").pk] == "税務課長"


def test_list_form_and_workbook_tell_twins_apart(twins, signed_in) -> None:
    for unit in twins:
        create_post(unit, "係長", [Role.MANAGER], world.SINCE, by=None)
    page = signed_in("clerk").get("/assets/new/").content.decode()
    assert "税務課 庶務係 係長" in page
    assert "住民課 庶務係 係長" in page
