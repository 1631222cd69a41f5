"""Step 6: the ledger. Every reader of a mailing ends in exactly one state; the database is the one truth."""
