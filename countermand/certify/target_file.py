"""The target file a certificate shows: TOML without secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

#: What the record keeps besides, and no target file has: the texts of schemas, and the file's own name.
OTHERS = frozenset({"files", "source"})
HEAD = """\
# The target of this run, as the suite read it: every default is written out.
# Secrets, certificates and keys are withheld; lists of orders are left out, those that were used stand in the record.
"""


def text(target: Mapping[str, Any]) -> str:
    """Return the target file of a target in given.json."""
    lines = [
        line
        for key, value in target.items()
        if key not in OTHERS and not isinstance(value, dict)
        for line in _pair(key, value)
    ]
    for name, section in target.items():
        if name not in OTHERS and isinstance(section, dict):
            lines += ["", f"[{_key(name)}]", *(line for key, value in section.items() for line in _pair(key, value))]
    return HEAD + "\n".join(lines) + "\n"


def _pair(key: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a target file holds
    if value is not None:
        yield f"{_key(key)} = {_value(value)}"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a target file holds
    if isinstance(value, dict):
        pairs = [f"{_key(key)} = {_value(item)}" for key, item in value.items() if item is not None]
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # A basic string has the escapes of JSON and one more (TOML 1.0, String);
    # numbers and truth values are written alike.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    if key.isascii() and key.replace("_", "").replace("-", "").isalnum():
        return key
    return json.dumps(key, ensure_ascii=False)
