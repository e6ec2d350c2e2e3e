"""`countermand clauses`: lists the catalogue, to read or to process."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from countermand.commands import saying
from countermand.exits import CommandError
from countermand.model import clause, clause_set, suite


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--api", help="the clauses of one API only")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument(
        "--since", metavar="VERSION", help="what has changed since the clauses of that release, as in 0.1"
    )
    parser.add_argument("ids", nargs="*", metavar="CLAUSE", help="these clauses only, with their sources")


def main(options: argparse.Namespace) -> int:
    """List the clauses."""
    catalogue = clause.read(*suite.features())
    for wanted in options.ids:
        if wanted not in catalogue:
            raise CommandError(f"no clause {wanted}; {catalogue.advice(wanted)}")
    apis = sorted({entry.api for entry in catalogue.values()})
    if options.api not in {None, *apis}:
        raise CommandError(f"no API {options.api!r}; known are {', '.join(apis)}")
    if options.since:
        return _since(options, catalogue)
    chosen = [
        entry
        for entry in catalogue.values()
        if entry.api == (options.api or entry.api) and (not options.ids or entry.id in options.ids)
    ]
    if options.json:
        saying.as_json({"version": 1, "clauses": [asdict(entry) for entry in chosen]})
        return 0
    for entry in chosen:
        print(f"{entry.id:<12} {entry.evidence:<10} {entry.says}")
        if options.ids:
            print(f"{'':<12} {'source':<10} {entry.source}")
    return 0


def _since(options: argparse.Namespace, catalogue: clause.Catalogue) -> int:
    """Say what has changed since a set of clauses was frozen."""
    sets = clause_set.read(suite.root() / "features")
    old = next((release for release in sets if f"{release.version}.".startswith(f"{options.since}.")), None)
    if old is None:
        names = ", ".join(release.name for release in sets)
        raise CommandError(f"--since {options.since}: there is no such set of clauses; there is {names}")
    new = clause_set.current(catalogue, suite.root() / "features")
    rows = [change for change in clause_set.changes(old, new) if _is_asked(options, change.id, old, new)]
    digests = {
        api: {"was": old.digest(api), "now": new.digest(api)}
        for api in sorted({entry.api for entry in catalogue.values()})
    }
    if options.json:
        payload = {"since": old.version, "released": old.released, "now": new.version, "digests": digests}
        saying.as_json({"version": 1, **payload, "changes": [asdict(change) for change in rows]})
        return 0
    counted = f"{len(rows) or 'no'} change{'' if len(rows) == 1 else 's'}"
    print(f"clauses of {old.name} and of this suite, {new.name}: {counted}")
    for api, digest in digests.items():
        changed = "" if digest["was"] == digest["now"] else f", now {digest['now'][:16]}"
        print(f"  {api:<8} sha256 {digest['was'][:16]}{changed}")
    for row in rows:
        print(f"{row.id:<12} {row.kind:<18} {_words(row)}".rstrip())
    return 0


def _words(change: clause_set.Change) -> str:
    """Return what a clause said, says, or both."""
    if change.kind == "new":
        return change.now or ""
    if change.kind == "gone":
        return change.was or ""
    return f"{change.was} -> {change.now}" if change.was else ""


def _is_asked(options: argparse.Namespace, key: str, *sets: clause_set.ClauseSet) -> bool:
    """Say whether a change is of the API and the clauses that were asked for."""
    apis = {release.clauses[key]["api"] for release in sets if key in release.clauses}
    return (not options.api or options.api in apis) and (not options.ids or key in options.ids)
