"""What is known: clauses, verdicts, exchanges, targets, results; it knows nothing else of ours."""
