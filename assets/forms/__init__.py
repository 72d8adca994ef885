"""Forms of the ledger: the asset, the filters of the list, the notes that go with a step."""
