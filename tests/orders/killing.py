"""A plugin that kills its process without warning when a cancellation was answered and nothing of it is written yet."""

from __future__ import annotations

import os
import signal

from pytest_bdd.parser import Step


def pytest_bdd_after_step(step: Step) -> None:
    """Die while the orders of the scenario are held."""
    if step.type == "when":
        os.kill(os.getpid(), signal.SIGKILL)
