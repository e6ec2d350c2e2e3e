"""Holds a target file to its published schema: on one side tables, on the other words about the first thing to mend."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from countermand.targetfile.source import Source, TargetError

if TYPE_CHECKING:
    from jsonschema import ValidationError

#: What any integer of a target file fits into.
BITS = 64
SECRETS = frozenset({"passphrase", "api_key"})


def schema() -> dict[str, Any]:
    """Return the published JSON schema of target files."""
    text = files("countermand").joinpath("schemas/target.schema.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def check(source: Source, table: dict[str, Any]) -> None:
    """Hold a table to the schema, and addresses to what can be an address; raises TargetError."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 0.1 s that only a reader of target files should pay
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    _refuse_what_is_no_number(source, table, [])
    error = best_match(Draft202012Validator(schema()).iter_errors(table))
    if error is not None:
        raise _explained(source, error)
    for key in ("url", "proxy"):
        if key in table and not _names_a_place(table[key]):
            raise source.error([key], f"names no host, or a port that is none: {table[key]!r}")


def _refuse_what_is_no_number(source: Source, value: Any, keys: list[str]) -> None:  # noqa: ANN401 - whatever TOML holds
    """Refuse inf, nan and integers without end, which are numbers to TOML and to a schema: nobody can wait, or read, so much."""
    if isinstance(value, float) and not math.isfinite(value):
        raise source.error(keys, f"is {value}: a number was expected")
    if isinstance(value, int) and value.bit_length() > BITS:
        raise source.error(keys, f"is a number of {value.bit_length()} bits: nothing is so large")
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        _refuse_what_is_no_number(source, one, [*keys, str(key)])


def _names_a_place(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _explained(source: Source, error: ValidationError) -> TargetError:
    """Say where a table departs from the schema, and what stands nearest."""
    keys = [str(part) for part in error.absolute_path]
    # The stubs allow for an error that is not of a document.
    instance, wanted, part = cast("Any", error.instance), cast("Any", error.validator_value), cast("dict[str, Any]", error.schema)
    if error.validator == "additionalProperties":
        known = sorted(part.get("properties", {}))
        unknown = next(key for key in instance if key not in known)
        return source.error([*keys, unknown], f"unknown key; {_nearest(unknown, known) or 'known are ' + ', '.join(known)}")
    if error.validator == "required":
        missing = next(key for key in wanted if key not in instance)
        return source.error(keys, f"lacks {'.'.join([*keys, missing])!r}")
    if error.validator == "enum":
        nearest = _nearest(str(instance), map(str, wanted))
        advice = f"; {nearest}" if nearest else ""
        return source.error(keys, f"is one of {', '.join(map(str, wanted))}, not {instance!r}{advice}")
    # Of a secret the value must not be shown, and of alternatives nobody can follow what fits none of them.
    described = error.validator == "oneOf" or bool(SECRETS.intersection(keys[-1:]))
    return source.error(keys, (described and part.get("description")) or error.message)


def _nearest(word: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {nearest[0]!r}?" if nearest else ""
