"""The sellers a run without a target starts: on one side the names of APIs, on the other target files that reach them."""

from __future__ import annotations

import atexit
from pathlib import Path

from countermand.provider import serving
from countermand.provider.ala import seller as ala
from countermand.provider.opensrs import seller as opensrs

SELLERS: dict[str, type[serving.Application]] = {"ala": ala.Seller, "opensrs": opensrs.Seller}


def start(api: str | None, folder: Path) -> list[Path]:
    """Start the seller of one API, or one of each, for as long as the process lasts."""
    targets = []
    for name, seller in SELLERS.items():
        if api in {None, name}:
            place = folder / name
            place.mkdir()
            served = serving.serve(name, seller(), place)
            atexit.register(served.stop)
            targets.append(served.target)
    return targets
