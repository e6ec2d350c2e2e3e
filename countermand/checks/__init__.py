"""When an answer is right: what a Then asks; sentences call these and nothing lower."""
