"""Sellers in trouble."""
