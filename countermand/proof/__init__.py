"""The proof that every clause can fail: on one side sellers that are wrong on purpose, on the other the whole map of verdicts of each."""
