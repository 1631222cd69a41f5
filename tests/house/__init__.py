"""The house itself: arrows between rooms, catalogs, sizes."""
