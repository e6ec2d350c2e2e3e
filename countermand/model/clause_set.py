"""Frozen sets of clauses: what each release has judged by, and what has changed since.

A set keeps of each clause what an id promises: its wording, its weight, and whether anything judges it.
A release freezes its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand import __version__
from countermand.model.clause import Catalogue, Clause

FOLDER = "sets"


@dataclass(frozen=True)
class ClauseSet:
    """The clauses of one version of the suite, by id."""

    version: str
    released: str | None  # a day; none while it may still change
    clauses: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.version if self.released else f"{self.version} (not yet released)"

    def of(self, api: str) -> dict[str, Mapping[str, Any]]:
        """Return the clauses of one API."""
        return {key: clause for key, clause in self.clauses.items() if clause["api"] == api}

    def digest(self, api: str) -> str:
        """Return the SHA-256 of the clauses of an API: ids, wording, weight, and what is judged."""
        return hashlib.sha256(json.dumps(self.of(api), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return what the file of a set holds."""
        return {
            "version": self.version,
            "released": self.released,
            "clauses": {key: dict(clause) for key, clause in self.clauses.items()},
        }


@dataclass(frozen=True)
class Change:
    """One clause that is not what it was."""

    id: str
    kind: str  # new, gone, reworded, weighed otherwise, now judged, no longer judged
    was: str | None
    now: str | None


def today(catalogue: Catalogue, released: str | None = None) -> ClauseSet:
    """Return the set of a catalogue, under this version of the suite."""
    return ClauseSet(__version__, released, {key: _kept(clause) for key, clause in sorted(catalogue.items())})


def read(features: Path) -> list[ClauseSet]:
    """Return the sets that lie beside the features, oldest first."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in (features / FOLDER).glob("*.json")]
    return sorted(
        (ClauseSet(document["version"], document["released"], document["clauses"]) for document in documents),
        key=lambda clause_set: _order(clause_set.version),
    )


def current(catalogue: Catalogue, features: Path, apis: Collection[str] = ()) -> ClauseSet:
    """Return the set this suite judges by.

    It is a released one where a release has frozen just these clauses of some APIs, or of those it knew.
    """
    now = today(catalogue)
    frozen = next((clause_set for clause_set in read(features) if clause_set.version == now.version), None)
    wanted = apis or {clause["api"] for clause in (frozen.clauses if frozen else now.clauses).values()}
    same = frozen is not None and all(frozen.of(api) == now.of(api) for api in wanted)
    return today(catalogue, frozen.released if frozen and same else None)


def changes(old: ClauseSet, new: ClauseSet) -> Iterator[Change]:
    """Yield what has changed between two sets, clause by clause."""
    for key in sorted(old.clauses.keys() | new.clauses.keys()):
        was, now = old.clauses.get(key), new.clauses.get(key)
        if was is None or now is None:
            yield Change(
                key, "new" if was is None else "gone", was["says"] if was else None, now["says"] if now else None
            )
            continue
        if was["says"] != now["says"]:
            yield Change(key, "reworded", was["says"], now["says"])
        if was["evidence"] != now["evidence"]:
            yield Change(key, "weighed otherwise", was["evidence"], now["evidence"])
        if was["judged"] != now["judged"]:
            yield Change(key, "now judged" if now["judged"] else "no longer judged", None, None)


def _kept(clause: Clause) -> dict[str, Any]:
    return {"api": clause.api, "says": clause.says, "evidence": str(clause.evidence), "judged": clause.untested is None}


def _order(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]
