"""What a run leaves, and how it is read back: inputs, records, finished runs."""
