"""Tests of the proof, and of what the suite says of sellers right and wrong."""
