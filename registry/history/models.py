"""Append-only history: who did what to what, when, in which post, why, from what to what."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, kind: str, subject_id: int) -> "EntryQuerySet":
        return self.filter(kind=kind, subject_id=subject_id)

    def in_departments(self, departments: frozenset[int]) -> "EntryQuerySet":
        return self.filter(department_id__in=departments)

    def newest_first(self) -> "EntryQuerySet":
        return self.order_by("-sequence")


class Entry(models.Model):
    """One act. Names and labels are written out, so that an entry outlives what it describes."""

    sequence = models.BigIntegerField("番号", primary_key=True)
    at = models.DateTimeField("日時", default=timezone.now)
    act = models.CharField("操作", max_length=60)
    kind = models.CharField("対象の種類", max_length=30)
    subject_id = models.BigIntegerField("対象の番号", null=True)
    subject_label = models.CharField("対象", max_length=400)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="操作した人"
    )
    actor_label = models.CharField("氏名", max_length=150)
    post_label = models.CharField("職", max_length=300, blank=True)
    department = models.ForeignKey(
        "organization.Department", models.PROTECT, null=True, related_name="+", verbose_name="所管"
    )
    changes = models.JSONField("変更", default=list)
    note = models.TextField("理由・コメント", blank=True)
    operation = models.UUIDField("操作ID")
    hash = models.CharField("連鎖", max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "履歴"
        verbose_name_plural = "履歴"
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["kind", "subject_id", "-sequence"], name="entry_by_subject"),
            models.Index(fields=["department", "-sequence"], name="entry_by_department"),
            models.Index(fields=["actor", "-sequence"], name="entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.act_label} {self.subject_label}"

    @property
    def act_label(self) -> str:
        """The act in the words of staff."""
        return ACT_LABELS.get(self.act, self.act)


class Head(models.Model):
    """The end of the chain: how many entries there are and the hash of the last. One row."""

    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = "連鎖の先頭"
        verbose_name_plural = "連鎖の先頭"

    def __str__(self) -> str:
        return f"{self.count} {self.hash}"


ACT_LABELS = {
    "asset.drafted": "下書きを作成",
    "asset.revised": "内容を変更",
    "asset.submit": "申請",
    "asset.withdraw": "取下げ",
    "asset.confirm": "確認",
    "asset.return": "差戻し(確認のとき)",
    "asset.send-back": "差戻し(審査)",
    "asset.approve": "承認・登録",
    "asset.registered-directly": "直接登録",
    "asset.changed-at-once": "一括で変更",
    "ledger.changed-at-once": "一括の変更を実行",
    "ledger.undone-at-once": "一括の変更を取消し",
    "asset.class-inherited": "適用値が変わる(継承)",
    "asset.disposal-asked": "廃棄の申請を作成",
    "asset.disposal-cancelled": "廃棄を取消し",
    "asset.merge-asked": "統合の申請を作成",
    "asset.absorbed": "ほかの資産を統合",
    "asset.merged": "ほかの資産に統合",
    "asset.merge-undone": "統合を取消し",
    "asset.set-apart": "別のものと判断",
    "spelling.kept": "書き方の違いを残すと判断",
    "asset.read": "閲覧",
    "asset.attached": "ファイルを添付",
    "asset.attachment-removed": "添付を取り外し",
    "asset.attachment-restored": "取り外した添付を戻す",
    "asset.attachment-read": "添付を開いた",
    "asset.attachment-damaged": "添付の異常を発見",
    "asset.commented": "コメント",
    "asset.comment-withdrawn": "コメントを取消し",
    "asset.comment-seen": "コメントを確認",
    "file.damaged": "保管ファイルの異常を発見",
    "file.whole-again": "保管ファイルの異常が解消",
    "ledger.exported": "台帳を出力",
    "view.saved": "台帳の表示を保存",
    "view.changed": "台帳の表示を変更",
    "view.deleted": "台帳の表示を削除",
    "view.restored": "台帳の表示を元に戻す",
    "ledger.uploaded": "取込ファイルを受付",
    "ledger.imported": "取込を登録",
    "ledger.import-discarded": "取込を中止",
    "organization.uploaded": "組織一覧を受付",
    "organization.imported": "組織一覧を取込",
    "organization.import-discarded": "組織一覧の取込を中止",
    "reorganization.planned": "組織改編を計画",
    "reorganization.scheduled": "組織改編を予定",
    "reorganization.recalled": "組織改編を準備に戻す",
    "reorganization.discarded": "組織改編を中止",
    "reorganization.applied": "組織改編を反映",
    "reorganization.held": "組織改編を反映できず",
    "reorganization.undone": "組織改編を元に戻す",
    "department.created": "組織を追加",
    "department.changed": "組織を変更",
    "department.closed": "組織を廃止",
    "post.created": "職を追加",
    "post.changed": "職を変更",
    "role.assigned": "役割を付与",
    "role.ended": "役割を終了",
    "person.appointed": "任命",
    "person.appointment-ended": "任命を終了",
    "person.post-replaced": "組織改編で職が替わる",
    "person.stand-in": "不在の代理を任命",
    "person.stand-in-withdrawn": "不在の代理を取りやめ",
    "person.created": "利用者を追加",
    "person.changed": "利用者を変更",
    "person.disabled": "利用者を停止",
    "person.enabled": "利用者の停止を解除",
    "person.unlocked": "ログインのロックを解除",
    "person.password-set": "仮パスワードを設定",
    "person.password-changed": "パスワードを変更",
    "person.logged-in": "ログイン",
    "person.logged-out": "ログアウト",
    "body.loaded": "団体の設定を読込",
    "body.changed": "団体の設定を変更",
    "body.confirmed": "団体の設定を確認",
    "first-run.code-issued": "設定コードを発行",
    "first-run.entered": "最初の設定を開始",
    "first-run.refused": "設定コードを拒否",
    "first-run.finished": "最初の設定を完了",
    "scheme.loaded": "分類体系を読込",
    "scheme.changed": "分類体系を変更",
    "scheme.withdrawn": "分類体系の予定を取消",
    "column.created": "独自項目を追加",
    "column.changed": "独自項目を変更",
    "column.retired": "独自項目を廃止",
    "column.restored": "独自項目の廃止を取消し",
    "column.deleted": "独自項目を削除",
}
