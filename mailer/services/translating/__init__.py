"""Translate an issue: messages, release of a language, the pool of translators, files to take home."""
