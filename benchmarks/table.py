"""All measurements in one run, as a table of ratios: `python benchmarks/table.py [--quick] [--tests]`.

A machine's speed drifts and differs from the next one's: what may be quoted is a ratio of two figures of one run.
`--quick` leaves out what is far away; `--tests` adds our own tests, which take minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import growth
from common import bare_loop, seller, suite
from suite import move

from countermand.proof.field import judge
from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.targetfile import load

ROOT = Path(__file__).parents[1]
#: What a run may cost beside the bare loop's time, in seconds,
#: and the latencies of sellers that are far away, in milliseconds.
BESIDE = {"ala": 0.8, "opensrs": 1.0}
LATENCIES = (20, 200)
DEVIANTS = 12
Row = tuple[str, str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the embedded runs and the proof alone")
    parser.add_argument("--tests", action="store_true", help="our own tests as well")
    options = parser.parse_args()
    day, cores = (
        datetime.now(UTC).date(),
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
    )
    print(f"{day}, {cores} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the beginning\n")
    print("| What | Measured | Ratio | Aim |\n|---|---|---|---|")
    for row in _rows(quick=options.quick, tests=options.tests):
        print(f"| {' | '.join(row)} |", flush=True)


def _rows(*, quick: bool, tests: bool) -> Iterator[Row]:
    for api in BESIDE:
        with tempfile.TemporaryDirectory() as scratch:
            yield from _near(api, Path(scratch))
    for api in () if quick else BESIDE:
        for latency in LATENCIES:
            with tempfile.TemporaryDirectory() as scratch:
                yield from _far(api, latency, Path(scratch))
    for api in BESIDE:
        yield _growth(api)
        yield _proof(api)
    if tests:
        yield _tests()


def _cpu() -> float:
    """Return the processor time of the processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _near(api: str, folder: Path) -> Iterator[Row]:
    before = _cpu()
    whole, used = suite(api, folder / "reports"), _cpu() - before
    with seller(api, folder / "seller") as target:
        move(folder / "reports", load(target).url)
        clock, bare = time.process_time(), bare_loop(folder / "reports", target)
        own = time.process_time() - clock
    aim = 1.1 * bare + BESIDE[api]
    yield (
        f"{api}: embedded, seconds",
        f"{whole:.2f} s; bare loop {bare:.2f} s",
        f"{whole / aim:.2f} of the aim",
        f"{aim:.2f} s",
    )
    yield f"{api}: embedded, processor", f"{used:.2f} s; bare loop {own:.2f} s", f"{used / own:.1f}", ""


def _far(api: str, latency: int, folder: Path) -> Iterator[Row]:
    with seller(api, folder / "one", latency / 1000) as target:
        serial = suite(target, folder / "serial")
        bare = bare_loop(folder / "serial", target)
    with seller(api, folder / "two", latency / 1000) as target:
        eight = suite(target, folder / "eight", "-n", "8")
    times, where = f"bare loop {bare:.1f} s, serial {serial:.1f} s, -n 8 {eight:.1f} s", f"{api} at {latency} ms"
    yield f"{where}: serial / bare loop", times, f"{serial / bare:.2f}", "1.1"
    yield f"{where}: -n 8 / bare loop", "", f"{eight / bare:.2f}", "0.20" if latency >= max(LATENCIES) else ""
    yield f"{where}: -n 8 / serial", "", f"{eight / serial:.2f}", "0.75"


def _growth(api: str) -> Row:
    once, four, sixteen = growth.costs(api)
    (first, _), (then, _) = growth.one_more(once, four), growth.one_more(four, sixteen)
    added = f"{first:.1f} ms up to {four.exchanges} exchanges, {then:.1f} ms up to {sixteen.exchanges}"
    return f"{api}: processor for one more exchange", added, f"{then / first:.2f}", "1.1"


def _proof(api: str) -> Row:
    chosen = dict(list(deviants(api).items())[:DEVIANTS])
    before = _cpu()
    judge(api, {"right": embedded.SELLERS[api], **chosen}, jobs=1)
    each = (_cpu() - before) / (1 + len(chosen))
    return f"{api}: processor per deviant", f"{each:.2f} s of {len(chosen)}", "", "0.4 s"


def _tests() -> Row:
    before, clock = _cpu(), time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", "tests"]
    subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - clock
    return "our own tests", f"{took:.0f} s, {_cpu() - before:.0f} s of processor", "", "160 s"


if __name__ == "__main__":
    main()
