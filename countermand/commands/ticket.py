"""`countermand ticket`: a finding of a finished run, to be handed on."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from countermand.commands import last, saying, unrecorded, unverified
from countermand.exits import CommandError
from countermand.guard import intake
from countermand.guard.foreign import shown
from countermand.model.verdict import Verdict
from countermand.records import finished, inputs
from countermand.records.finished import Finished
from countermand.report import naming, outputs, ticket


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
    how = " ".join(["countermand ticket", *([shlex.quote(options.clause)] if options.clause else []), "--reports "])
    try:
        results = last.tested(options.reports, how)
    except finished.FinishedError as error:
        raise CommandError(str(error)) from None
    if options.clause is not None and options.clause.upper() in results.catalogue:
        options.clause = options.clause.upper()
    elif options.clause is not None:
        if Path(options.clause).is_dir():
            raise CommandError(f"{options.clause}: a folder is named with --reports {options.clause}")
        raise CommandError(f"there is no clause {options.clause}; {results.catalogue.advice(options.clause)}")
    unverified.say((options.reports,))
    unrecorded.say((results,))
    tickets = {item.name: item for item in ticket.tickets(results, inputs.target_tables(options.reports))}
    last.mention_newer(options.reports, results, how)
    unsure = [judged.clause.id for judged in results.clauses if judged.verdict is Verdict.INCONCLUSIVE]
    if options.json and options.clause is None:
        saying.as_json({"version": 1, "tickets": [_row(item) for item in tickets.values()], "inconclusive": unsure})
        return 0
    if options.clause is None:
        lines = [f"{item.name}  {item.scenario.verdict}: {shown(item.clause.says)}" for item in tickets.values()]
        lines = lines or [f"nothing was found{' that is broken' if unsure else ''}"]
        print("\n".join([*lines, *_unsure(results, options.reports)]))
        return 0
    if options.clause not in tickets:
        there = ", ".join(tickets) or "none"
        why = " (it could not be found out)" if options.clause in unsure else ""
        what = "; ".join([f"no ticket for {options.clause}{why}", f"there is {there}"])
        raise CommandError(f"{options.reports}: {what}")
    chosen = tickets[options.clause]
    if options.json:
        saying.as_json({"version": 1, **_row(chosen), "markdown": ticket.markdown(chosen)})
    else:
        print(ticket.markdown(chosen))
    return 0


def _unsure(results: Finished, reports: Path) -> list[str]:
    """Say of how much a run could not find out whether there is a ticket, and where it says why."""
    if not (number := naming.counted(results, Verdict.INCONCLUSIVE)):
        return []
    pages = (reports / name for name in (outputs.PAGE, outputs.MARKDOWN))
    where = next((page for page in pages if intake.is_file(page)), reports)
    return [f"could not be found out: {number}; {intake.shown(where)} says why, and what to do about it"]


def _row(item: ticket.Ticket) -> dict[str, Any]:
    """Return a ticket for programs."""
    facts = {
        "clause": item.name,
        "says": item.clause.says,
        "evidence": item.clause.evidence,
        "verdict": item.scenario.verdict,
    }
    return {
        **facts,
        "scenario": item.title,
        "others": item.others,
        "target": item.scenario.target,
        "file": f"{ticket.FOLDER}/{item.name}.md",
    }
