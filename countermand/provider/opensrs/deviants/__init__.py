"""Sellers of the OpenSRS API that are each wrong in one thing, by topic."""
