"""Sellers that are judged at once: so few that a slow machine has judged them before a test has to end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Seller = TypeVar("Seller")

SIZE = 4


def lots(sellers: Iterable[Seller]) -> list[tuple[Seller, ...]]:
    """Return all of them in lots, in the same order."""
    every = tuple(sellers)
    return [every[start : start + SIZE] for start in range(0, len(every), SIZE)]
