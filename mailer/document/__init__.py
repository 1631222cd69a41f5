"""Step 2: Markdown to a document tree whose inline text is still source."""
