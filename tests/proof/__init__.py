"""Tests of the proof: on one side sellers right and wrong, on the other what the suite and the proof say of them."""
