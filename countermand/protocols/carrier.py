"""Whoever carries a seller's requests, as the seller sees it: a scene of a run, or a stand-in for one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
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
    not_now: Callable[[Exchange], bool] = (
        _never  # says whether a reply tells that the request was not processed, and may come again
    )
    #: Of a request that must be refused: its own, and those of others that tell as much of the seller.
    names: tuple[str, ...] = ()
    complete: bool = False  # a whole cancellation, plainly written, of an order that may be called off


ERRAND = Errand()


class Carrier(Protocol):
    """The scenario a seller is asked in: it carries, numbers and keeps every exchange."""

    draw: Draw
    leaves_out: tuple[str, ...]  # optional fields that this seller takes nothing up with
    called_off: str  # the number of an order that was found so though the seller had said no

    @property
    def folder(self) -> Path:
        """Where the keys of strangers are kept; it is removed with them."""

    def carry(
        self,
        identity: Identity,
        request: Request,
        operation: str,
        *,
        sound: bool = False,
        stranger: bool = False,
        errand: Errand = ERRAND,
    ) -> Exchange:
        """Send a request and keep what came of it; one that was not processed is sent once more."""

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order."""

    def untouched(self, order: Order) -> None:
        """Note that an order is seen to be as it was, whatever a reply about it has said."""

    def rest(self, seconds: float) -> None:
        """Wait before the seller is asked again."""


@dataclass
class Unsent(Exception):  # noqa: N818 - what became of the request
    """A request that was built and not sent."""

    request: Request


@dataclass
class Desk:
    """A carrier that sends nothing: at it requests are written, and answers read again."""

    draw: Draw = field(default_factory=lambda: Draw("", ""))
    leaves_out: tuple[str, ...] = ()
    called_off: str = ""
    folder: Path = Path(os.devnull)  # nobody is made up here

    def carry(
        self,
        identity: Identity,  # noqa: ARG002 - as a carrier has it, with all that follows
        request: Request,
        operation: str,  # noqa: ARG002
        *,
        sound: bool = False,  # noqa: ARG002
        stranger: bool = False,  # noqa: ARG002
        errand: Errand = ERRAND,  # noqa: ARG002
    ) -> Exchange:
        """Send nothing; raises Unsent, with what was to be sent."""
        raise Unsent(request)

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Nothing comes of a request that is not sent."""

    def untouched(self, order: Order) -> None:
        """Nothing is here."""

    def rest(self, seconds: float) -> None:
        """Nobody waits for what is not sent."""
