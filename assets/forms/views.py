"""The form by which a way to look at the ledger gets its name."""

from typing import Any

from django import forms

from assets.access import may_share_with
from assets.models import ViewScope
from registry.base.text import find_control_characters, tidy
from registry.organization.models import Department, User
from registry.organization.vocabulary import said, said_later

DEFAULT_HELP = said_later(
    "台帳を開いたとき、はじめにこの表示になります。自分のもの、{section}のもの、全員のものの順に選ばれます。"
)


class ViewForm(forms.Form):
    """Name, and whether it is what one sees first."""

    name = forms.CharField(label="名前", max_length=60, help_text="例: 特定個人情報だけ、契約が終わるもの")
    default = forms.BooleanField(label="はじめの表示にする", required=False, help_text=DEFAULT_HELP)

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("名前を入力してください。")
        if find_control_characters(name) or "\n" in name:
            raise forms.ValidationError("使えない制御文字があります。消して入れ直してください。")
        return name


class NewViewForm(ViewForm):
    """The same, and who is to be offered it: 「own」, 「everyone」, or the key of a 課 of one's own."""

    scope = forms.ChoiceField(label="だれが使いますか", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"scope": ViewScope.OWN})
        self.departments = {str(one.pk): one for one in _shared_with(user)}
        choices = [(ViewScope.OWN.value, "自分だけ")]
        choices += [(key, f"{one.name}の全員") for key, one in self.departments.items()]
        if may_share_with(user, ViewScope.EVERYONE, None):
            choices.append((ViewScope.EVERYONE.value, said("全員({secretariat}が決める表示)")))
        scope: Any = self.fields["scope"]
        scope.choices = choices
        self.order_fields(["name", "scope", "default"])

    def sharing(self) -> dict[str, Any]:
        """Scope and department, as the act takes them."""
        chosen = self.cleaned_data["scope"]
        if department := self.departments.get(chosen):
            return {"scope": ViewScope.DEPARTMENT, "department": department}
        return {"scope": chosen, "department": None}


def _shared_with(user: User) -> list[Department]:
    """The 課 where this person has a post and may keep views for all."""
    found = {appointment.post.department_id: appointment.post.department for appointment in user.appointments_today}
    return [one for one in found.values() if may_share_with(user, ViewScope.DEPARTMENT, one)]
