"""The bench of the 事務局 for the ledger's masters: schemes and their levels."""

from assets.admin import schemes

__all__ = ["schemes"]
