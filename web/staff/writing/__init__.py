"""Writing an issue: one sheet cut at its headings, with the letter beside it."""
