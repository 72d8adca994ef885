"""The bench of the 事務局 for the ledger's masters: schemes and their levels, and the body's own columns."""

from assets.admin import extra, schemes

__all__ = ["extra", "schemes"]
