"""Reading returned mail: whatever it is, in a moment, and right."""
