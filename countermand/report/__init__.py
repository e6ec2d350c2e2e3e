"""Every output of a run, from its results alone; the last look for secrets."""
