"""When an answer is right: what a Then asks."""
