"""Reads a target file: on one side TOML and the files beside it, on the other a Target or an error that says what to mend."""

from __future__ import annotations

import csv
import difflib
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from countermand.secret import Secret
from countermand.target import Dialect, Identity, Limits, Order, Safety, Supply, Target

if TYPE_CHECKING:
    from jsonschema import ValidationError

STATES = {
    "ala": ("in_flight", "completed", "cancelled", "foreign"),
    "opensrs": ("pending", "in-progress", "awaiting-approval", "approver-confirmed", "completed", "cancelled", "declined", "foreign"),
}
IDENTITIES = ("buyer", "another_buyer", "unknown_buyer", "expired_buyer")
FILES = ("certificate", "private_key", "pkcs12")
NEEDED = {"ala": ("identifier",), "opensrs": ("username", "api_key")}


class TargetError(ValueError):
    """A target file that cannot be used; the message names file, line, key, what was expected and the nearest right thing."""


def schema() -> dict[str, Any]:
    """Return the published JSON schema of target files."""
    text = files("countermand").joinpath("schemas/target.schema.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def load(path: Path) -> Target:
    """Read a target file; raises TargetError."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise TargetError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise TargetError(f"{path}: not TOML: {error}") from None
    _validate(path, text, table)
    for key in ("url", "proxy"):
        if key in table and not _names_a_place(table[key]):
            raise TargetError(f"{_place(path, text, [key])}: names no host, or a port that is none: {table[key]!r}")
    return _target(path, text, table)


def _names_a_place(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (parts.port is None or 0 < parts.port)  # noqa: SIM300 - reads as it is meant
    except ValueError:
        return False


def _validate(path: Path, text: str, table: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 0.1 s that only a reader of target files should pay
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    error = best_match(Draft202012Validator(schema()).iter_errors(table))
    if error is not None:
        raise TargetError(_explain(path, text, error))


def _explain(path: Path, text: str, error: ValidationError) -> str:
    """Say where a table departs from the schema, and what stands nearest."""
    keys = [str(part) for part in error.absolute_path]
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        unknown = next(key for key in error.instance if key not in known)
        nearest = difflib.get_close_matches(unknown, known, n=1, cutoff=0.5)
        advice = f"did you mean {nearest[0]!r}?" if nearest else f"known are {', '.join(known)}"
        return f"{_place(path, text, [*keys, unknown])}: unknown key; {advice}"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"{_place(path, text, keys)}: lacks {'.'.join([*keys, missing])!r}"
    if error.validator == "enum":
        nearest = difflib.get_close_matches(str(error.instance), [str(value) for value in error.validator_value], n=1)
        advice = f"; did you mean {nearest[0]!r}?" if nearest else ""
        return f"{_place(path, text, keys)}: is one of {', '.join(map(str, error.validator_value))}, not {error.instance!r}{advice}"
    secret = bool(keys) and keys[-1] in {"passphrase", "api_key"}
    wanted = error.schema.get("description") or error.message if secret or error.validator == "oneOf" else error.message
    return f"{_place(path, text, keys)}: {wanted}"


def _place(path: Path, text: str, keys: list[str]) -> str:
    """Name file, line and key; tomllib tells no lines, so the last key is looked for in its table."""
    names = [key for key in keys if not key.isdigit()]
    if not names:
        return str(path)
    lines, table, found = text.splitlines(), "", 0
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            table = header[1]
            found = number if table == ".".join(names) else found
        elif table == ".".join(names[:-1]) and re.match(rf"""\s*["']?{re.escape(names[-1])}["']?\s*[=.]""", line):
            found = number
    return f"{path}:{found}: {'.'.join(names)}" if found else f"{path}: {'.'.join(names)}"


def _target(path: Path, text: str, table: dict[str, Any]) -> Target:
    api, warnings = table["api"], list[str]()
    embedded = table["name"].startswith("embedded-")
    identities = {
        name: _identity(path, text, name, table[name], api, warnings if not embedded else []) for name in IDENTITIES if name in table
    }
    if "buyer" not in identities:
        raise TargetError(f"{path}: lacks [buyer]: who we are ({'certificate, identifier' if api == 'ala' else 'username, api_key'})")
    limits = {"connect": 10, "total": 30 if api == "ala" else 80, "size": 2**21, "dead": 5, **table.get("limits", {})}
    trust = table.get("trust", {})
    dialect = {key: tuple(value) if isinstance(value, list) else value for key, value in table.get("dialect", {}).items()}
    return Target(
        name=table["name"],
        api=api,
        url=table["url"].rstrip("/"),
        source=path,
        identities=identities,
        environment=table.get("environment", "staging"),
        connect_to=table.get("connect_to"),
        proxy=table.get("proxy"),
        ca=_file(path, text, ["trust", "ca"], trust["ca"]) if "ca" in trust else None,
        tls_minimum=trust.get("tls_minimum", "1.2"),
        seller=table.get("seller", {}).get("identifier"),
        orders=_supply(path, text, api, table.get("orders", {})),
        dialect=Dialect(**dialect),
        safety=Safety(**table.get("safety", {})),
        limits=Limits(**limits),
        capabilities=table.get("capabilities", {}),
        schemas={key: _file(path, text, ["schemas", key], value) for key, value in table.get("schemas", {}).items()},
        embedded=embedded,
        warnings=tuple(warnings),
    )


def _file(path: Path, text: str, keys: list[str], name: str) -> Path:
    found = path.parent / Path(name).expanduser()
    if not found.is_file():
        folder = found.parent if found.parent.is_dir() else path.parent
        nearest = difflib.get_close_matches(found.name, [entry.name for entry in folder.iterdir()], n=1)
        advice = f"; did you mean {nearest[0]!r}?" if nearest else ""
        raise TargetError(f"{_place(path, text, keys)}: no such file: {found}{advice}")
    return found


def _identity(path: Path, text: str, name: str, table: dict[str, Any], api: str, warnings: list[str]) -> Identity:
    if name == "buyer" and (missing := [key for key in NEEDED[api] if key not in table]):
        raise TargetError(f"{_place(path, text, [name])}: lacks {', '.join(missing)}")
    if api == "ala" and name == "buyer" and not {"certificate", "pkcs12"} & table.keys():
        raise TargetError(f"{_place(path, text, [name])}: lacks certificate (a PEM file, with private_key) or pkcs12")
    parts: dict[str, Any] = {key: _file(path, text, [name, key], table[key]) for key in FILES if key in table}
    for key in ("passphrase", "api_key"):
        if key in table:
            parts[key] = _secret(path, text, [name, key], table[key], warnings)
    plain = {key: table[key] for key in ("identifier", "reseller", "username") if key in table}
    return Identity(name=name.replace("_", " "), **parts, **plain)


def _secret(path: Path, text: str, keys: list[str], value: str | dict[str, Any], warnings: list[str]) -> Secret:
    where = _place(path, text, keys)
    if isinstance(value, str):
        warnings.append(f"{where}: a secret stands in the file; better {{ env = ... }}, {{ file = ... }} or {{ command = ... }}")
        return Secret(value)
    if "env" in value:
        if not os.environ.get(value["env"]):
            raise TargetError(f"{where}: the environment variable {value['env']} is not set")
        return Secret(os.environ[value["env"]])
    if "file" in value:
        try:
            return Secret(_file(path, text, keys, value["file"]).read_text(encoding="utf-8").rstrip("\r\n"))
        except (OSError, UnicodeDecodeError) as error:
            raise TargetError(f"{where}: the file cannot be read as text: {error}") from None
    try:
        done = subprocess.run(value["command"], capture_output=True, check=True, text=True, timeout=30)  # noqa: S603 - the user's own command
    except (OSError, subprocess.SubprocessError) as error:
        raise TargetError(f"{where}: the command {value['command'][0]!r} failed: {error}") from None
    return Secret(done.stdout.rstrip("\r\n"))


def _supply(path: Path, text: str, api: str, table: dict[str, Any]) -> Supply:
    for key in table.keys() - set(STATES[api]) - {"unknown", "file", "command", "register"}:
        raise TargetError(f"{_place(path, text, ['orders', key])}: not a state of {api}; known are {', '.join(STATES[api])}")
    listed = [_order(path, text, api, state, one) for state in STATES[api] for one in table.get(state, [])]
    if "file" in table:
        listed += _listed(_file(path, text, ["orders", "file"], table["file"]), api)
    unknown = _order(path, text, api, "unknown", table["unknown"]) if "unknown" in table else None
    _refuse_twins(path, [*listed, *([unknown] if unknown else [])])
    register = _register(path, text, api, table["register"]) if "register" in table else None
    return Supply(tuple(listed), unknown, tuple(table.get("command", ())), register)


def _refuse_twins(path: Path, orders: list[Order]) -> None:
    """Refuse an order that is listed twice: it can be in one state only, and be used up once."""
    states: dict[str, str] = {}
    for order in orders:
        if order.seller in states:
            raise TargetError(f"{path}: orders: {order.seller!r} is listed twice, as {states[order.seller]} and as {order.state}")
        states[order.seller] = order.state


def _register(path: Path, text: str, api: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return [orders.register] with the text of the certificate request it names."""
    if api != "opensrs":
        raise TargetError(f"{_place(path, text, ['orders', 'register'])}: only orders of opensrs can be registered; use command")
    if "csr" not in table:
        return table
    csr = _file(path, text, ["orders", "register", "csr"], table["csr"]).read_text(encoding="ascii", errors="replace").strip()
    if "-----BEGIN" not in csr or "REQUEST-----" not in csr or "PRIVATE KEY" in csr:
        raise TargetError(f"{_place(path, text, ['orders', 'register', 'csr'])}: {table['csr']} is no PEM certificate request")
    return {**table, "csr": csr}


def _order(path: Path, text: str, api: str, state: str, row: str | Mapping[str, str]) -> Order:
    if isinstance(row, str):
        row = {"seller": row}
    if api == "ala" and "buyer" not in row and state != "unknown":
        where = _place(path, text, ["orders", state])
        raise TargetError(f'{where}: an order of ala has two references: {{ seller = "{row["seller"]}", buyer = "..." }}')
    return Order(state, row["seller"], row.get("buyer", ""))


def order_of(row: Mapping[str, Any], api: str, state: str | None = None) -> Order:
    """Read an order from a row of a CSV or JSON file, or from what a command printed; raises ValueError naming the key."""
    state = state or row.get("state")
    if state not in STATES[api]:
        raise ValueError(f"state {state!r} is not one of {', '.join(STATES[api])}")
    seller = row.get("seller") or row.get("order_id")
    if not seller:
        raise ValueError(f"lacks {'seller' if api == 'ala' else 'order_id'}")
    if api == "ala" and not row.get("buyer"):
        raise ValueError("lacks buyer: an order of ala has two references")
    return Order(state, str(seller), str(row.get("buyer") or ""))


def _listed(path: Path, api: str) -> Iterator[Order]:
    """Read orders from a CSV or JSON file beside the target file; raises TargetError naming file and row."""
    try:
        rows = _json_rows(path) if path.suffix.lower() == ".json" else _csv_rows(path)
    except (OSError, ValueError, csv.Error) as error:
        raise TargetError(f"{path}: cannot be read: {error}") from None
    for place, row in rows:
        try:
            yield order_of(row, api)
        except ValueError as error:
            raise TargetError(f"{place}: {error}") from None


def _json_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise ValueError('a list of orders was expected, as in [{"state": "completed", "seller": "..."}]')
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise ValueError(f"order {number}: an object with state and seller or order_id was expected, not {json.dumps(row)[:40]}")  # noqa: TRY004
    return [(f"{path}: order {number}", row) for number, row in enumerate(rows, 1)]


def _csv_rows(path: Path) -> list[tuple[str, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, skipinitialspace=True)
        if "state" not in (reader.fieldnames or []):
            raise ValueError(f"line 1: the names of the columns were expected, with state among them, not {reader.fieldnames or 'nothing'}")
        return [(f"{path}:{reader.line_num}", {key: str(value or "").strip() for key, value in row.items() if key}) for row in reader]
