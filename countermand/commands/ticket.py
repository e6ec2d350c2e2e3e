"""`countermand ticket`: a finding of a finished run, to be handed on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from countermand.commands import last, saying
from countermand.exits import CommandError
from countermand.records import finished, inputs
from countermand.report import ticket


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "clause", nargs="?", metavar="CLAUSE", help="the clause; without one the tickets of the run are listed"
    )
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    parser.add_argument(
        "--reports", default="reports", metavar="DIR", type=Path, help="the folder of the run (default: reports)"
    )


def main(options: argparse.Namespace) -> int:
    """Print one ticket, or list them."""
    try:
        results = last.tested(options.reports, "countermand ticket --reports {}")
    except finished.FinishedError as error:
        raise CommandError(str(error)) from None
    tickets = {one.name: one for one in ticket.tickets(results, inputs.told_targets(options.reports))}
    if options.json and options.clause is None:
        saying.as_json({"version": 1, "tickets": [_told(one) for one in tickets.values()]})
        return 0
    if options.clause is None:
        print(
            "\n".join(f"{one.name}  {one.scenario.verdict}: {one.clause.says}" for one in tickets.values())
            or "nothing was found"
        )
        return 0
    if options.clause not in tickets:
        known = results.catalogue.nearest(options.clause) if options.clause not in results.catalogue else None
        advice = f"did you mean {known}?" if known else f"there is {', '.join(tickets) or 'none'}"
        raise CommandError(f"{options.reports}: no ticket for {options.clause}; {advice}")
    one = tickets[options.clause]
    if options.json:
        saying.as_json({"version": 1, **_told(one), "markdown": ticket.markdown(one)})
    else:
        print(ticket.markdown(one))
    return 0


def _told(one: ticket.Ticket) -> dict[str, Any]:
    """Return a ticket for programs."""
    facts = {
        "clause": one.name,
        "says": one.clause.says,
        "evidence": one.clause.evidence,
        "verdict": one.scenario.verdict,
    }
    return {
        **facts,
        "scenario": one.title,
        "others": one.others,
        "target": one.scenario.target,
        "file": f"{ticket.FOLDER}/{one.name}.md",
    }
