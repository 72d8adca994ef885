"""The ledger as a table: on screen, out to Excel, in from Excel."""
