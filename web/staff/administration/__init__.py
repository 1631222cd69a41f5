"""Pages about the organisation itself: the people who work here."""
