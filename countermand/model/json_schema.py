"""The one door to jsonschema: a value is held to a schema, and what is wrong first comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast

from countermand.model.optional import FORMATS, without

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError


def mistake(value: object, schema: dict[str, Any]) -> ValidationError | None:
    """Return what is wrong with a value before all else, or nothing."""
    validator = _validator()
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - see _validator

    wrong: ValidationError | None = best_match(_meant(validator(schema).iter_errors(value)))
    return wrong


def mistakes(value: object, schema: dict[str, Any]) -> list[ValidationError]:
    """Return all that is wrong with a value, one for each place, what is wrong before all else first."""
    first = mistake(value, schema)
    if first is None:
        return []
    errors = {tuple(first.absolute_path): first}
    for error in _meant(_validator()(schema).iter_errors(value)):
        at = tuple(error.absolute_path)
        # The best match tells more of the same than what it is part of.
        if not any(path[: len(at)] == at for path in errors):
            errors[at] = error
    return list(errors.values())


def unknown(value: object, schema: dict[str, Any]) -> list[ValidationError]:
    """Return what says of a table that it has keys that nobody knows, one for each such table."""
    errors = _meant(_validator()(schema).iter_errors(value))
    return [error for error in errors if error.validator == "additionalProperties"]


def _meant(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Yield errors, and where only one of some alternatives is a table, what is wrong with a table that is meant so."""
    for error in errors:
        parts = cast("list[dict[str, Any]]", error.validator_value) if error.validator == "oneOf" else []
        tables = [number for number, part in enumerate(parts) if part.get("type") == "object"]
        if len(tables) == 1 and isinstance(error.instance, dict):
            yield from (cause for cause in error.context or () if cause.schema_path[0] == tables[0])
        else:
            yield error


def _validator() -> type[Draft202012Validator]:
    """Import jsonschema when it is first needed, which takes 0.1 s, and without what it would never use."""
    with without(FORMATS):
        from jsonschema import Draft202012Validator  # noqa: PLC0415 - late, as said
    return Draft202012Validator
