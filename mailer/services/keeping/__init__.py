"""Keep the installation: what was put back is looked at, backed up and brought up to date."""
