"""The pages of the ledger, by task."""
