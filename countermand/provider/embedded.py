"""The sellers a run without a target starts."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from countermand.provider import sellers, serving


class Sellers(Mapping[str, Callable[[], serving.Application]]):
    """The seller of each API that is right; one is imported when it is asked for."""

    def __getitem__(self, api: str) -> Callable[[], serving.Application]:
        made: Callable[[], serving.Application] = sellers.made(api, "seller", "Seller")
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(sellers.packages())

    def __len__(self) -> int:
        return len(sellers.packages())


SELLERS = Sellers()


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
