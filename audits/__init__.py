"""Self-inspection, audit and the policy they serve; the ledger does not know it is audited."""
