"""Reads a target file: on one side TOML, on the other a Target, its defaults filled in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from countermand import intake
from countermand.target import Dialect, Limits, Safety, Target
from countermand.targetfile import checking, piped
from countermand.targetfile.parties import identities
from countermand.targetfile.source import Source, TargetError
from countermand.targetfile.supply import supply

#: Seconds for a whole exchange: OpenSRS recommends 80.
TOTAL = {"ala": 30, "opensrs": 80}


def load(path: Path) -> Target:
    """Read a target file; raises TargetError."""
    try:
        source = Source(path, piped.read(path).decode("utf-8"))
        table = tomllib.loads(source.text)
        checking.check(source, table)
        return _target(source, table)
    except FileNotFoundError:
        raise TargetError(f"{intake.shown(path)}: no such file") from None
    except intake.IntakeError as error:
        raise TargetError(f"{intake.shown(path)}: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TargetError(f"{intake.shown(path)}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise TargetError(f"{path}: not TOML: {error}") from None
    except TargetError:
        raise
    except RecursionError:
        raise TargetError(f"{path}: is nested too deeply") from None
    except ValueError:  # the only one TOML's reader does not explain: a number of more digits than Python reads
        raise TargetError(f"{path}{_line_of_digits(source.text)}: not TOML that can be used: a number has too many digits") from None


def _line_of_digits(text: str) -> str:
    """Say on which line a number has more digits than Python reads."""
    found = re.search(r"[0-9_]{4300}", text)
    return f":{text.count(chr(10), 0, found.start()) + 1}" if found else ""


def _target(source: Source, table: dict[str, Any]) -> Target:
    api, trust = table["api"], table.get("trust", {})
    embedded = table["name"].startswith("embedded-") and urlsplit(table["url"]).hostname == "127.0.0.1"  # as serving.py writes it
    parties, warnings = identities(source, table)
    dialect: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.get("dialect", {}).items()}
    return Target(
        name=table["name"],
        api=api,
        url=table["url"].rstrip("/"),
        source=source.path,
        identities=parties,
        environment=table.get("environment", "staging"),
        instance=table.get("instance"),
        connect_to=table.get("connect_to"),
        proxy=table.get("proxy"),
        ca=source.file(["trust", "ca"], trust["ca"]) if "ca" in trust else None,
        tls_minimum=trust.get("tls_minimum", "1.2"),
        seller=table.get("seller", {}).get("identifier"),
        orders=supply(source, api, table.get("orders", {})),
        dialect=Dialect(**dialect),
        safety=Safety(**table.get("safety", {})),
        limits=Limits(**{"connect": 10, "total": TOTAL[api], "size": 2**21, "dead": 5, **table.get("limits", {})}),
        capabilities=table.get("capabilities", {}),
        schemas={key: source.file(["schemas", key], value) for key, value in table.get("schemas", {}).items()},
        embedded=embedded,
        warnings=() if embedded else tuple(warnings),
    )
