"""Starts pytest on the suite, whatever project the user stands in.

conftest.py then names the modules that pytest is to load.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from typing import Any, TextIO, cast

from countermand.exits import CommandError
from countermand.model import suite
from countermand.model.optional import MAKO, without
from countermand.run.children import may_fork

#: The plugins the suite is played with, by the names of their entry points.
PLUGINS = ("pytest-bdd", "allure_pytest", "xdist")
#: The variables by which pytest is steered from outside.
STEERING = (
    *("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"),
    *("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"),  # of a pytest that has started us
)

#: How pytest begins what it says of an end before the first scenario; in colour on a terminal.
BEGINS = re.compile(r"^((?:\x1b\[[0-9;]*m)*)Exit: ")
#: How it begins what it says of a mistake, with its usage before and its files behind where that is about its options.
MISTAKE = re.compile(r"(?:\x1b\[[0-9;]*m)*ERROR: (?:usage:.*?error: ([^\n]*).*|([^\x1b]*).*)", re.DOTALL)
#: What it says of words that it does not know.
UNKNOWN = "unrecognized arguments: "


def run_pytest(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Run pytest on the suite, with the suite's own settings whatever project the user stands in.

    Raises CommandError where there is a mistake in what it was given. The folders of features stand before that, so
    that an option without a value is not given one of them.
    """
    import pytest  # noqa: PLC0415 - a third of a second that help and errors should not cost

    with without(MAKO):
        import pytest_bdd.generation  # noqa: F401, PLC0415 - what imports Mako, of which nothing is used
    root = suite.root()
    own = ["-c", str(root / "pyproject.toml"), "--rootdir", str(root)]
    own += ["-p", "no:cacheprovider", "--assert=plain", "-W", "default"]
    own += [word for name in PLUGINS for word in ("-p", name)]
    spoken = Spoken(sys.stderr)
    with _undisturbed(), redirect_stderr(cast("TextIO", spoken)):
        code = int(pytest.main([*own, *map(str, suite.features()), *arguments], plugins=list(plugins)))
    if spoken.mistakes:
        raise CommandError("\n".join(spoken.mistakes), code)
    return code


class Spoken:
    """A stream for errors that keeps mistakes back, to be said as everywhere, and not in pytest's words."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.mistakes: list[str] = []

    def write(self, words: str) -> int:
        """Pass words on, or keep them."""
        if match := MISTAKE.fullmatch(words):
            self.mistakes.append(_said(match[1]) if match[1] else match[2].strip())
        elif words.strip() or not self.mistakes:
            self._stream.write(BEGINS.sub(r"\1countermand run: ", words))
        return len(words)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a stream can do
        return getattr(self._stream, name)


def _said(words: str) -> str:
    """Return what is said of a mistake in options, of which pytest would show all there are."""
    if words.startswith(UNKNOWN):
        strange = words.removeprefix(UNKNOWN)
        return f"no option {strange}; countermand run --help and countermand run --help-pytest list all options"
    return f"{words}; see countermand run --help and countermand run --help-pytest"


def at_once(number: str) -> list[str]:
    """Return the options for so many scenarios at once: processes forked by us, or xdist's where none can be forked."""
    if may_fork():
        return [f"--at-once={number}"]
    return ["-n", number, "--dist", "load", "--maxschedchunk", "1"]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep out what steers the pytest of the project the user stands in.

    That is its options, and whatever plugins are installed for it.
    """
    before = {name: os.environ.pop(name, None) for name in STEERING}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        os.environ.update({name: value for name, value in before.items() if value is not None})
