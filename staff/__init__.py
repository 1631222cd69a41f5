"""The people who work here: who they are, what their roles let them do."""
