"""Step 7: the only part that touches the world. A carrier takes letters and says how each ended."""
