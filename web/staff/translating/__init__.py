"""Translating: the desk, questions, words, reading again, and files to take home."""
