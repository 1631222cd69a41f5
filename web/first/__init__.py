"""The first run: the pages of an installation that has no organisation yet, open to whoever has the link."""
