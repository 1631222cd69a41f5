"""Approve and publish an issue, and put it on show in the archive."""
