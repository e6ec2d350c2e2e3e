"""Reads a target file: on one side TOML, on the other a Target, its defaults filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from countermand.document import parse, problems, see_xpath
from countermand.guard import intake
from countermand.guard.nearest import absent
from countermand.guard.schema import Schema
from countermand.model.apis import APIS
from countermand.model.target import Dialect, Limits, Safety, Target
from countermand.targetfile import belonging, checking, piped
from countermand.targetfile.parties import headers, identities
from countermand.targetfile.source import Source, TargetError
from countermand.targetfile.supply import oddities, supply
from countermand.targetfile.text import decoded, parsed


def load(path: Path, *, runs: bool = True) -> Target:
    """Read a target file; raises TargetError.

    Who only lists targets lets no command of theirs run: their secrets stay unasked.
    """
    try:
        source = Source(path, decoded(path, piped.read(path)), runs)
        table = parsed(source)
        checking.check(source, table)
        belonging.check(source, table)
        return _target(source, table)
    except FileNotFoundError:
        raise TargetError(f"{intake.shown(path)}: {absent(path)}") from None
    except intake.IntakeError as error:
        raise TargetError(f"{intake.shown(path)}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"{intake.shown(path)}: cannot be read: {error}") from None
    except RecursionError:
        raise TargetError(f"{path}: is nested too deeply") from None


def _target(source: Source, table: dict[str, Any]) -> Target:
    api, trust = table["api"], table.get("trust", {})
    # As serving.py writes it.
    embedded = table["name"].startswith("embedded-") and urlsplit(table["url"]).hostname == "127.0.0.1"
    parties, warnings = identities(source, table)
    url, borne = headers(source, table, warnings)
    if trust.get("tls_maximum", "1.3") < trust.get("tls_minimum", "1.2"):
        raise source.error(
            ["trust", "tls_maximum"], f"is lower than tls_minimum, {trust['tls_minimum']}: no version is left"
        )
    dialect: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.get("dialect", {}).items()
    }
    orders = supply(source, api, table.get("orders", {}))
    warnings += [f"{source.path.name}: {words}" for words in oddities(orders.listed)]
    return Target(
        name=table["name"],
        api=api,
        url=url.rstrip("/"),
        headers=borne,
        source=source.path,
        identities=parties,
        environment=table.get("environment", "staging"),
        path=table.get("path"),
        instance=table.get("instance"),
        connect_to=table.get("connect_to"),
        proxy=table.get("proxy"),
        ca=source.file(["trust", "ca"], trust["ca"]) if "ca" in trust else None,
        tls_minimum=trust.get("tls_minimum", "1.2"),
        tls_maximum=trust.get("tls_maximum"),
        seller=table.get("seller", {}).get("identifier"),
        orders=orders,
        dialect=_dialect(source, dialect),
        safety=Safety(**table.get("safety", {})),
        limits=Limits(**{"connect": 10, "total": APIS[api].total, "size": 2**21, "dead": 5, **table.get("limits", {})}),
        capabilities=table.get("capabilities", {}),
        schemas={key: _schema(source, key, value) for key, value in table.get("schemas", {}).items()},
        declaration=table.get("declaration", {}),
        embedded=embedded,
        warnings=() if embedded else tuple(warnings),
    )


def _dialect(source: Source, parts: dict[str, Any]) -> Dialect:
    dialect = Dialect(**parts)
    if dialect.decision is not None:
        try:
            see_xpath(dialect.decision)
        except ValueError as error:
            raise source.error(["dialect", "decision"], f"is {error}") from None
    return dialect


def _schema(source: Source, key: str, name: str) -> Schema:
    path = source.file(["schemas", key], name)
    try:
        schema = Schema.load(path)
        if source.runs:
            problems(parse(b"<any/>"), schema)  # it is kept as it is read: no answer waits for it
    except (OSError, ValueError) as error:
        raise source.error(
            ["schemas", key], f"{error}: ask the operator for the schema, or leave the key out"
        ) from None
    return schema
