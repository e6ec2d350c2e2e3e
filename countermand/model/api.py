"""The row of an API: all that the suite asks of it before it speaks it.

Whatever names an API in general code asks its row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from countermand.model.results import UNKNOWN_API

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
#: What a target file's [orders] holds besides states.
NO_STATES = frozenset({"unknown", "file", "command", "register"})
FOREIGN = "foreign"
#: By which keys of its table a party of a target file says who it is, besides its certificate.
WHO = ("identifier", "reseller", "username", "api_key")


class ApiError(ValueError):
    """An API that cannot be used, in words for whoever has installed it."""


@dataclass(frozen=True, kw_only=True)
class Signed:
    """How somebody signs a request by hand: what a ticket says so that it can be repeated without the suite."""

    header: str  # that the signature goes out in
    key: str  # the variable of a shell that holds the caller's key
    #: By how it was signed, as `Request.signed` says it: lines of a shell, which leave the signature in $SIGNATURE;
    #: {file} holds the body. None leave it empty; what is not here nobody can repeat by hand.
    ways: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Api:
    """One API."""

    name: str  # in target files, on the command line, and of its folders below features/ and payloads/
    title: str  # under which readers know it
    protocol: str  # MODULE:CLASS of its protocols.seller.Seller
    #: Of orders, as target files list them: the one most scenarios need first; "foreign" is another buyer's.
    states: tuple[str, ...]
    needs: tuple[str, ...]  # what [buyer] must say of who we are: some of WHO
    may_say: tuple[str, ...] = ()  # what it may say besides, of the same
    omitted: str  # the field without which nobody can take a cancellation up: the doctor asks so
    home: Path | None = None  # the folder that holds its features/ and payloads/; absent: the suite's own
    total: float = 30  # seconds that a whole exchange may take, unless the target file says otherwise
    two_references: bool = False  # whether an order is named by the buyer's reference as well
    client_certificate: bool = False  # whether a caller is known by the certificate it shows
    has_dialect: bool = False  # whether the documents leave open what [dialect] declares
    seller_name: str = ""  # the usual [seller] identifier; empty: requests name no seller
    registered: tuple[str, ...] = ()  # states in which orders can be made on the spot ([orders] register)
    registration: str = ""  # MODULE:CLASS of the protocols.registry.Registering that makes and ends those
    doctor: str = ""  # MODULE:CLASS of the doctor.own.Own checks that only this API needs
    steps: tuple[str, ...] = ()  # modules of sentences of its own; a dot stands for our steps/
    capabilities: tuple[str, ...] = ()  # what a target file may claim besides the usual: each the name of an operation
    look_ups: tuple[str, ...] = ()  # operations that only ask about an order
    newcomers: str = (
        ""  # the clause that is tried with a newcomer of the operator's own authority, where the target file gives one
    )
    ends_taken_up: bool = (
        False  # what a whole run asks last is taken up by whoever conforms: at its end nothing is asked for once more
    )
    traces: tuple[str, ...] = ()  # elements by which both sides find a message again in their logs
    binds: str = ""  # how strongly a seed that somebody else chose binds a record of this API, in a sentence
    signed: Signed | None = None
    production_hosts: frozenset[str] = frozenset()  # published: orders there are real, whatever a target file says
    production_addresses: frozenset[str] = frozenset()
    #: Published hosts that have the same orders, the one that a ledger names them by first.
    one_system: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or self.name == UNKNOWN_API:
            form = f"lower-case letters first, then digits, - and _ too, 40 at most, and not {UNKNOWN_API}"
            raise ApiError(f"{self.name!r} is no name of an API: {form}")
        if not self.states or self.states[0] == FOREIGN or NO_STATES & {*self.states}:
            raise ApiError(
                f"the API {self.name} has states {', '.join(self.states)}: "
                "the first is one in flight, and none is a word of [orders]"
            )
        if strange := [key for key in (*self.needs, *self.may_say) if key not in WHO]:
            raise ApiError(
                f"the API {self.name} needs {strange[0]} of [buyer], which has no such key; it has {', '.join(WHO)}"
            )

    @property
    def in_flight(self) -> str:
        """The state of orders that most scenarios need."""
        return self.states[0]

    @property
    def claims(self) -> tuple[str, ...]:
        """What a target file may say yes or no to because of this API.

        These are operations, and states of which there may be no orders.
        """
        return (*self.capabilities, *(f"{state}_orders" for state in self.states[1:]))


def imported(reference: str) -> Any:  # noqa: ANN401 - whatever stands there
    """Return what MODULE:NAME refers to; raises ImportError, AttributeError."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name) if name else import_module(module)
