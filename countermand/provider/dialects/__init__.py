"""The dialects: conforming sellers, one for every way the public documents leave open.

A module for each API has a frozen `Style`, `styles()` that gives the named ones, and a `Seller` that is made with one.
"""
