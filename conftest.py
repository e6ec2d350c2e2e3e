"""Wiring only: brings the plugin, the sentences and the embedded sellers together for pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermand import plugin
from countermand.model.apis import APIS

# Named relative to where this file finds itself: in a checkout at the top, in a wheel inside the package.
_HERE = __name__.removesuffix("conftest")
# A module that takes from another one comes after it.
_MODULES = (
    "cancelling",
    "concurrency",
    "elsewhere",
    "hostile",
    "naming",
    "ordering",
    "reading",
    "refusing",
    "every_answer",
    "answering",
    "telling",
)
# Those of one API: ours stand among the others, and are named by a dot.
_OF_APIS = [
    f"{_HERE}steps{module}" if module.startswith(".") else module for api in APIS.values() for module in api.steps
]


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:  # noqa: ARG001 - the hook's own
    """Load what `pytest_plugins` would name.

    For each name there, pytest reads the entry points of every distribution there is.
    """
    for module in (*plugin.MODULES, *(f"{_HERE}steps.{module}" for module in _MODULES), *_OF_APIS):
        pluginmanager.import_plugin(module)


def pytest_countermand_embedded(api: str | None, folder: Path) -> list[Path]:
    """Start the embedded sellers, and return the target files that reach them."""
    from countermand.provider import embedded  # noqa: PLC0415 - only a run without a target needs them

    return embedded.start(api, folder)
