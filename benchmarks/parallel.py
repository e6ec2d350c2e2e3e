"""Serial, eight at once and a bare serial loop, in one run, against a seller far away.

Usage: `python benchmarks/parallel.py [ala|opensrs] [MS]`.

The aim at 200 ms is 0.20 times the bare loop with -n 8; at 20 ms, 0.75 times serial.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from common import bare_loop, seller, suite


def main(api: str = "ala", milliseconds: str = "200") -> None:
    latency = float(milliseconds) / 1000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with seller(api, folder / "one", latency) as target:
            serial = suite(target, folder / "serial")
            bare = bare_loop(folder / "serial", target)
        with seller(api, folder / "two", latency) as target:
            eight = suite(target, folder / "eight", "-n", "8")
    print(f"{api} at {milliseconds} ms: bare loop {bare:.1f} s, serial {serial:.1f} s, -n 8 {eight:.1f} s")
    print(
        f"-n 8 / bare loop {eight / bare:.2f}, -n 8 / serial {eight / serial:.2f}, "
        f"serial / bare loop {serial / bare:.2f}"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
