"""What a run was given besides answers, which a replay needs: given.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from countermand.guard import bounds, placing
from countermand.guard.foreign import in_json
from countermand.guard.schema import LARGEST as LARGEST_SCHEMA
from countermand.guard.schema import Schema
from countermand.model import files
from countermand.model.apis import APIS
from countermand.model.secret import Masker, Secret
from countermand.model.target import Dialect, Identity, Limits, Order, Safety, Supply, Target
from countermand.records import container, shape
from countermand.targetfile import checking
from countermand.targetfile.parties import IDENTITIES
from countermand.targetfile.source import Source

FILE, VERSION = files.GIVEN, 2
#: Bytes; schemas and acceptances make most of it.
LARGEST = 24 * 2**20
#: What was asked outside the scenarios, by what it was for, and what that looks like.
ASKED = {"acceptances": shape.ACCEPTANCE, "standings": shape.STANDING, "closings": shape.CLOSING}
#: The same, in runs of a part alone.
LENT = {"lents": shape.ACCEPTANCE}
#: What stands for a file or a secret of an identity.
WITHHELD = "withheld"
PLAIN = ("identifier", "reseller", "username")
FILES, SECRETS = ("certificate", "private_key", "pkcs12"), ("passphrase", "api_key")


def write(
    folder: Path,
    *,
    suite: Mapping[str, str],
    seed: str,
    fail_on: str | None,
    targets: Mapping[str, Target],
    asked: Mapping[str, Mapping[str, Any]],
    masker: Masker,
) -> Path:
    """Write given.json into a folder of reports, with what was asked outside the scenarios, by what it was for.

    Raises OSError.
    """
    facts = {"version": VERSION, "suite": dict(suite), "seed": seed, "fail_on": fail_on}
    document = {**facts, "targets": [table(target) for target in targets.values()], **asked}
    path = folder / FILE
    text = masker.text(in_json(json.dumps(document, ensure_ascii=False, indent=1)))
    placing.put(path, f"{text}\n".encode("utf-8", "backslashreplace"))
    return path


def target_tables(folder: Path) -> list[dict[str, Any]]:
    """Return the targets of a finished run as its given.json tells them, none where it cannot be read.

    Each has the complete cancellation that its scenarios lean on, where given.json holds one.
    """
    try:
        document = bounds.parsed(container.from_folder(folder, FILE, LARGEST), largest=LARGEST)
        shape.table({"targets": shape.listed(_check_target, len(APIS))}, {"acceptances": shape.table({})})(
            document, FILE
        )
        asked = {target["api"]: document.get("acceptances", {}).get(target["api"]) for target in document["targets"]}
        for api, acceptance in asked.items():
            shape.maybe(shape.ACCEPTANCE)(acceptance, f"{FILE}: acceptances: {api}")
    except (OSError, bounds.LimitError):
        return []
    return [with_acceptance(target, asked[target["api"]]) for target in document["targets"]]


def with_acceptance(target: Mapping[str, Any], acceptance: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a target of given.json with the complete cancellation that its scenarios lean on, if there was any."""
    return {**target} if acceptance is None else {**target, "acceptance": acceptance}


def table(target: Target) -> dict[str, Any]:
    """Return a target in the layout of a target file, all defaults written out.

    Secrets, files and lists of orders are left out.
    """
    document: dict[str, Any] = {
        **{key: getattr(target, key) for key in ("name", "api", "url", "path", "environment")},
        **{name: _identity(identity) for name, identity in sorted(target.identities.items())},
        "headers": dict.fromkeys(target.headers, WITHHELD),
        "seller": {"identifier": target.seller} if target.seller else {},
        "orders": _orders(target.orders),
        "trust": {"tls_minimum": target.tls_minimum, "tls_maximum": target.tls_maximum},
        "dialect": asdict(target.dialect) if APIS[target.api].has_dialect else {},
        "safety": asdict(target.safety),
        "limits": asdict(target.limits),
        "capabilities": dict(target.capabilities),
        "declaration": dict(target.declaration),
        "schemas": {},
        "files": {},
        "source": target.source.name,
    }
    for key, schema in sorted(target.schemas.items()):
        document["schemas"][key] = f"{key}/{schema.path}"
        document["files"] |= {
            f"{key}/{path}": text.decode("utf-8", "surrogateescape") for path, text in schema.texts.items()
        }
    return {key: _bare(value) for key, value in document.items() if value not in ({}, None)}


