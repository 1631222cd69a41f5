"""Tools of the developers, and what tests and benchmarks share: servers, faults, certificates, example editions."""
