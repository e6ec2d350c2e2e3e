"""Libraries without the optional parts that nothing here uses, each of which would cost every process its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

#: Checkers of formats, which no schema of ours has: jsonschema imports all that are installed, and one builds parsers
#: for 2 s.
FORMATS = ("fqdn", "isoduration", "rfc3986_validator", "rfc3987", "rfc3987_syntax", "uri_template", "webcolors")
#: The command line of httpx, which imports rich and click where these are installed.
HTTPX = ("httpx._main",)
#: Mako, which pytest-bdd writes Python with, reads the grammars of a dozen languages to colour its errors.
MAKO = ("mako.ext.pygmentplugin",)


@contextmanager
def without(modules: tuple[str, ...]) -> Iterator[None]:
    """Let some modules seem not to be installed, as far as they are not there yet."""
    absent = [name for name in modules if name not in sys.modules]
    for name in absent:
        sys.modules[name] = cast("ModuleType", None)  # how Python is told that a module cannot be imported
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]  # somebody else in this process may want it
