"""A writer of TOML: plain values on one side, the text of a target file on the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermand.provider.serving import Table, Value


def dumps(table: Table) -> str:
    """Write a table whose own tables become sections, and theirs inline tables."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    for name, section in table.items():
        if isinstance(section, Mapping):
            lines += ["", f"[{_key(name)}]", *(f"{_key(key)} = {_value(value)}" for key, value in section.items())]
    return "\n".join(lines) + "\n"


def _value(value: Value) -> str:
    """Write one value."""
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _list([_value(inner) for inner in value])
    return _string(str(value))


def _list(values: list[str]) -> str:
    """Write a list, one value to a line where it has tables."""
    if any(value.startswith("{") for value in values):
        return "[\n" + "".join(f"  {value},\n" for value in values) + "]"
    return "[" + ", ".join(values) + "]"


def _string(text: str) -> str:
    """Write a basic string, whose escapes are those of JSON and one more (TOML 1.0, String)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    """Write a key, bare where it may be."""
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _string(key)
