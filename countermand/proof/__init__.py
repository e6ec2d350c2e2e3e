"""The proof that every clause can fail: sellers that are wrong on purpose, and the whole map of verdicts of each."""
