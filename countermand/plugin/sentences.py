"""The definitions of sentences: each is looked for once, and remembered for every scenario and every process that is forked."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

#: pytest-bdd's package has a function of the same name.
scenario = importlib.import_module("pytest_bdd.scenario")


def remember() -> Callable[[], None]:
    """Let pytest-bdd find a definition where it has found it before; return what ends that.

    It would look through all definitions, twice a step. None is visible to one feature only: all stand in plugins, and the guards
    hold a sentence to meaning one thing in every feature.
    """
    known: dict[tuple[str, str], list[Any]] = {}
    search = scenario.find_fixturedefs_for_step

    def find(step: Any, fixturemanager: Any, node: Any) -> list[Any]:  # noqa: ANN401 - pytest-bdd's own
        key = (step.type, step.name)
        if key not in known:
            known[key] = list(search(step, fixturemanager, node))
        return known[key]

    patch = pytest.MonkeyPatch()
    patch.setattr(scenario, "find_fixturedefs_for_step", find)
    return patch.undo


def definitions(step: Any, fixturemanager: Any, node: Any) -> list[Any]:  # noqa: ANN401 - pytest-bdd's own
    """Return what defines a sentence, as a scenario that uses it would find it."""
    return list(scenario.find_fixturedefs_for_step(step, fixturemanager, node))
