"""Whoever carries a seller's requests, as the seller sees it: a scene of a run, or a stand-in for one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from countermand.model.draw import Draw
from countermand.model.exchange import Exchange, Request
from countermand.model.target import Identity, Order


def _never(exchange: Exchange) -> bool:  # noqa: ARG001 - whatever came of it
    return False


@dataclass(frozen=True)
class Errand:
    """What whoever carries a request must know of it, besides what is recorded."""

    about: Order | None = None  # the order it may use up
    not_now: Callable[[Exchange], bool] = _never  # says whether a reply tells that the request was not processed, and may come again
    names: tuple[str, ...] = ()  # of a request that must be refused: its own, and those of others that tell as much of the seller


ERRAND = Errand()


class Carrier(Protocol):
    """The scenario a seller is asked in: it carries, numbers and keeps every exchange."""

    draw: Draw
    leaves_out: tuple[str, ...]  # optional fields that this seller takes nothing up with

    @property
    def folder(self) -> Path:
        """Where the keys of strangers are kept; it is removed with them."""

    def carry(
        self, identity: Identity, request: Request, operation: str, *, sound: bool = False, stranger: bool = False, errand: Errand = ERRAND
    ) -> Exchange:
        """Send a request and keep what came of it; one that was not processed is sent once more."""

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order."""
