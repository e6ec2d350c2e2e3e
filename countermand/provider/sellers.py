"""Where the embedded seller of each API is.

It is in a package here, or in the one beside what an installed distribution names. An entry point of the group
`countermand.apis` names the suite's side of an API, as in `toy = "countermand_toy.api:API"`; its embedded seller is the
package `provider` of the same folder. Only the name is read here: the suite and the embedded sellers share no code.
"""

from __future__ import annotations

import functools
import os
import sys
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

GROUP: Final = "countermand.apis"
OWN: Final = ("ala", "opensrs")


@functools.cache
def packages() -> dict[str, str]:
    """Give the package of each API's embedded seller; the folder somebody stands in is not looked into."""
    here = os.path.realpath(Path.cwd())
    places = [place for place in sys.path if Path(place).is_absolute() and os.path.realpath(place) != here]
    entries = [
        entry
        for distribution in metadata.distributions(path=places)
        for entry in distribution.entry_points
        if entry.group == GROUP
    ]
    brought = {entry.name: f"{entry.module.rpartition('.')[0]}.provider".lstrip(".") for entry in entries}
    return {name: f"countermand.provider.{name}" for name in OWN} | dict(sorted(brought.items()))


class LackingError(ImportError):
    """An API's embedded seller lacks what every one has."""


def part(api: str, module: str) -> ModuleType:
    """Import a module of an API's embedded seller; raises LackingError where there is none."""
    name = f"{packages()[api]}.{module}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise LackingError(f"the embedded seller of {api} lacks its module {name}") from None
        raise


def made(api: str, module: str, name: str) -> Any:  # noqa: ANN401 - whatever it is that stands there
    """Return what a module of an API's embedded seller is there for; raises LackingError where that is missing."""
    place = part(api, module)
    if not hasattr(place, name):
        raise LackingError(f"the module {place.__name__} of {api} lacks {name}")
    return getattr(place, name)


def optional(api: str, module: str) -> ModuleType | None:
    """Import a module that not every embedded seller has."""
    name = f"{packages()[api]}.{module}"
    return import_module(name) if find_spec(name) else None
