"""The models of the ledger, gathered for Django."""

from assets.models.asset import Asset
from assets.models.attachment import Attachment
from assets.models.batch import Batch, BatchRow
from assets.models.bulk_draft import BulkAct, BulkDraft
from assets.models.change_set import ChangeKind, ChangeLine, ChangeSet
from assets.models.classification import Classification
from assets.models.comment import Comment, Mention
from assets.models.disposal import DisposalRecord
from assets.models.extra import ExtraColumn, ExtraOption, ExtraValue
from assets.models.holding import Holding
from assets.models.likeness import Apart, FoldedName, KeptSpelling
from assets.models.merge import Merge
from assets.models.proposal import Proposal
from assets.models.revision import NumberSeries, Revision
from assets.models.saved_view import SavedView, ViewScope
from assets.models.scheme import Axis, Level, Scheme

__all__ = [
    "Apart",
    "Asset",
    "Attachment",
    "Axis",
    "Batch",
    "BatchRow",
    "BulkAct",
    "BulkDraft",
    "ChangeKind",
    "ChangeLine",
    "ChangeSet",
    "Classification",
    "Comment",
    "DisposalRecord",
    "ExtraColumn",
    "ExtraOption",
    "ExtraValue",
    "FoldedName",
    "Holding",
    "KeptSpelling",
    "Level",
    "Mention",
    "Merge",
    "NumberSeries",
    "Proposal",
    "Revision",
    "SavedView",
    "Scheme",
    "ViewScope",
]
