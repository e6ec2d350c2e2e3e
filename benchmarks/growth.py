"""What a run costs with once, four and sixteen times the scenarios: `python benchmarks/growth.py`.

The features whose scenarios cost no order are repeated in a copy of the suite, under other names, beside those that
judge every answer of the run. What may be compared is what one more exchange costs: from one time to four, and from
four times to sixteen.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from common import command, seller

ROOT = Path(__file__).parents[1]
#: What is repeated: what each of these asks for is refused.
REPEATED = {
    "ala": ("required_order", "required_parties", "required_message", "empty_fields", "damage"),
    "opensrs": ("required", "commands", "damage"),
}
TIMES = (1, 4, 16)


@dataclass(frozen=True)
class Cost:
    """What a run has cost."""

    exchanges: int
    seconds: float  # of processor time
    memory: float  # MiB at most


def checkout(api: str, times: int, folder: Path) -> Path:
    """Copy the suite, with features so many times."""
    for name in ("countermand", "steps", "payloads"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    features = folder / "features"
    shutil.copytree(ROOT / "features", features)
    for name in REPEATED[api]:
        text = (features / api / f"{name}.feature").read_text(encoding="utf-8")
        for number in range(1, times):
            again = re.sub(r"^(Feature: .*)$", rf"\1 ({number})", text, count=1, flags=re.MULTILINE)
            (features / api / f"{name}_{number}.feature").write_text(again, encoding="utf-8")
    return folder


def measured(api: str, times: int, folder: Path) -> Cost:
    """Run a copy of the suite, and return what that has cost."""
    copy, reports = checkout(api, times, folder / "suite"), folder / "reports"
    with seller(api, folder / "seller") as target:
        variables = {**os.environ, "PYTHONPATH": str(copy), "COUNTERMAND_LEDGER": str(folder / "ledger.sqlite")}
        with subprocess.Popen(
            command(target, reports),
            cwd=copy,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            said = process.stdout.read() if process.stdout else ""
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    rows = [json.loads(line) for line in (reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    exchanges = sum(len(row.get("exchanges", ())) for row in rows)
    if process.returncode not in {0, 10} or not exchanges:
        raise SystemExit(f"the suite ended with {process.returncode}:\n{said[-2000:]}")
    return Cost(exchanges, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def costs(api: str) -> list[Cost]:
    """Return what runs with more and more scenarios have cost."""
    measures = list[Cost]()
    for times in TIMES:
        with tempfile.TemporaryDirectory() as scratch:
            measures.append(measured(api, times, Path(scratch)))
    return measures


def one_more(before: Cost, after: Cost) -> tuple[float, float]:
    """Return what one more exchange has cost: milliseconds of processor time, and KiB."""
    added = after.exchanges - before.exchanges
    return 1000 * (after.seconds - before.seconds) / added, 1024 * (after.memory - before.memory) / added


def main() -> None:
    """Print what runs cost, and one more exchange."""
    print("| What | Exchanges | Processor time | Memory | One more exchange | and memory |\n|---|---|---|---|---|---|")
    for api in REPEATED:
        series = costs(api)
        for times, cost, before in zip(TIMES, series, [None, *series], strict=False):
            more = (
                ["", ""]
                if before is None
                else [f"{one_more(before, cost)[0]:.1f} ms", f"{one_more(before, cost)[1]:.0f} KiB"]
            )
            cells = [
                f"{api}: {times} times",
                str(cost.exchanges),
                f"{cost.seconds:.1f} s",
                f"{cost.memory:.0f} MiB",
                *more,
            ]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
