"""The `postduif` command, a module per noun."""
