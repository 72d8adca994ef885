"""The first department by hand, with the post that answers for it."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from registry.organization.models import Organ
from registry.organization.structure import problem_with_code
from registry.organization.vocabulary import said_later
from registry.portal.forms.first_run import PlainForm, PlainText
from registry.web.fields import DayField, QuickSelect


class DepartmentForm(PlainForm):
    """One department and, if wanted, the post of its head."""

    organ = forms.ModelChoiceField(
        Organ.objects.none(), label=said_later("{organ}"), empty_label="選んでください", widget=QuickSelect
    )
    name = PlainText(label="組織の名称", max_length=100, help_text="例: 総務課")
    code = PlainText(
        label="所属コード", required=False, max_length=20, help_text="資産番号に使います。なければ空欄にします。"
    )
    valid_from = DayField(label="設置日", help_text="組織が置かれた日です。分からなければ今年度の初日にします。")
    head = PlainText(
        label="長の職名",
        required=False,
        max_length=100,
        help_text=said_later("例: 総務課長。入れると、申請を確認する職({manager})も置きます。"),
    )

    def __init__(self, *args: Any, organs: QuerySet[Organ], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organ"].queryset = organs.order_by("position", "id")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if problem := problem_with_code(code):
            raise forms.ValidationError(problem)
        return code
