"""Pages about issues: all of them, one with its editions, and the approval."""
