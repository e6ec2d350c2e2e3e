"""Countermand: a conformance suite for the APIs by which a buyer cancels an order."""

__version__ = "0.1.0"
