"""`countermand baseline`: weighs finished runs against what is known of their targets, or writes it down."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from countermand.baseline import apply as baseline
from countermand.baseline import update as baseline_update
from countermand.baseline.rewriting import rewritten
from countermand.commands import last, saying, unverified
from countermand.exits import CommandError, Exit
from countermand.guard import intake, placing
from countermand.records import finished
from countermand.records.finished import Finished

#: The worst exit code of several runs decides, in this order.
WORST = (Exit.DOES_NOT_CONFORM, Exit.INCONCLUSIVE, Exit.STALE, Exit.CONFORMS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--update", action="store_true", help="write FILE: drop what conforms now, add what is red and not listed"
    )
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    parser.add_argument("file", metavar="FILE", type=Path, help="the baseline, a TOML file")
    parser.add_argument(
        "reports", metavar="REPORTS", nargs="+", type=Path, help="a folder of reports, or a certificate"
    )
    parser.epilog = (
        "Without --update it says what the baseline makes of the runs, and ends as the worst of them: with 0, 1, 10 or "
        "11; a run that tested nothing, whatever kept it from that, is inconclusive, and so is one that was cut short. "
        "An update keeps entries as they are while they stand, and what is written around them; "
        "new ones want an owner and a reason, and expire after 90 days."
    )


def main(options: argparse.Namespace) -> int:
    """Weigh runs against the baseline, or bring it up to date."""
    try:
        loaded = [
            last.tested(path, "") if options.update else finished.read(path) for path in finished.find(options.reports)
        ]
        runs = sorted(loaded, key=lambda run: run.started)
        unverified.say(run.source for run in runs)
        return (_update if options.update else _weigh)(options.file, runs, as_json=options.json)
    except (finished.FinishedError, baseline.BaselineError) as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{options.file}: cannot be written: {error.strerror or error}") from None


def _weigh(path: Path, runs: list[Finished], *, as_json: bool) -> int:
    known = baseline.read(path)
    today = datetime.now(UTC).date()
    codes, rows = [], []
    for run in runs:
        outcome = baseline.apply(run, known, today)
        codes.append(outcome.exit_code)
        rows.append({"source": str(run.source), "sentence": run.sentence, **_row(outcome)})
        if as_json:
            continue
        print("\n".join([f"{run.source}: {run.sentence}", *(f"  {line}" for line in outcome.lines)]))
    code = min(codes, key=WORST.index)
    if as_json:
        saying.as_json({"version": 1, "exit": code, "runs": rows})
    return code


def _row(outcome: baseline.Outcome) -> dict[str, Any]:
    """Return what a baseline makes of one run."""
    kinds = {"excused": outcome.excused, "stale": outcome.stale, "expired": outcome.expired}
    entries = {kind: [_entry(waived.entry) for waived in group] for kind, group in kinds.items()}
    return {
        "exit": outcome.exit_code,
        **entries,
        "new": [
            {"clause": scenario.clause, "id": scenario.id, "verdict": scenario.verdict} for scenario in outcome.new
        ],
    }


def _entry(entry: baseline.Entry) -> dict[str, Any]:
    return {**asdict(entry), "expires": entry.expires.isoformat()}


def _update(path: Path, runs: list[Finished], *, as_json: bool) -> int:
    before = baseline.read(path, unfilled=True) if path.exists() else baseline.Baseline()
    now, today = before, datetime.now(UTC).date()
    unknown = 0
    for run in runs:
        made = baseline_update.update(now, run, today)
        now, unknown = made.baseline, unknown + len(made.unknown)
    if now != before or not path.exists():
        placing.see(path)
        text = rewritten(intake.text(path), before, now) if path.exists() else baseline.dumps(now)
        placing.put(path, text.encode())
    added = [entry for entry in now.entries if entry not in before.entries]
    dropped = [entry for entry in before.entries if entry not in now.entries]
    if as_json:
        changes = {"added": list(map(_entry, added)), "dropped": list(map(_entry, dropped))}
        saying.as_json({"version": 1, "file": str(path), **changes})
    else:
        counted = f"{len(now.entries)} {'entry' if len(now.entries) == 1 else 'entries'}"
        lines = [*(f"  added {entry}" for entry in added), *(f"  dropped {entry}" for entry in dropped)]
        print("\n".join([f"{path}: {counted}", *lines]))
    if unknown:
        print(
            f"{path}: {unknown} scenario{'' if unknown == 1 else 's'} could not be found out: that is no failure of "
            'the provider, and not listed; whoever waives one writes an entry with verdict = "inconclusive"',
            file=sys.stderr,
        )
    if any(not entry.owner.strip() or not entry.reason.strip() for entry in now.entries):
        print(
            f"{path}: fill in every owner and reason: a run refuses a baseline in which one is blank", file=sys.stderr
        )
    return 0
