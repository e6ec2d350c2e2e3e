"""The definitions of sentences.

Each is looked for once, and remembered for every scenario and every process that is forked.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_bdd import parsers

#: pytest-bdd's package has a function of the same name.
scenario = importlib.import_module("pytest_bdd.scenario")


def remember() -> Callable[[], None]:
    """Let pytest-bdd find a definition where it has found it before; return what ends that.

    It would look through all fixtures for definitions, twice a step. None is visible to one feature only: all stand in
    plugins, and the guards hold a sentence to meaning one thing in every feature.
    """
    known: dict[tuple[str, str], list[Any]] = {}
    defined = list[tuple[Any, Any]]()  # what pytest-bdd knows of each definition, and the fixture it has made of it

    def find(step: Any, fixturemanager: Any, node: Any) -> list[Any]:  # noqa: ANN401 - pytest-bdd's own
        if not defined:
            defined.extend(_defined(fixturemanager, node))
        key = (step.type, step.name)
        if key not in known:
            known[key] = [
                made
                for context, made in defined
                if context.type in {None, step.type} and matches(context.parser, step.name)
            ]
        return known[key]

    patch = pytest.MonkeyPatch()
    patch.setattr(scenario, "find_fixturedefs_for_step", find)
    return patch.undo


def matches(parser: Any, sentence: str) -> bool:  # noqa: ANN401 - pytest-bdd's own
    """Say whether a definition is of a sentence; most differ before their first parameter, whose pattern is dear."""
    if isinstance(parser, parsers.parse):
        begins = parser.name.partition("{")[0].casefold()
        return sentence.casefold().startswith(begins) and bool(parser.is_matching(sentence))
    return bool(parser.is_matching(sentence))


def _defined(fixturemanager: Any, node: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - pytest-bdd's own
    for name in scenario.get_fixture_names(fixturemanager=fixturemanager):
        for made in scenario.getfixturedefs(fixturemanager, name, node) or ():
            if (context := scenario.step_function_context_registry.get(made.func)) is not None:
                # pytest-bdd asks for it twice a step
                context.step_func.__signature__ = inspect.signature(context.step_func)
                yield context, made


def definitions(step: Any, fixturemanager: Any, node: Any) -> list[Any]:  # noqa: ANN401 - pytest-bdd's own
    """Return what defines a sentence, as a scenario that uses it would find it."""
    return list(scenario.find_fixturedefs_for_step(step, fixturemanager, node))
