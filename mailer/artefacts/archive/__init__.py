"""Turn sent editions into pages of the archive and its feed."""
