"""Writing an issue: reading a text before it is saved, saving it, and what is kept of each save."""
