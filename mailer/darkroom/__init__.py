"""Where pictures of others are decoded: a child process with limits, and what it hands back."""
