"""A run that others can check: a signed zip that anyone can verify without the provider."""
