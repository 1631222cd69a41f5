"""The process that typesets, started by `typesetter`: it imports nothing of ours, so that it starts in a blink."""
