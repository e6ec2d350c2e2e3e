"""One run as it happens: what processes share, scenes, the wire, replay, rehearsal, clean-up."""
