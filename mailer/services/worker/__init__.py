"""Do what a worker does in one process: send, print, and the chores between."""
