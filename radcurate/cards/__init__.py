"""Cards: what a release says of itself, all of it computed from its tables and manifest."""
