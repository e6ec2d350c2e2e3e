"""`countermand clauses`: lists the catalogue, to read or to process."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from countermand.exits import CommandError
from countermand.model import clause, suite


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--api", help="the clauses of one API only")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("ids", nargs="*", metavar="CLAUSE", help="these clauses only, with their sources")


def main(options: argparse.Namespace) -> int:
    """List the clauses."""
    catalogue = clause.read(suite.root() / "features")
    for wanted in options.ids:
        if wanted not in catalogue:
            nearest = catalogue.nearest(wanted)
            raise CommandError(f"no clause {wanted}; " + (f"did you mean {nearest}?" if nearest else "countermand clauses lists them all"))
    apis = sorted({one.api for one in catalogue.values()})
    if options.api not in {None, *apis}:
        raise CommandError(f"no API {options.api!r}; known are {', '.join(apis)}")
    chosen = [one for one in catalogue.values() if one.api == (options.api or one.api) and (not options.ids or one.id in options.ids)]
    if options.json:
        print(json.dumps([asdict(one) for one in chosen], indent=1))
        return 0
    for one in chosen:
        print(f"{one.id:<12} {one.evidence:<10} {one.says}")
        if options.ids:
            print(f"{'':<12} {'source':<10} {one.source}")
    return 0
