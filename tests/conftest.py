"""How many processes run our tests."""

from __future__ import annotations

import os


def pytest_xdist_auto_num_workers() -> int:
    """Return one more than there are cores: many a test waits for a seller that takes its time."""
    return (os.cpu_count() or 1) + 1
