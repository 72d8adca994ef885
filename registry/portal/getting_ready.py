"""What is still missing before the work of every day can begin: one list, in the order in which it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from assets.models import Asset
from registry.organization.access import may_manage_organization
from registry.organization.models import Appointment, Department, Post, Preset, User
from registry.organization.roles import Role
from registry.organization.vocabulary import said, title, word


@dataclass(frozen=True)
class Item:
    """One thing to be got ready: what, how far it is, and where it is done. open: '' once there is nothing to do."""

    label: str
    why: str
    open: str
    url: str
    act: str


def items() -> list[Item]:
    """Everything in order; each asks the database once or twice, however large the organisation is."""
    return [make() for make in ITEMS]


def left_for(user: User) -> int:
    """How many things this person still has to see to; 0 for who does not manage the organisation."""
    return sum(bool(item.open) for item in items()) if may_manage_organization(user) else 0


def _departments() -> Item:
    return Item(
        "組織を入れる",
        said("{division}や{section}を組織一覧(Excel)から取り込むか、一つずつ入れます。"),
        "" if Department.objects.current().exists() else "組織がまだありません。",
        reverse("portal:getting-ready-organization"),
        "組織を入れる",
    )


def _heads() -> Item:
    today = timezone.localdate()
    below = Department.objects.current(today).filter(parent=OuterRef("pk"))
    heads = Post.objects.current(today).with_role(Role.MANAGER).filter(department=OuterRef("pk"))
    places = Department.objects.current(today).in_scope().filter(~Exists(below), ~Exists(heads)).count()
    return Item(
        f"{title('manager')}の職を置く",
        said("{section}ごとに、申請を確認する職({manager})が要ります。職の役割で決まります。"),
        _open(places, f"{title('manager')}の職がない組織が{places:,}あります。", among=Department.objects.current()),
        reverse("admin:organization_post_add"),
        "職を追加する",
    )


def _people() -> Item:
    someone = User.objects.filter(is_active=True, is_superuser=False).exists()
    return Item(
        "利用者を入れる",
        "ログインする人を追加し、仮パスワードを渡します。",
        "" if someone else "管理者のほかに、利用者がいません。",
        reverse("admin:organization_user_add"),
        "利用者を追加する",
    )


def _secretariat() -> Item:
    posts = Post.objects.current().with_role(Role.SECRETARIAT)
    found = Appointment.objects.current().filter(post__in=posts, user__is_active=True).exists()
    return Item(
        said("{secretariat}の人を任命する"),
        said("「{secretariat}」の役割のある職に人を就けると、審査と台帳の管理ができるようになります。"),
        "" if found else said("{secretariat}の役割のある職に、だれも就いていません。"),
        reverse("admin:organization_appointment_add"),
        "任命する",
    )


def _in_charge() -> Item:
    heads = Post.objects.current().with_role(Role.MANAGER)
    vacant = heads.filter(~Exists(Appointment.objects.current().filter(post=OuterRef("pk")))).count()
    return Item(
        f"{title('manager')}を任命する",
        said("申請は、{manager}が確認してから{secretariat}に進みます。"),
        _open(vacant, f"空席の{title('manager')}の職が{vacant:,}あります。", among=heads),
        reverse("admin:organization_appointment_add"),
        "任命する",
    )


def _settings() -> Item:
    count = Preset.objects.unconfirmed().count()
    return Item(
        "団体の設定を確かめる",
        "付属の設定のうち、規程で確かめていないもの(要確認)です。",
        f"確認していない設定が{count:,}件あります。" if count else "",
        f"{reverse('admin:organization_preset_changelist')}?standing=open",
        "確かめる",
    )


def _ledger() -> Item:
    return Item(
        "いまの台帳を取り込む",
        said("{secretariat}か所管{section}の人がログインし、いま使っているExcelの台帳を取り込みます。"),
        "" if Asset.objects.exists() else f"{word('asset')}がまだ一つもありません。",
        reverse("assets:import-new"),
        "台帳を取り込む",
    )


ITEMS: tuple[Callable[[], Item], ...] = (_departments, _heads, _people, _secretariat, _in_charge, _settings, _ledger)


def _open(count: int, sentence: str, *, among: QuerySet[Any]) -> str:
    """What is open among things of which there must be some."""
    if count:
        return sentence
    return "" if among.exists() else "組織と職がまだありません。"
