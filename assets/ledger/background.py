"""The ledger's long work, with the rights that whoever asked for it has at that moment."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse

from assets.ledger import bulk_editing, importing, staging
from assets.models import Batch, BulkDraft
from registry.history.turn import in_turn
from registry.jobs.models import Job
from registry.jobs.running import Progress, finish
from registry.organization.models import User

IN_A_REQUEST = 1_000  # rows that a person waits for; more are a job


def change_at_once(job: Job, progress: Progress) -> None:
    """Carry out a bulk change that was previewed. facts: draft, reason, mark, directly."""
    by, facts = _asking(job), job.facts
    draft = BulkDraft.objects.visible_to(by).get(pk=facts["draft"])
    job.url = reverse("assets:bulk-preview", args=[draft.pk])
    count = len(draft.fit)
    progress(f"{count:,}件を変えています")
    with in_turn():
        made = bulk_editing.carry_out(
            draft, by=by, reason=facts["reason"], mark=facts["mark"], directly=facts["directly"]
        )
        done = "変更しました" if facts["directly"] else "変える申請をしました"
        finish(job, f"{count:,}件を{done}。", reverse("assets:change", args=[made.pk]))


def check(job: Job, progress: Progress) -> None:
    """Read an upload row by row. facts: batch, mapping, fixed."""
    by, facts = _asking(job), job.facts
    batch = Batch.objects.visible_to(by).get(pk=facts["batch"])
    job.url = reverse("assets:import-columns", args=[batch.pk])
    read = staging.read_rows(batch, facts["mapping"], facts["fixed"], by=by, progress=progress)
    progress("結果を保存しています")
    with in_turn():
        staging.keep(read, by=by)
        wrong = sum(1 for row in read.rows if row.findings)
        said = f"{wrong:,}行に直すところがあります。" if wrong else "直すところはありません。"
        finish(job, f"{len(read.rows):,}行を確かめました。{said}", reverse("assets:import-check", args=[batch.pk]))


def register(job: Job, progress: Progress) -> None:
    """Put a checked upload into the ledger, or submit it. facts: batch, reason, directly."""
    by, facts = _asking(job), job.facts
    batch = Batch.objects.visible_to(by).get(pk=facts["batch"])
    job.url = reverse("assets:import-check", args=[batch.pk])
    progress("登録しています" if facts["directly"] else "申請しています")
    act = importing.register if facts["directly"] else importing.submit
    with in_turn():
        count = act(batch, by=by, reason=facts["reason"])
        done = "登録しました" if facts["directly"] else "申請しました"
        finish(job, f"{count:,}件を{done}。", reverse("assets:import-check", args=[batch.pk]))


def _asking(job: Job) -> User:
    """Who asked, as they are now; PermissionDenied when their login was taken away meanwhile."""
    by = User.objects.get(pk=job.asked_by_id)
    if not by.is_active:
        raise PermissionDenied("頼んだ人の利用者IDが使えなくなったので、行いませんでした。")
    return by
