"""Use cases, a module per desk. Each opens short transactions; none is open while a carrier works."""
