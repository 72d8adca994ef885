"""What is asked for a disposal: how, when, by whom, what was done, where the evidence is."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from assets.choices import Disposal
from assets.disposal import DESTROY_IT, PHYSICAL, Particulars, needs_destruction
from assets.forms.fields import EMPTY, Line, Reason
from assets.models import Asset, Proposal
from registry.files.kinds import ENDINGS, IN_WORDS
from registry.organization.models import User
from registry.web.fields import DayField, FilesField, QuickSelect


class DisposalForm(forms.Form):
    """The application for a disposal; before anything was typed it shows what an earlier one said."""

    method = forms.ChoiceField(label="廃棄方法", widget=QuickSelect, choices=[("", EMPTY), *Disposal.choices])
    day = DayField(label="廃棄の日", help_text="廃棄する日です。承認は、この日時を過ぎてからになります。")
    time = forms.TimeField(label="時刻", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    handled_by = Line(100, label="担当者", help_text="廃棄する人、または立ち会う人の氏名です。")
    work = Reason(
        rows=3,
        label="処理内容",
        help_text="何を、どこで、どのように処理するか。例: 本庁舎で立会いのもと、磁気ディスク3台を破砕機で破砕",
    )
    evidence = Line(
        200, label="証拠の所在", required=False, help_text="紙の廃棄証明書などの置き場所。例: 文書番号 R8税第123号"
    )
    uploads = FilesField(
        label="廃棄証明書・写真",
        accept=",".join(ENDINGS),
        required=False,
        help_text=f"{IN_WORDS}。いくつも一度に選べます。廃棄が済んだあとからでも添付できます。",
    )
    note = Reason(rows=2, label="申請の理由・コメント", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    use_required_attribute = False

    def __init__(self, data: Any, files: Any = None, *, asset: Asset, proposal: Proposal | None, user: User) -> None:
        """proposal: an application that was returned and is written again."""
        self.asset = asset
        super().__init__(data, files, initial=_initial(asset, proposal, user))

    def clean_method(self) -> str:
        method: str = self.cleaned_data["method"]
        if needs_destruction(self.asset) and method not in PHYSICAL:
            raise forms.ValidationError(DESTROY_IT)
        return method

    def particulars(self) -> Particulars:
        """What was typed."""
        said = self.cleaned_data
        moment = timezone.make_aware(dt.datetime.combine(said["day"], said["time"]))
        return Particulars(said["method"], moment, said["handled_by"], said["work"], said["evidence"])


def _initial(asset: Asset, proposal: Proposal | None, user: User) -> dict[str, Any]:
    if proposal is None:
        return {"method": asset.disposal_method, "handled_by": user.name, "version": asset.version}
    said = Particulars.of(proposal)
    local = timezone.localtime(said.disposed_at)
    return {
        "method": said.method,
        "day": local.date(),
        "time": local.time(),
        "handled_by": said.handled_by,
        "work": said.work,
        "evidence": said.evidence,
        "version": proposal.version,
    }
