"""The commands: on one side the command line, on the other what each of them does."""
