"""Looks for trouble at length, in files, records, certificates and replies by ever new seeds.

python benchmarks/fuzzing.py --seconds 600
python benchmarks/fuzzing.py --seed 12345 --seconds 1
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="begin no other round after so long (default: 600)")
    parser.add_argument("--seed", type=int, help="the seed of the first round (default: any); each round adds one")
    parser.add_argument("--examples", type=int, default=300, help="of each kind and round (default: 300)")
    options = parser.parse_args()
    seed, deadline = (
        secrets.randbelow(2**32) if options.seed is None else options.seed,
        time.monotonic() + options.seconds,
    )
    while True:
        print(
            (
                f"seed {seed}: again with python benchmarks/fuzzing.py --seed {seed} "
                f"--examples {options.examples} --seconds 1"
            ),
            flush=True,
        )
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:xdist",
            f"--hypothesis-seed={seed}",
            str(ROOT / "tests" / "fuzz"),
        ]
        environment = {**os.environ, "COUNTERMAND_FUZZ": str(options.examples)}
        if code := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return code
        if time.monotonic() >= deadline:
            return 0
        seed += 1


if __name__ == "__main__":
    sys.exit(main())
