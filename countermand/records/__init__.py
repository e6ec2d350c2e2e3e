"""What a run leaves, and how it is read back, whoever made it: inputs, records, finished runs."""
