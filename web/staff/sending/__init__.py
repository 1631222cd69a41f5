"""Pages about mailings: send an issue, follow it, and order what happens to it."""
