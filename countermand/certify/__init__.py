"""Certificates: on one side finished runs and keys, on the other signed zips that anyone can check without the provider."""
