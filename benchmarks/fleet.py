"""A night of many targets on one machine.

Usage: `python benchmarks/fleet.py [TARGETS] [AT_ONCE] [OPTIONS OF countermand run ...]`.

Each target is a seller of its own, and each run a process of its own with its own ledger and folder, as a job of a CI
service or a pod is. Says how long the night takes, what one run costs of processor and memory, and what joining and
comparing them costs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from countermand.provider import embedded, serving

#: So many sellers share a process: they are not what is measured.
SHARED = 25
#: Three of four speak ALA, as in a fleet of operators.
APIS = ("ala", "ala", "ala", "opensrs")


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    code: int
    seconds: float
    processor: float
    memory: int  # KiB, at most


@contextmanager
def sellers(number: int, folder: Path) -> Iterator[list[Path]]:
    """Serve so many sellers in other processes; gives their target files."""
    context = get_context("spawn")
    ends, processes = [], []
    for first in range(0, number, SHARED):
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(first, min(first + SHARED, number), str(folder), theirs))
        process.start()
        ends.append(ours)
        processes.append(process)
    yield [Path(path) for end in ends for path in end.recv()]
    for end, process in zip(ends, processes, strict=True):
        end.send("enough")
        process.join()


def _serve(first: int, last: int, folder: str, end: Connection) -> None:
    with ExitStack() as stack:
        paths = []
        for number in range(first, last):
            api, place = APIS[number % len(APIS)], Path(folder, f"op-{number:03d}")
            place.mkdir(parents=True)
            target = stack.enter_context(serving.serve(api, embedded.SELLERS[api](), place)).target
            target.write_text(
                target.read_text(encoding="utf-8").replace(f'"embedded-{api}"', f'"op-{number:03d}"'), encoding="utf-8"
            )
            paths.append(str(target))
        end.send(paths)
        end.recv()


def run(target: Path, state: Path, options: Sequence[str]) -> Cost:
    """Test one target as the job of one target does."""
    name = target.parent.name
    command = [
        sys.executable,
        "-m",
        "countermand",
        "run",
        "--target",
        str(target),
        "--reports",
        str(state / "runs" / name),
        "--no-page",
    ]
    variables = {**os.environ, "COUNTERMAND_LEDGER": str(state / f"{name}.sqlite")}
    begun = time.perf_counter()
    with subprocess.Popen(
        [*command, *options], env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(process.returncode, time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss)


def command(*words: str) -> float:
    """Run a command of the suite; gives seconds."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "countermand", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return time.perf_counter() - begun


def main(targets: str = "100", at_once: str = "2", *options: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder, state = Path(scratch, "sellers"), Path(scratch, "state")
        with sellers(int(targets), folder) as paths:
            begun = time.perf_counter()
            with ThreadPoolExecutor(int(at_once)) as pool:
                costs = list(pool.map(lambda target: run(target, state, options), paths))
            whole = time.perf_counter() - begun
        codes = {code: sum(cost.code == code for cost in costs) for code in sorted({cost.code for cost in costs})}
        print(f"{targets} targets, {at_once} at once on {os.cpu_count()} cores: {whole:.0f} s; exit codes {codes}")
        for name, unit, values in (
            ("a run", "s", [cost.seconds for cost in costs]),
            ("its processor time", "s", [cost.processor for cost in costs]),
            ("its memory", "MiB", [cost.memory / 1024 for cost in costs]),
        ):
            print(f"{name}: median {statistics.median(values):.1f} {unit}, most {max(values):.1f} {unit}")
        kept = sum(path.stat().st_size for path in (state / "runs").rglob("*") if path.is_file())
        print(f"the reports: {kept / 2**20 / len(costs):.2f} MiB per target")
        page, history = state / "page" / "index.html", state / "nights.jsonl"
        seconds = command("matrix", str(state / "runs"), "--out", str(page), "--bundle")
        print(f"countermand matrix --bundle: {seconds:.1f} s, the page {page.stat().st_size / 2**20:.2f} MiB")
        seconds = command("night", str(state / "runs"), "--history", str(history))
        print(
            f"countermand night: {seconds:.1f} s, "
            f"{history.stat().st_size / len(costs):.0f} bytes of history per target and night"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
