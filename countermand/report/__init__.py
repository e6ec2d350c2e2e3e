"""The reports: on one side the results of a run, on the other the people and the programs that read them."""
