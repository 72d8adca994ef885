"""The ledger of information assets."""
