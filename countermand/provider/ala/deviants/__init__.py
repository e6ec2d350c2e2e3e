"""Sellers of ALA `cancelOrder`, each wrong in just one thing."""
