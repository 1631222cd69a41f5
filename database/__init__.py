"""One Base, one history, one way to open a transaction, sealed columns and the audit trail."""
