"""Every night: on one side finished runs, on the other what a job or its owner must know of them: what is new, worse, waived or shared."""
