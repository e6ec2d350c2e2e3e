"""Names of orders that a program may not expect, by which sellers of either API are brought to show their insides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

Is = Callable[[str], bool]
#: What makes a name odd, and what a program says that stumbles over it.
SHOWN: Final[Mapping[str, tuple[Is, str]]] = MappingProxyType(
    {
        "quote": (lambda name: "'" in name, "You have an error in your SQL syntax near ''1''"),
        "long": (lambda name: len(name) > 255, "ORA-12899: value too large for column"),  # noqa: PLR2004 - as columns are
        "foreign": (
            lambda name: not name.isascii(),
            "UnicodeEncodeError: 'latin-1' codec can't encode character in orders.py line 42",
        ),
    }
)
