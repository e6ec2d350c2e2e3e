"""Starts pytest on the suite, whatever project the user stands in; conftest.py then names the modules that pytest is to load."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from countermand.model import suite
from countermand.run.children import may_fork

#: The plugins the suite is played with, by the names of their entry points.
PLUGINS = ("pytest-bdd", "allure_pytest", "xdist")
#: The variables by which pytest is steered from outside.
STEERING = (
    *("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"),
    *("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"),  # of a pytest that has started us
)


def run_pytest(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Run pytest on the suite, with the suite's own settings whatever project the user stands in."""
    import pytest  # noqa: PLC0415 - a third of a second that help and errors should not cost

    root = suite.root()
    own = ["-c", str(root / "pyproject.toml"), "--rootdir", str(root), "-p", "no:cacheprovider", "--assert=plain", "-W", "default"]
    own += [word for name in PLUGINS for word in ("-p", name)]
    with _undisturbed():
        return int(pytest.main([*own, *arguments, *map(str, suite.features())], plugins=list(plugins)))


def at_once(number: str) -> list[str]:
    """Return the options for so many scenarios at once: processes forked by us, or xdist's where none can be forked."""
    if may_fork():
        return [f"--at-once={number}"]
    return ["-n", number, "--dist", "load", "--maxschedchunk", "1"]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep out what steers the pytest of the project the user stands in: its options, and whatever plugins are installed for it."""
    before = {name: os.environ.pop(name, None) for name in STEERING}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ.update({name: value for name, value in before.items() if value is not None})
