"""Sentences: on one side the features, on the other what a seller can be asked; one module per activity."""
