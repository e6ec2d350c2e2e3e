"""The example target files explain every key that their API knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from countermand import targetfile

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {api: ROOT / "targets" / f"{api}.toml" for api in ("ala", "opensrs")}
#: Keys that mean something to one API alone.
ONLY = {
    "ala": {
        *("certificate", "private_key", "pkcs12", "passphrase", "identifier", "reseller"),
        *("orders.in_flight", "expired_buyer", "seller", "dialect"),
    },
    "opensrs": {
        *(
            "username",
            "api_key",
            "orders.pending",
            "orders.in-progress",
            "orders.awaiting-approval",
            "orders.approver-confirmed",
        ),
        *("orders.declined", "register", "get_order_info", "declined_orders", "in-progress_orders"),
        *("awaiting-approval_orders", "approver-confirmed_orders"),
    },
}


def whole(path: Path) -> str:
    """Return an example with every key switched on."""
    return re.sub(r"(?m)^#(?=[\w\[])", "", path.read_text(encoding="utf-8"))


def keys(schema: dict[str, Any], at: str = "") -> Iterator[str]:
    """Give every key a target file can have, dotted."""
    part = targetfile.schema()["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for name, inner in part.get("properties", {}).items():
        yield f"{at}{name}"
        yield from keys(inner, f"{at}{name}.")


def foreign(key: str, api: str) -> bool:
    other = ONLY["opensrs" if api == "ala" else "ala"]
    return key in other or bool(set(key.split(".")) & other)


def has(table: Any, key: str) -> bool:  # noqa: ANN401 - TOML
    for name in key.split("."):
        if name not in table:
            return False
        table = table[name]
    return True


@pytest.mark.parametrize("api", EXAMPLES)
def test_an_example_stands_as_it_is_and_with_every_key_switched_on(api: str) -> None:
    for text in (EXAMPLES[api].read_text(encoding="utf-8"), whole(EXAMPLES[api])):
        errors = [error.message for error in Draft202012Validator(targetfile.schema()).iter_errors(tomllib.loads(text))]
        assert errors == []


@pytest.mark.parametrize("api", EXAMPLES)
def test_an_example_explains_every_key_its_api_knows(api: str) -> None:
    document = tomllib.loads(whole(EXAMPLES[api]))
    wanted = [key for key in keys(targetfile.schema()) if not foreign(key, api)]
    # Keys that are shown once: with [buyer], and with the admin contact.
    once = re.compile(
        r"(another|expired|unknown)_buyer\.\w+|orders\.register\.contacts\.(billing|tech|organization|signer)"
    )
    assert [key for key in wanted if not once.match(key) and not has(document, key)] == []


@pytest.mark.parametrize("api", EXAMPLES)
def test_an_example_explains_no_key_of_the_other_api(api: str) -> None:
    document = tomllib.loads(whole(EXAMPLES[api]))
    assert [key for key in keys(targetfile.schema()) if foreign(key, api) and has(document, key)] == []


@pytest.mark.parametrize("api", EXAMPLES)
def test_a_default_that_is_shown_is_the_default(api: str) -> None:
    document = tomllib.loads(whole(EXAMPLES[api]))
    for table, fields in targetfile.schema()["properties"].items():
        for name, field in fields.get("properties", {}).items():
            if "default" in field and table in document and name in document[table]:
                assert document[table][name] == field["default"], f"{table}.{name}"
