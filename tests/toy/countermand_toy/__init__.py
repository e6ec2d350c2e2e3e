"""A toy API, as somebody outside the suite would bring one: it calls off the order of a toy."""
