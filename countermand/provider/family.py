"""Deviants that differ from others of their family by values alone: rows of a table, of which classes are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any


def family(module: str, base: type[Any], *keys: str, under: str = "", **always: object) -> Callable[..., type[Any]]:
    """Return what makes a deviant of a row.

    A row is its name, the clause it breaks, its slug and what it does, then a value for each of the keys. What changes
    with it follows as `also`; whatever else has a name is gathered under one key, where the family has such a one.
    """

    def made(
        name: str,
        breaks: str,
        slug: str,
        does: str,
        *values: object,
        also: Mapping[str, str] | None = None,
        **named: object,
    ) -> type:
        said = {"__module__": module, "__doc__": does, "breaks": breaks, "slug": slug}
        own = dict(zip(keys, values, strict=True)) | ({under: MappingProxyType(named)} if under else named)
        return type(name, (base,), said | ({} if also is None else {"also": also}) | always | own)

    return made
