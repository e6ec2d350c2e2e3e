"""One run as it happens: what its processes share, scenes, the wire, replay, rehearsal, clean-up."""
