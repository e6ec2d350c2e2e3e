"""The catalogue of clauses, read from the TOML files beside the features; knows nothing of pytest."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from countermand.guard.nearest import nearest

#: An API, a topic and a number. Where ids are looked for in a text, or in a line of a feature,
#: they are looked for by this.
FORM = r"[A-Z][A-Z0-9]*-[A-Z][A-Z0-9]*-[0-9]{2}"
ID = re.compile(FORM)
REQUIRED = {"says", "evidence", "source"}
OPTIONAL = {"untested", "since", "outcome", "spends"}


class Evidence(StrEnum):
    """How sure a clause is, and so what a departure from it may cost a target (design: evidence decides the weight)."""

    DOCUMENTED = "documented"  # the seller's own public pages: may fail a target
    STANDARD = "standard"  # a base standard, or plain security practice: shown and counted
    INFERRED = "inferred"  # our reading: shown and counted

    @property
    def level(self) -> str:
        """The same in the words of RFC 2119, as far as the documents let us say it."""
        return {Evidence.DOCUMENTED: "MUST", Evidence.STANDARD: "SHOULD", Evidence.INFERRED: "MAY"}[self]


class CatalogueError(ValueError):
    """A clauses.toml that cannot be read as a catalogue; the message names file, clause and key."""


@dataclass(frozen=True)
class Clause:
    """One thing a seller must do."""

    id: str
    api: str
    says: str
    evidence: Evidence
    source: str
    untested: str | None = None  # why no scenario can exist
    since: str = "0.1"
    url: str = ""  # where its source can be read; see sources.toml
    outcome: bool = (
        False  # the clause without which nothing is known: a run that has not decided it conforms to nothing
    )

    spends: bool = (
        False  # an order is used up where it is kept: its scenarios come after those that only need one at hand
    )

    def __str__(self) -> str:
        return f"{self.id}: {self.says} ({self.evidence}: {self.source})"


class Catalogue(Mapping[str, Clause]):
    """All clauses of some APIs, by id, in the order of the files."""

    def __init__(self, clauses: list[Clause]) -> None:
        self._clauses = {clause.id: clause for clause in clauses}

    def __getitem__(self, key: str) -> Clause:
        return self._clauses[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._clauses)

    def __len__(self) -> int:
        return len(self._clauses)

    def of(self, api: str) -> list[Clause]:
        """Return the clauses of one API."""
        return [clause for clause in self.values() if clause.api == api]

    @property
    def beginnings(self) -> list[str]:
        """What ids begin with, an API and a topic each, in the order of the files."""
        return list(dict.fromkeys(key.rpartition("-")[0] for key in self))

    def nearest(self, unknown: str) -> str | None:
        """Return the id that looks most like an unknown one, if one is near.

        A number like another's says nothing of its topic.
        """
        parts = re.split(r"[-_ ]+", unknown.strip("*? ").upper())
        apis = {prefix.partition("-")[0] for prefix in self.beginnings}
        api = nearest(parts[0], apis)
        if api is None or len(parts) == 1:
            return nearest("-".join(parts), self, cutoff=0.7)
        topic = nearest(
            parts[1], [prefix.partition("-")[2] for prefix in self.beginnings if prefix.startswith(f"{api}-")]
        )
        if topic is None:
            return None
        begun = f"{api}-{topic}"
        return nearest("-".join([begun, *parts[2:]]), [key for key in self if key.startswith(f"{begun}-")], cutoff=0)

    def advice(self, unknown: str) -> str:
        """Return the question whether a near id was meant, or what ids there are."""
        if guess := self.nearest(unknown):
            return f"did you mean {guess}?"
        own = [prefix for prefix in self.beginnings if prefix.partition("-")[0] == unknown.partition("-")[0].upper()]
        return (
            f"there are {', '.join(f'{prefix}-*' for prefix in own or self.beginnings)}: countermand clauses lists them"
        )


def read(features: Path, *others: Path) -> Catalogue:
    """Read every `<api>/clauses.toml` below folders of features, standards from the first of them.

    Raises CatalogueError.
    """
    clauses: dict[str, Clause] = {}
    standards = _toml(features / "standards.toml")
    for path in (path for folder in (features, *others) for path in sorted(folder.glob("*/clauses.toml"))):
        addresses = {**_toml(path.with_name("sources.toml")), **standards}
        for key, row in _toml(path).items():
            if key in clauses:
                raise CatalogueError(f"{path}: [{key}]: is a clause of {clauses[key].api} already")
            clauses[key] = _clause(path, key, row, addresses)
    return Catalogue(list(clauses.values()))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: not TOML: {error}") from None


def address(source: str, addresses: Mapping[str, str]) -> str:
    """Return where a source can be read.

    It is the document it names first, at the section it gives, or the page it is about otherwise.
    """
    cited = [name for name in addresses if name in source]
    if not cited:
        return addresses.get("otherwise", "")
    first = min(cited, key=lambda name: (source.index(name), -len(name)))
    section = re.match(r", (\d+(?:\.\d+)*)", source[source.index(first) + len(first) :])
    whole, _, _ = addresses[first].partition("#")
    return addresses[first].format(section=section[1]) if section else whole


def _clause(path: Path, key: str, row: dict[str, Any], addresses: Mapping[str, str]) -> Clause:
    if not ID.fullmatch(key):
        raise CatalogueError(f"{path}: [{key}]: an id is API, topic and two digits, as in ALA-REQ-07")
    if missing := REQUIRED - row.keys():
        raise CatalogueError(f"{path}: [{key}]: lacks {', '.join(sorted(missing))}")
    if unknown := row.keys() - REQUIRED - OPTIONAL:
        raise CatalogueError(
            f"{path}: [{key}]: unknown key {', '.join(sorted(unknown))}; "
            f"known are {', '.join(sorted(REQUIRED | OPTIONAL))}"
        )
    try:
        evidence = Evidence(row["evidence"])
    except ValueError:
        raise CatalogueError(
            f"{path}: [{key}]: evidence is one of {', '.join(Evidence)}, not {row['evidence']!r}"
        ) from None
    return Clause(id=key, api=path.parent.name, url=address(row["source"], addresses), **{**row, "evidence": evidence})
