"""`countermand orders`: says what is left of a target's orders."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermand.commands import choice, saying
from countermand.exits import CommandError, Exit
from countermand.guard import intake
from countermand.guard.foreign import shown
from countermand.model.apis import APIS
from countermand.model.ownership import seller_key, seller_keys
from countermand.model.target import Target
from countermand.orders.ledger import Entry, Ledger
from countermand.orders.ledger_file import LedgerError, default_path, named
from countermand.targetfile import TargetError, load, production
from countermand.targetfile.supply import oddities

VERSION = 1
FACTS = ("run", "scenario", "taken", "outcome")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    choice.add_target(parser)
    parser.add_argument(
        "--ledger", metavar="FILE", help="the ledger of orders used (default: COUNTERMAND_LEDGER, or one per user)"
    )
    parser.add_argument(
        "--clean", action="store_true", help="cancel the orders that runs have registered and could not cancel"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.epilog = (
        "left: not used yet. in use: by a run that goes on. lost: in the hands of a run that ended with it, so that "
        "nobody knows what became of it; it is never used again. Exit: 10 an order could not be cancelled."
    )


def main(options: argparse.Namespace) -> int:
    """Show what is left, or clear away what was registered."""
    try:
        target = load(choice.target(options.target))
        path = named(options.ledger) if options.ledger else default_path()
        if options.clean:
            return _clean(target, path, as_json=options.json)
        report = _report(target, path)
    except (TargetError, LedgerError) as error:
        raise CommandError(str(error)) from None
    for words in oddities(target.orders.listed):
        print(f"note: {shown(words)}", file=sys.stderr)
    print(saying.written(report, indent=1) if options.json else "\n".join(_lines(report)))
    return 0


def _clean(target: Target, path: Path, *, as_json: bool) -> int:
    from countermand.run.cleanup import tidy  # noqa: PLC0415
    from countermand.run.run import Run  # noqa: PLC0415 - httpx and TLS, which only the clearing needs

    if target.production:
        production.agree([target], [target.name])
        raise CommandError(f"{target.name} is production: nothing was ever registered there, and nothing is cancelled")
    with tempfile.TemporaryDirectory(prefix="countermand-") as folder:
        run = Run(Path(folder), secrets.token_hex(8), {target.api: target}, ledger_path=path)
        try:
            run.ledger(target)  # one that cannot be used is an error here, and not a remark
            said = list(tidy(run, target))
        finally:
            run.close()
    words = [target.masker().text(line) for line in said or ["nothing to cancel"]]
    print(saying.written({"version": VERSION, "said": words}) if as_json else "\n".join(words))
    return Exit.INCONCLUSIVE if any("could not be cancelled" in words for words in said) else Exit.CONFORMS


def _report(target: Target, path: Path) -> dict[str, Any]:
    """Gather what the target file lists and what the ledger knows; a ledger that does not exist yet knows nothing."""
    known = intake.exists(path)
    head: dict[str, Any] = {
        "version": VERSION,
        "target": target.name,
        "seller": seller_key(target),
        "ledger": str(path),
        "exists": known,
    }
    if not known:
        return {**head, "states": _states(target, {}, {}), "registered": []}
    ledger = Ledger(path)
    try:
        ledger.join(seller_keys(target))
        entries = {entry.number: entry for entry in ledger.entries(seller_key(target))}
        alive = {entry.run: ledger.presence.alive(entry.run) for entry in entries.values() if entry.run}
    finally:
        ledger.close()
    made = [entry for entry in entries.values() if entry.source == "register" and entry.ended is None]
    registered = [
        {"number": entry.number, "state": entry.state, "made by": entry.maker, "outcome": entry.outcome}
        for entry in made
    ]
    return {**head, "states": _states(target, entries, alive), "registered": registered}


def _states(target: Target, entries: Mapping[str, Entry], alive: Mapping[str, bool]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for state in APIS[target.api].states:
        listed = [order.seller for order in target.orders.listed if order.state == state]
        made = [
            entry.number
            for entry in entries.values()
            if entry.source == "command" and entry.state == state and entry.run is None
        ]
        known = [
            entry
            for entry in entries.values()
            if entry.state == state and (entry.number in listed or entry.source != "listed")
        ]
        used = [_row(entry) for entry in known if entry.outcome is not None]
        held = [entry for entry in known if entry.outcome is None and entry.run is not None]
        rows[state] = {
            "listed": len(listed),
            "left": [number for number in listed if number not in entries] + made,
            "used": used,
            "in use": [_row(entry) for entry in held if alive.get(entry.run or "")],
            "lost": [_row(entry) for entry in held if not alive.get(entry.run or "")],
        }
    return {state: row for state, row in rows.items() if any(row.values())}


def _row(entry: Entry) -> dict[str, str | None]:
    return {"number": entry.number, **{fact: getattr(entry, fact) for fact in FACTS}}


def _none_yet(report: Mapping[str, Any]) -> str:
    return (
        ""
        if report["exists"]
        else " (there is none yet: what was used before, as another one may know, counts as left)"
    )


def _lines(report: Mapping[str, Any]) -> list[str]:
    lines = [f"{report['target']}: orders of {report['seller']}", f"ledger: {report['ledger']}{_none_yet(report)}", ""]
    lines.append(f"{'state':<20}" + "".join(f"{name:>8}" for name in ("listed", "left", "used", "in use", "lost")))
    for state, row in report["states"].items():
        counts = (row["listed"], *(len(row[name]) for name in ("left", "used", "in use", "lost")))
        lines.append(f"{state:<20}" + "".join(f"{count:>8}" for count in counts))
    if not report["states"]:
        lines.append("none listed, and none ever taken")
    rows = [
        (name, row)
        for orders in report["states"].values()
        for name in ("used", "in use", "lost")
        for row in orders[name]
    ]
    if rows:
        lines += ["", "What was taken, when, and what came of it:"]
    for name, row in rows:
        lines.append(f"  {row['number']}  {row['taken']}  {row['run']}  {row['outcome'] or _HELD[name]}")
        lines.append(f"      {_BESIDE.get(row['scenario'], row['scenario'])}")
    if report["registered"]:
        numbers = ", ".join(order["number"] for order in report["registered"])
        lines += [
            "",
            f"Registered by us and not cancelled yet: {numbers}",
            "  countermand orders --clean cancels what no run is using",
        ]
    return lines


#: What takes an order outside the scenarios, by the name it has in the ledger.
_BESIDE = {
    "acceptance": "the run's one complete cancellation, on which what it saw refused leans",
    "closing": "the complete cancellation at the run's end, by which what it saw refused is believed",
}
_HELD = {"in use": "in use", "lost": "its run ended with it, so that nobody knows what became of it: never used again"}
