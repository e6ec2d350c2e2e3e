"""What a run was given besides answers: on one side its targets, options and the one acceptance, on the other given.json, for replays."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

from countermand.foreign import in_json
from countermand.secret import Secret, Veil
from countermand.target import Dialect, Identity, Limits, Order, Safety, Supply, Target

FILE, VERSION = "given.json", 1
KEYS = frozenset({"version", "suite", "seed", "fail_on", "targets", "acceptances"})
#: What stands for a file or a secret of an identity.
WITHHELD = "withheld"
PLAIN = ("identifier", "reseller", "username")
FILES, SECRETS = ("certificate", "private_key", "pkcs12"), ("passphrase", "api_key")
#: Where a schema names others (XML Schema 1.0, 4.2: include, redefine, import).
NAMED = re.compile(rb"""schemaLocation\s*=\s*["']([^"'\s]+)["']""")


def write(
    folder: Path,
    *,
    suite: Mapping[str, str],
    seed: str,
    fail_on: str | None,
    targets: Mapping[str, Target],
    acceptances: Mapping[str, Any],
    veil: Veil,
) -> Path:
    """Write given.json into a folder of reports; raises OSError."""
    facts = {"version": VERSION, "suite": dict(suite), "seed": seed, "fail_on": fail_on}
    told = {**facts, "targets": [table(one) for one in targets.values()], "acceptances": dict(acceptances)}
    path = folder / FILE
    path.write_bytes((veil.text(in_json(json.dumps(told, ensure_ascii=False, indent=1))) + "\n").encode("utf-8", "backslashreplace"))
    return path


def table(target: Target) -> dict[str, Any]:
    """Return a target in the layout of a target file, all defaults written out; secrets, files and lists of orders are left out."""
    told: dict[str, Any] = {
        **{key: getattr(target, key) for key in ("name", "api", "url", "environment")},
        **{name: _identity(one) for name, one in sorted(target.identities.items())},
        "seller": {"identifier": target.seller} if target.seller else {},
        "orders": _orders(target.orders),
        "dialect": asdict(target.dialect) if target.api == "ala" else {},
        "safety": asdict(target.safety),
        "limits": asdict(target.limits),
        "capabilities": dict(target.capabilities),
        "schemas": {},
        "files": {},
        "source": target.source.name,
    }
    for key, path in sorted(target.schemas.items()):
        told["schemas"][key], files = _bundle(path)
        told["files"] |= files
    return {key: _bare(value) for key, value in told.items() if value not in ({}, None)}


def target(row: Mapping[str, Any], folder: Path) -> Target:
    """Return the target of a table, as far as a replay needs one; its schemas go into a folder. Raises KeyError, TypeError, OSError."""
    names = [name for name, value in row.items() if name.endswith("buyer") and isinstance(value, dict)]
    dialect: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.get("dialect", {}).items()}
    _unpack(row.get("files", {}), folder / row["api"])
    return Target(
        **{key: row[key] for key in ("name", "api", "url", "environment")},
        source=Path(row["source"]),
        identities={name: _restored(name, row[name]) for name in names},
        seller=row.get("seller", {}).get("identifier"),
        orders=_supply(row.get("orders", {})),
        dialect=Dialect(**dialect),
        safety=Safety(**row["safety"]),
        limits=Limits(**row["limits"]),
        capabilities=row.get("capabilities", {}),
        schemas={key: folder / row["api"] / name for key, name in row.get("schemas", {}).items()},
        embedded=row["name"].startswith("embedded-"),
        recorded=True,
    )


def _orders(supply: Supply) -> dict[str, Any]:
    """Return what a replay needs of the orders: those it is given it finds with the scenarios."""
    unknown, register = supply.unknown, supply.register
    told = {"unknown": unknown and {"seller": unknown.seller, "buyer": unknown.buyer}, "register": register and dict(register)}
    return {key: value for key, value in told.items() if value}


def _supply(row: Mapping[str, Any]) -> Supply:
    unknown = row.get("unknown")
    return Supply(unknown=Order("unknown", unknown["seller"], unknown["buyer"]) if unknown else None, register=row.get("register"))


def _identity(one: Identity) -> dict[str, str]:
    plain = {key: getattr(one, key) for key in PLAIN if getattr(one, key) is not None}
    return plain | {key: WITHHELD for key in (*FILES, *SECRETS) if getattr(one, key) is not None}


def _restored(name: str, row: Mapping[str, str]) -> Identity:
    """Return an identity that can be named, and can sign with nothing."""
    parts: dict[str, Any] = {key: row[key] for key in PLAIN if key in row}
    parts |= {key: Path(WITHHELD) for key in FILES if key in row} | {key: Secret("") for key in SECRETS if key in row}
    return Identity(name.replace("_", " "), **parts)


def _bare(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Leave out what has no value: TOML has no word for it."""
    return {key: one for key, one in value.items() if one is not None} if isinstance(value, dict) else value


def _bundle(schema: Path) -> tuple[str, dict[str, str]]:
    """Return a schema's name and text with all the local files it names, by paths relative to the folder they have in common."""
    found, ahead = set[Path](), [schema.resolve()]
    while ahead:
        path = ahead.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        places = [name.decode("utf-8", "replace") for name in NAMED.findall(path.read_bytes())]
        ahead += [(path.parent / place).resolve() for place in places if "://" not in place]
    top = Path(os.path.commonpath([path.parent for path in found]))
    texts = {path.relative_to(top).as_posix(): path.read_text(encoding="utf-8", errors="surrogateescape") for path in sorted(found)}
    return schema.resolve().relative_to(top).as_posix(), texts


def _unpack(files: Mapping[str, str], folder: Path) -> None:
    """Write a table's files; a path that leads out of the folder is refused, raising ValueError."""
    for name, text in files.items():
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts or "\\" in name or ":" in name:
            raise ValueError(f"{name!r} is no path within a record")
        path = folder / parts
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
