"""Certificates and keys as people have them, and strangers made up."""
