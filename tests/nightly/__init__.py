"""Tests of what runs leave behind for the next morning."""
