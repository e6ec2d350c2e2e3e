"""Many runs: what is new, worse, waived or shared, for a job or its owner."""
