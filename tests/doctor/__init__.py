"""Tests of countermand doctor."""
