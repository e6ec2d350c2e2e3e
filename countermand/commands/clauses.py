"""`countermand clauses`: lists the catalogue, to read or to process."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

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
    apis = sorted({one.api for one in catalogue.values()})
    if options.api not in {None, *apis}:
        raise CommandError(f"no API {options.api!r}; known are {', '.join(apis)}")
    if options.since:
        return _since(options, catalogue)
    chosen = [
        one
        for one in catalogue.values()
        if one.api == (options.api or one.api) and (not options.ids or one.id in options.ids)
    ]
    if options.json:
        print(json.dumps([asdict(one) for one in chosen], indent=1))
        return 0
    for one in chosen:
        print(f"{one.id:<12} {one.evidence:<10} {one.says}")
        if options.ids:
            print(f"{'':<12} {'source':<10} {one.source}")
    return 0


def _since(options: argparse.Namespace, catalogue: clause.Catalogue) -> int:
    """Say what has changed since a set of clauses was frozen."""
    sets = clause_set.read(suite.root() / "features")
    old = next(
        (one for one in sets if one.version == options.since or one.version.startswith(f"{options.since}.")), None
    )
    if old is None:
        raise CommandError(
            f"--since {options.since}: there is no such set of clauses; there is {', '.join(one.name for one in sets)}"
        )
    new = clause_set.current(catalogue, suite.root() / "features")
    rows = [one for one in clause_set.changes(old, new) if _is_asked(options, one.id, old, new)]
    digests = {
        api: {"was": old.digest(api), "now": new.digest(api)} for api in sorted({one.api for one in catalogue.values()})
    }
    if options.json:
        told = {"since": old.version, "released": old.released, "now": new.version, "digests": digests}
        print(json.dumps({**told, "changes": [asdict(one) for one in rows]}, indent=1))
        return 0
    print(
        f"clauses of {old.name} and of this suite, {new.name}: "
        f"{len(rows) or 'no'} change{'' if len(rows) == 1 else 's'}"
    )
    for api, one in digests.items():
        print(f"  {api:<8} sha256 {one['was'][:16]}" + ("" if one["was"] == one["now"] else f", now {one['now'][:16]}"))
    for row in rows:
        words = (
            row.now or ""
            if row.kind == "new"
            else row.was or ""
            if row.kind == "gone"
            else f"{row.was} -> {row.now}"
            if row.was
            else ""
        )
        print(f"{row.id:<12} {row.kind:<18} {words}".rstrip())
    return 0


def _is_asked(options: argparse.Namespace, key: str, *sets: clause_set.ClauseSet) -> bool:
    """Say whether a change is of the API and the clauses that were asked for."""
    apis = {one.clauses[key]["api"] for one in sets if key in one.clauses}
    return (not options.api or options.api in apis) and (not options.ids or key in options.ids)
