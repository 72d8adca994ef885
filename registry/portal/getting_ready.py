"""What is still missing before the work of every day can begin: one list, in the order in which it is done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from assets.access import may_register_somewhere
from assets.models import Asset
from registry.organization.access import may_manage_organization
from registry.organization.models import Appointment, Body, Department, Post, Preset, User
from registry.organization.roles import Role
from registry.organization.vocabulary import said, title, word


@dataclass(frozen=True)
class Item:
    """One thing to be got ready: what and why, what is open about it ('' once nothing is), and where this person does it.

    Without an address it is for somebody else to do.
    """

    label: str
    why: str
    open: str
    url: str
    act: str


def items(user: User) -> list[Item]:
    """Everything in its order as this person may do it, from one question to the database however large the organisation is."""
    found = _facts()
    manager = title("manager")
    nothing = "" if found["heads"] else "組織と職がまだありません。"
    office = "に、だれも就いていません" if found["offices"] else "がまだありません"
    headless, vacant, unconfirmed = found["headless"], found["vacant"], found["unconfirmed"]
    return [
        Item(
            "組織を入れる",
            said("{division}や{section}を組織一覧(Excel)から取り込むか、一つずつ入れます。"),
            "" if found["departments"] else "組織がまだありません。",
            reverse("portal:getting-ready-organization"),
            "組織を入れる",
        ),
        Item(
            f"{manager}の職を置く",
            said("{section}ごとに、申請を確認する職({manager})が要ります。職の役割で決まります。"),
            f"{manager}の職がない組織が{headless:,}あります。" if headless else nothing,
            reverse("admin:organization_post_add"),
            "職を追加する",
        ),
        Item(
            "利用者を入れる",
            "ログインする人を追加し、仮パスワードを渡します。",
            "" if found["people"] else "管理者のほかに、利用者がいません。",
            reverse("admin:organization_user_add"),
            "利用者を追加する",
        ),
        Item(
            said("{secretariat}の人を任命する"),
            said("「{secretariat}」の役割のある職に人を就けると、審査と台帳の管理ができるようになります。"),
            "" if found["secretariat"] else said(f"「{{secretariat}}」の役割のある職{office}。"),
            reverse(f"admin:organization_{'appointment' if found['offices'] else 'post'}_add"),
            "任命する" if found["offices"] else "職を追加する",
        ),
        Item(
            f"{manager}を任命する",
            said("申請は、{manager}が確認してから{secretariat}に進みます。"),
            f"空席の{manager}の職が{vacant:,}あります。" if vacant else nothing,
            reverse("admin:organization_appointment_add"),
            "任命する",
        ),
        Item(
            "団体の設定を確かめる",
            "付属の設定のうち、規程で確かめていないもの(要確認)です。",
            f"確認していない設定が{unconfirmed:,}件あります。" if unconfirmed else "",
            f"{reverse('admin:organization_preset_changelist')}?standing=open",
            "確かめる",
        ),
        Item(
            "いまの台帳を取り込む",
            said("{secretariat}か所管{section}の人がログインし、いま使っているExcelの台帳を取り込みます。"),
            "" if found["assets"] else f"{word('asset')}がまだ一つもありません。",
            reverse("assets:import-new") if may_register_somewhere(user) else "",
            "台帳を取り込む",
        ),
    ]


def left_for(user: User) -> int:
    """How many things this person still has to see to; 0 for who does not manage the organisation."""
    return sum(bool(item.open) for item in items(user)) if may_manage_organization(user) else 0


def _facts() -> dict[str, Any]:
    """What there is and what is lacking; the smallest units answer for assets, those above them need no head."""
    today = timezone.localdate()
    departments, posts = Department.objects.current(today), Post.objects.current(today)
    heads, offices = posts.with_role(Role.MANAGER, on=today), posts.with_role(Role.SECRETARIAT, on=today)
    seats = Appointment.objects.current(today).filter(user__is_active=True)
    below, own_head = departments.filter(parent=OuterRef("pk")), heads.filter(department=OuterRef("pk"))
    facts = {
        "departments": Exists(departments),
        "headless": _count(departments.in_scope().filter(~Exists(below), ~Exists(own_head))),
        "heads": Exists(heads),
        "vacant": _count(heads.filter(~Exists(seats.filter(post=OuterRef("pk"))))),
        "people": Exists(User.objects.filter(is_active=True, is_superuser=False)),
        "offices": Exists(offices),
        "secretariat": Exists(seats.filter(post__in=offices)),
        "unconfirmed": _count(Preset.objects.unconfirmed()),
        "assets": Exists(Asset.objects.all()),
    }
    return dict(Body.objects.annotate(**facts).values(*facts).get(pk=1))


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many rows, inside a larger question."""
    counted = rows.order_by().annotate(every=Value(1)).values("every").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(counted), 0)
