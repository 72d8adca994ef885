"""The models of the ledger, gathered for Django."""

from assets.models.asset import Asset
from assets.models.batch import Batch, BatchRow
from assets.models.proposal import Proposal
from assets.models.revision import NumberSeries, Revision
from assets.models.scheme import Axis, Level, Scheme

__all__ = ["Asset", "Axis", "Batch", "BatchRow", "Level", "NumberSeries", "Proposal", "Revision", "Scheme"]
