"""Tests of replays and certificates, which share runs."""
