"""A plugin by which a signal finds a file that is being opened, as it may find whatever a library is doing."""

from __future__ import annotations

import os
import signal
import warnings


def pytest_runtest_call() -> None:
    """Say what the interpreter says of such a file, and end the run."""
    warnings.warn(ResourceWarning("unclosed file"), stacklevel=1)
    os.kill(os.getpid(), signal.SIGTERM)
