"""A writer of TOML: plain values and paths on one side, the text of a target file on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import tomli_w

Value: TypeAlias = "str | bool | int | Path | Sequence[Value] | Mapping[str, Value]"
Table: TypeAlias = Mapping[str, Value]


def dumps(table: Table) -> str:
    """Write a table whose own tables become sections; TOML has no word for a path, which is written as text."""
    return tomli_w.dumps({key: _plain(value) for key, value in table.items()})


def _plain(value: Value) -> Any:  # noqa: ANN401 - whatever TOML has a word for
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
