"""Keep the organisation itself in order: staff, the audit trail, retention, reports of a breach."""
