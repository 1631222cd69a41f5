"""Keep the readers: people and their rights, audiences and their rules, imports."""
