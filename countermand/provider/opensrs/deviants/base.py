"""Ways for an OpenSRS seller to be wrong in its replies to cancel_order, and right in all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, TypeVar

from countermand.provider.family import family
from countermand.provider.http import Response
from countermand.provider.opensrs.message import Items, Message
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import REFUSALS, Answer, Reason

Kind = TypeVar("Kind")


def to(**items: str | None) -> Mapping[str, str | None]:
    """Name items and what they are changed to; None leaves one out."""
    return MappingProxyType(items)


def besides(
    fails: str = "", departs: str = "", inconclusive: str = "", not_applicable: str = ""
) -> MappingProxyType[str, str]:
    """Name the clauses that cannot but change with the one that is broken, in short, by their verdicts."""
    named = {
        "does not conform": fails,
        "departs": departs,
        "inconclusive": inconclusive,
        "not applicable": not_applicable,
    }
    return MappingProxyType(
        {f"OSRS-{clause}": verdict for verdict, clauses in named.items() for clause in clauses.split()}
    )


PARAMETERS = "RPL-02 RPL-03 RPL-04 RPL-05 RPL-06"
UNREADABLE = besides(  # no document
    fails=f"ENV-02 ENV-03 {PARAMETERS}", departs="RPL-01 HTTP-03 SCH-01 SCH-02", inconclusive="STA-05"
)
UNDECIDED = besides(fails=f"SCH-03 {PARAMETERS}", departs="RPL-01 SCH-01 SCH-02", inconclusive="STA-05")  # no items
UNREAD = besides(not_applicable="RPL-07 RPL-08")  # no code, or no success, to hold against the other
UNLISTED = besides(departs="SCH-02")  # the schema wants it there


UNNUMBERED = tuple(REFUSALS[reason][1] for reason in (Reason.UNNAMED, Reason.NOT_A_NUMBER))


class Slip(StrEnum):
    """Which replies to cancel_order a seller slips in."""

    ALL = "all"
    SUCCESSES = "successes"
    FAILURES = "failures"
    UNNUMBERED = "unnumbered"  # the refusals of what names no order, or by no number
    FINISHED = "finished"  # the refusals to cancel an order that is completed, cancelled or declined


def slips(answer: Answer, on: Slip = Slip.ALL) -> bool:
    """Tell whether a reply to cancel_order that says this is one of those a seller slips in.

    On which it does is for each base to keep under a name of its own, so that sellers of two bases can be one.
    """
    finished = answer.text == REFUSALS[Reason.STATE][1]
    wanted = {
        Slip.ALL: True,
        Slip.SUCCESSES: answer.success,
        Slip.FAILURES: not answer.success,
        Slip.UNNUMBERED: answer.text.startswith(UNNUMBERED),
        Slip.FINISHED: finished,
    }
    return answer.command == "cancel_order" and wanted[on]


class Rewording(Seller):
    """A seller that changes, adds or leaves out (None) items of a reply."""

    rewords: ClassVar[Slip] = Slip.ALL
    changes: ClassVar[Mapping[str, str | None]] = to()

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, and slip."""
        items = super().items(answer)
        return change(items, self.changes) if slips(answer, self.rewords) else items


def rewordings(module: str, rewords: Slip = Slip.ALL) -> Callable[..., type]:
    """Return what makes such sellers of rows, which say by name what becomes of which item."""
    return family(module, Rewording, under="changes", rewords=rewords)


class Wording(Seller):
    """A seller with words of its own for failure and success."""

    key: ClassVar[str] = "is_success"
    words: ClassVar[tuple[str, str]]  # of failure, of success

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, in its own words."""
        items = super().items(answer)
        return {**items, self.key: self.words[answer.success]} if slips(answer) else items


class Rewriting(Seller):
    """A seller that changes the document it sends.

    It does so in one kind of reply, since a document that cannot be read decides nothing.
    """

    rewrites: ClassVar[Slip] = Slip.FINISHED

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, and slip."""
        response = super().response(answer, status)
        return replace(response, body=self.rewrite(response.body)) if slips(answer, self.rewrites) else response

    def rewrite(self, document: bytes) -> bytes:
        """Change a document."""
        return document


class Retelling(Seller):
    """A seller that changes, adds or leaves out (None) attributes of a success."""

    retold: ClassVar[Mapping[str, str | None]] = to()

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the attributes, and slip."""
        return change(super().success_attributes(order), self.retold)


class Misnaming(Seller):
    """A seller that tells a word of its own for the state of an order whose cancellation began in some state."""

    begun: ClassVar[State]
    word: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.misnamed: dict[str, str] = {}  # by number of the order, so that get_order_info agrees

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, or say so, and misname its state."""
        order = self.find(message.attribute("order_id"), reseller)
        if order.state is not self.begun:
            return super().cancel_order(message, reseller)
        self.misnamed[order.number] = self.word
        after = self.cancel(order) if order.state in self.cancellable else order
        return {**self.success_attributes(after), "state": self.word}

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Give what get_order_info tells, by the same word."""
        word = self.misnamed.get(order.number, order.state.value)
        return {**super().info_attributes(order), "state": word}


class Moving(Seller):
    """A seller that takes orders from one state into another that cannot follow."""

    before: ClassVar[State]
    after: ClassVar[State]

    def cancel(self, order: Order) -> Order:
        """Cancel an order, after its own fashion."""
        return self.keep(order.become(self.after)) if order.state is self.before else super().cancel(order)


def change(items: Mapping[str, Kind], changes: Mapping[str, str | None]) -> dict[str, Kind | str]:
    """Change, add or leave out (None) some of the items."""
    changed: dict[str, Kind | str] = {key: value for key, value in items.items() if changes.get(key, "") is not None}
    return changed | {key: value for key, value in changes.items() if value is not None}


def imagined(number: str, reseller: Reseller) -> Order:
    """Make up an order that the seller pretends to know."""
    return Order(number, reseller.username, "www.example.com", State.PENDING)
