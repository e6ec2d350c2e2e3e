"""Feature files as trees: each is parsed once, for the guards and for pytest-bdd after them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import pytest
from gherkin.parser import Parser
from pytest_bdd import gherkin_parser

Tree = dict[str, Any]


@functools.cache
def parsed(text: str) -> Tree:
    """Return what a feature file says; raises gherkin.errors.ParserError."""
    return cast("Tree", Parser().parse(text))


class _Once:
    """Stands where pytest-bdd makes a parser of its own."""

    def parse(self, text: str) -> Tree:
        """Return what a feature file says, as the guards have read it."""
        return parsed(text)


def share() -> Callable[[], None]:
    """Let pytest-bdd have what the guards have parsed; return what ends that."""
    patch = pytest.MonkeyPatch()
    patch.setattr(gherkin_parser, "Parser", _Once)
    return patch.undo
