"""What can still be said of the target of a file that cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from countermand.guard import intake, toml
from countermand.guard.foreign import shown
from countermand.model.results import UNKNOWN_API
from countermand.targetfile import piped
from countermand.targetfile.checking import schema

KEYS = ("name", "api", "url")
#: Characters of a name or an address that are shown.
ROOM = 200
#: A key before the first table, where the file as a whole is not TOML.
LINE = re.compile(rf"""^\s*({"|".join(KEYS)})\s*=\s*(?:"([^"\\\n]*)"|'([^'\n]*)')\s*(?:#.*)?$""", re.MULTILINE)
TABLE = re.compile(r"^\s*\[", re.MULTILINE)


@dataclass(frozen=True)
class Glimpse:
    """What a report may call a target by."""

    name: str
    api: str
    url: str


def glimpse(path: Path) -> Glimpse:
    """Return what can be seen of a target.

    That is what its file says as far as it can be read, and else the file's own name.
    """
    table = _table(path)
    name = str(shown(table.get("name", ""), ROOM)).strip() or str(shown(path.stem, ROOM)) or UNKNOWN_API
    return Glimpse(
        name,
        table["api"] if table.get("api") in schema()["properties"]["api"]["enum"] else UNKNOWN_API,
        _address(table.get("url", "")),
    )


def _table(path: Path) -> dict[str, str]:
    try:
        text = piped.read(path).decode("utf-8-sig", "replace")
    except (OSError, ValueError, intake.IntakeError):
        return {}
    table: dict[str, Any]
    try:
        table = toml.parsed(text)
    except toml.TomlError:
        first = TABLE.search(text)
        table = {
            key: double or single for key, double, single in LINE.findall(text[: first.start()] if first else text)
        }
    return {key: table[key] for key in KEYS if isinstance(table.get(key), str)}


def _address(url: str) -> str:
    """Return where a target is, without anything by which somebody could get in."""
    try:
        parts = urlsplit(url.strip())
        place = (
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme and parts.netloc else ""
        )
    except ValueError:
        place = ""
    return str(shown(place, ROOM))
