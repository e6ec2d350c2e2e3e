"""What is known: clauses, verdicts, exchanges, targets, results."""
