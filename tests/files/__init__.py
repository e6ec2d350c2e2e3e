"""Files that are given by name."""