def check(document: Any) -> None:  # noqa: ANN401 - what JSON holds
    """Hold what claims to be given.json to what any of ours says, before anything is made of it; raises LimitError."""
    if isinstance(document, dict) and document.get("version") not in (None, VERSION):
        raise bounds.LimitError(
            f"{FILE} of version {str(document['version'])[:20]}; this suite reads version {VERSION}"
        )
    shape.table(
        {
            "version": shape.number(VERSION, VERSION), "suite": shape.SUITE, "seed": shape.words(),
            **dict.fromkeys(ASKED, shape.table({})), "fail_on": shape.maybe(shape.one_of("standard", "inferred")),
            "targets": shape.listed(shape.table({}), len(APIS)),
        },
        dict.fromkeys(LENT, shape.table({})),
    )(document, FILE)  # fmt: skip
    for number, row in enumerate(document["targets"], 1):
        _check_target(row, f"{FILE}: target {number}")
    apis = [target["api"] for target in document["targets"]]
    if len(apis) > len(set(apis)) or any(not document.get(kind, {}).keys() <= set(apis) for kind in (*ASKED, *LENT)):
        raise bounds.LimitError(f"{FILE}: two targets of an API, or an exchange with none of them")
    for kind, check_one in (ASKED | LENT).items():
        for api, asked in document.get(kind, {}).items():
            check_one(asked, f"{FILE}: {kind}: {api}")


def _check_target(row: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Hold a target to the schema of target files, with nothing in it that could be read, run or looked up."""
    shape.table(
        {"name": shape.words(), "url": shape.words()},
        {"source": shape.words(200, r"[^/\\\x00-\x1f]+"), "files": shape.table({}), "schemas": shape.table({})},
    )(row, at)
    files, named = row.get("files", {}), row.get("schemas", {})
    for key, value in files.items():
        shape.words(LARGEST_SCHEMA)(value, f"{at}: {key[:80]!r}")
    try:
        checking.check(
            Source(Path(FILE), ""), {key: value for key, value in row.items() if key not in {"source", "files"}}
        )
        for key, name in named.items():
            _schema(files, key, name)
    except ValueError as error:
        raise bounds.LimitError(f"{at}: {str(error)[:300]}") from None
    for name, party in row.items():
        if name.endswith("buyer") and any(party.get(key, WITHHELD) != WITHHELD for key in (*FILES, *SECRETS)):
            raise bounds.LimitError(f"{at}: {name} has a file or a secret of its own, which every record withholds")
    if any(value != WITHHELD for value in row.get("headers", {}).values()):
        raise bounds.LimitError(f"{at}: a header has a value, which every record withholds")


def target(row: Mapping[str, Any]) -> Target:
    """Return the target of a table that was checked, as far as a replay needs one."""
    dialect: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.get("dialect", {}).items()
    }
    return Target(
        **{key: row[key] for key in ("name", "api", "url", "environment")},
        path=row.get("path"),
        source=Path(row["source"]),
        identities={name: _restored(name, row[name]) for name in IDENTITIES if name in row},
        headers={name: Secret("") for name in row.get("headers", {})},
        **row.get("trust", {}),
        seller=row.get("seller", {}).get("identifier"),
        orders=_supply(row.get("orders", {})),
        dialect=Dialect(**dialect),
        safety=Safety(**row["safety"]),
        limits=Limits(**row["limits"]),
        capabilities=row.get("capabilities", {}),
        declaration=row.get("declaration", {}),
        schemas={key: _schema(row.get("files", {}), key, name) for key, name in row.get("schemas", {}).items()},
        embedded=row["name"].startswith("embedded-"),
        recorded=True,
    )


def _orders(supply: Supply) -> dict[str, Any]:
    """Return what a replay needs of the orders: those it is given it finds with the scenarios."""
    unknown, register = supply.unknown, supply.register
    row = {
        "unknown": unknown and {"seller": unknown.seller, "buyer": unknown.buyer},
        "register": register and dict(register),
    }
    return {key: value for key, value in row.items() if value}


def _supply(row: Mapping[str, Any]) -> Supply:
    unknown = row.get("unknown")
    return Supply(
        unknown=Order("unknown", unknown["seller"], unknown["buyer"]) if unknown else None, register=row.get("register")
    )


def _identity(identity: Identity) -> dict[str, str]:
    plain = {key: getattr(identity, key) for key in PLAIN if getattr(identity, key) is not None}
    return plain | {key: WITHHELD for key in (*FILES, *SECRETS) if getattr(identity, key) is not None}


def _restored(name: str, row: Mapping[str, str]) -> Identity:
    """Return an identity that can be named, and can sign with nothing."""
    parts: dict[str, Any] = {key: row[key] for key in PLAIN if key in row}
    parts |= {key: Path(WITHHELD) for key in FILES if key in row} | {key: Secret("") for key in SECRETS if key in row}
    return Identity(name.replace("_", " "), **parts)


def _bare(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Leave out what has no value: TOML has no word for it."""
    return {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value


def _schema(files: Mapping[str, str], key: str, name: str) -> Schema:
    """Return a schema that a record holds; raises ValueError."""
    top = f"{key}/"
    texts = {
        path.removeprefix(top): text.encode("utf-8", "surrogateescape")
        for path, text in files.items()
        if path.startswith(top)
    }
    return Schema(name.removeprefix(top), texts)
