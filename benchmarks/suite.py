"""The suite beside a bare loop of its own requests, in one run: `python benchmarks/suite.py [ala|opensrs] [ROUNDS]`.

The aim is 1.3 times the bare loop plus 2 s. The machine's speed drifts,
so the figure to quote is the ratio of each round.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from common import bare_loop, seller, suite

from countermand.targetfile import load


def main(api: str = "ala", rounds: str = "3") -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(int(rounds)):
            folder = Path(scratch, str(number))
            with seller(api, folder / "one") as target:
                whole = suite(target, folder / "reports")
            with seller(api, folder / "two") as target:
                move(folder / "reports", load(target).url)
                bare = bare_loop(folder / "reports", target)
            print(
                f"{api}: suite {whole:.2f} s, bare loop {bare:.2f} s, aim {1.3 * bare + 2:.2f} s, "
                f"suite/aim {whole / (1.3 * bare + 2):.2f}"
            )


def move(reports: Path, url: str) -> None:
    """Let the record's requests go to another seller."""
    path = reports / "record.jsonl"
    text = path.read_text(encoding="utf-8")
    first = text.partition('"url": "')[2].partition('"')[0]
    path.write_text(text.replace("/".join(first.split("/")[:3]), url), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
