"""廃棄: what an application for it has to say, what stands in its way, and what it leaves behind (DOMAIN §1)."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from assets.choices import AssetType, Disposal, Medium
from assets.models import Asset, DisposalRecord, Holding, Proposal
from assets.models.asset import AssetQuerySet
from assets.models.proposal import ProposalQuerySet
from assets.segments import Segment
from assets.states import OPEN, Standing
from assets.values import assign
from registry.base.fiscal import wareki_moment
from registry.base.verdict import Conflict
from registry.organization.models import User
from registry.organization.vocabulary import said_later, word

# What destroys the medium itself: 物理的な破壊(裁断・溶解・焼却・破砕).
PHYSICAL = frozenset({Disposal.SHRED, Disposal.DISSOLVE, Disposal.BURN, Disposal.DESTROY})
# Information is deleted from these while the medium goes on being used.
STAYING = frozenset({Medium.SERVER, Medium.FILE_SERVER, Medium.CLOUD})
CONTENTS = frozenset({AssetType.INFORMATION, AssetType.DOCUMENT})
DESTROY_IT = said_later(
    "マイナンバー利用事務系で{resident}の情報を入れた媒体です。廃棄方法は、媒体を物理的に壊す「裁断」「溶解」「焼却」"
    "「物理的破壊」のどれかにしてください。消去だけの廃棄や返却は認められません。"
)
NOT_YET = "廃棄の日時({when})がまだ来ていません。廃棄が済んでから承認してください。"
CARRYING = "「{asset}」には、{names}が載っています。先に移すか廃棄してから、廃棄してください。"
NAMED = 3


@dataclass(frozen=True)
class Particulars:
    """日時・担当者・処理内容 of a disposal, its method, and where its evidence is kept."""

    method: str
    disposed_at: dt.datetime
    handled_by: str
    work: str
    evidence: str = ""

    @classmethod
    def of(cls, proposal: Proposal) -> "Particulars":
        """What a proposal says."""
        said = proposal.values["disposal"]
        return cls(**{**said, "disposed_at": dt.datetime.fromisoformat(said["disposed_at"])})

    def as_values(self) -> dict[str, Any]:
        """The values of a proposal that follow: its own part, and the columns of the ledger."""
        said = {**asdict(self), "disposed_at": self.disposed_at.isoformat()}
        day = timezone.localdate(self.disposed_at).isoformat()
        return {"disposal": said, "disposed_on": day, "disposal_method": self.method}

    def in_words(self) -> list[tuple[str, str]]:
        """Label and text of each part."""
        return [
            ("廃棄方法", Disposal(self.method).label if self.method else ""),
            ("廃棄の日時", wareki_moment(timezone.localtime(self.disposed_at))),
            ("担当者", self.handled_by),
            ("処理内容", self.work),
            ("証拠の所在", self.evidence),
        ]


def needs_destruction(asset: Asset) -> bool:
    """Whether only physical destruction will do: media with 住民情報 of the マイナンバー利用事務系 (DOMAIN §1).

    Media are the things themselves and what is written on paper, discs and the like; information on a server that
    stays in use is none. 個人情報 not answered counts as 有.
    """
    if asset.segment != Segment.MYNUMBER or asset.pi is False:
        return False
    return asset.asset_type not in CONTENTS or asset.medium not in STAYING


def carried(asset: Asset) -> AssetQuerySet:
    """What is in or on an asset and would lose it: assets in the ledger, registered or on their way."""
    held = Q(pk__in=Holding.objects.filter(holder=asset).values("held"))
    entering = Q(open_proposal__in=naming(asset), standing=Standing.UNREGISTERED)
    return Asset.objects.filter(held | entering).listed()


def naming(asset: Asset) -> ProposalQuerySet:
    """Open proposals that say that something is in or on an asset (保管・搭載先, 情報システム)."""
    underway = Proposal.objects.filter(state__in=OPEN)
    said = underway.values_list("pk", "values__system", "values__holders")
    return underway.filter(pk__in=[key for key, system, places in said if asset.pk in {system, *(places or [])}])


def require_fit(proposal: Proposal, *, by: User) -> None:
    """Refuse an application that may not go on: ValidationError says what to mend, Conflict what is in the way."""
    asset, said = proposal.asset, Particulars.of(proposal)
    if not (said.method and said.handled_by.strip() and said.work.strip()):
        raise ValidationError("廃棄の記録には、廃棄方法・日時・担当者・処理内容がすべて必要です。")
    if needs_destruction(asset) and said.method not in PHYSICAL:
        raise ValidationError(DESTROY_IT)
    if carried(asset).exists():
        raise Conflict(CARRYING.format(asset=asset, names=_names(asset, by)))


def _names(asset: Asset, by: User) -> str:
    """What is on it, as this person may know it."""
    seen = [f"「{one}」" for one in carried(asset).visible_to(by).order_by("number", "pk")[: NAMED + 1]]
    more = "など" if len(seen) > NAMED else ""
    return (
        "、".join(seen[:NAMED]) + more
        or f"ほかの{word('section')}の{word('asset')}({word('secretariat')}に確かめてください)"
    )


def retire(proposal: Proposal, *, by: User, now: dt.datetime) -> None:
    """Let the asset go, on the way of its application into force: standing, columns, and the record."""
    require_fit(proposal, by=by)
    said = Particulars.of(proposal)
    if said.disposed_at > now:
        raise ValidationError(NOT_YET.format(when=wareki_moment(timezone.localtime(said.disposed_at))))
    if proposal.confirmed_by is None or proposal.confirmed_at is None:
        raise ValidationError("許可した人の記録がありません。所属の長の確認を受けてください。")
    DisposalRecord.objects.create(
        asset=assign(proposal.asset, said.as_values()),
        proposal=proposal,
        permitted_by=proposal.confirmed_by,
        permitted_at=proposal.confirmed_at,
        **asdict(said),
    )
    proposal.asset.standing = Standing.DISPOSED
