"""Sentences about how every answer of a run is given, whatever it says: its status, and what makes it traceable."""

from __future__ import annotations

from collections.abc import Callable

from pytest_bdd import parsers, then

from countermand.checks.replies import each
from countermand.document import Element, Place, named, parse, text
from countermand.model.exchange import Exchange
from countermand.model.verdict import Nonconformance, expect
from countermand.protocols import front
from countermand.protocols.answer import Decision
from countermand.protocols.seller import Seller
from countermand.run.run import Seen

from .every_answer import Everything, replies, served
from .reading import must_be_time

ORDER = "targetSellerOrderReference"
#: What a request has that is no name of its reply's.
IDS = ("messageId", "correlationId")


@then(parsers.parse("every failure is said with status {status:d}"))
def every_failure_has_status(everything: Everything, seller: Seller, status: int) -> None:
    each(
        settled(everything, seller, Decision.REFUSED),
        with_status(status, "a failure"),
        "no reply of this run is a failure",
    )


@then(parsers.parse("every success is said with status {status:d}"))
def every_success_has_status(everything: Everything, seller: Seller, status: int) -> None:
    each(
        settled(everything, seller, Decision.TAKEN_UP),
        with_status(status, "a success"),
        "no reply of this run is a success",
    )


@then(parsers.parse('every "{caller}" who is answered is refused with status {status:d}'))
def every_stranger_has_status(everything: Everything, seller: Seller, caller: str, status: int) -> None:
    asked = [
        seen
        for seen in replies(everything)
        if seen.exchange.identity == caller
        and seller.reached_operation(seen.exchange.request)
        and front.passes(seen.exchange.request.body)
        and not front.is_about_form(seen.exchange)
    ]
    refusals = [seen for seen in asked if seller.read(seen.exchange).decision is Decision.REFUSED]
    each(refusals, with_status(status, "the refusal"), f"no {caller} was refused in an answer")


@then("every reply carries the correlation id of its request")
def every_reply_is_correlated(everything: Everything, seller: Seller) -> None:
    def check(exchange: Exchange) -> None:
        wanted = "".join(text(element).strip() for element in named(parse(exchange.request.body), "correlationId"))
        expect(
            wanted,
            _value(seller, exchange, "correlationId"),
            otherwise="the reply's correlationId is not that of the request",
        )

    each(first_told(messages(everything, seller)), check, "no reply of this run is a message")


@then("every reply has a message id of its own")
def every_reply_is_one_of_a_kind(everything: Everything, seller: Seller) -> None:
    given: dict[str, Exchange] = {}

    def check(exchange: Exchange) -> None:
        message_id = _value(seller, exchange, "messageId")
        request = parse(exchange.request.body)
        asked = {text(element).strip() for name in IDS for element in named(request, name)}
        if not message_id or message_id in asked:
            raise Nonconformance(
                "the reply has no messageId of its own",
                expected="another than the request's ids",
                received=message_id or "blank",
            )
        if given.setdefault(message_id, exchange) is not exchange:
            raise Nonconformance("two replies have the same messageId", expected="one each", received=message_id)

    each(first_told(messages(everything, seller)), check, "no reply of this run is a message")


@then("every reply says when it was sent")
def every_reply_is_dated(everything: Everything, seller: Seller) -> None:
    def check(exchange: Exchange) -> None:
        must_be_time(_value(seller, exchange, "sentAt"), "sentAt", exchange.started)

    each(first_told(messages(everything, seller)), check, "no reply of this run is a message")


@then("every reply that names the seller's order names the one asked for")
def every_reply_names_the_order(everything: Everything, seller: Seller) -> None:
    _must_name_the_same(messages(everything, seller), seller, ORDER, "order")


@then("every reply that names the buyer names the one who asked")
def every_reply_names_the_buyer(everything: Everything, seller: Seller) -> None:
    _must_name_the_same(messages(everything, seller), seller, "buyerIdentifier", "buyer")


def _must_name_the_same(some: Everything, seller: Seller, name: str, what: str) -> None:
    """Hold replies that name something to naming what their requests have named, in whatever case."""

    def naming(exchange: Exchange) -> list[Place]:
        return [place for place in seller.values(seller.read(exchange), name) if place.text]

    def check(exchange: Exchange) -> None:
        asked = [text(element).strip() for element in named(parse(exchange.request.body), name)]
        places = naming(exchange)
        if asked and {word.casefold() for word in asked}.isdisjoint(place.text.casefold() for place in places):
            otherwise = f"the reply names another {what}"
            raise Nonconformance(otherwise, expected=asked[0], received=places[0].text, at=places[0].at)

    each([seen for seen in some if naming(seen.exchange)], check, f"no reply of this run names the {what}")


def settled(everything: Everything, seller: Seller, decision: Decision) -> Everything:
    """Return the replies that were decided one way, to whatever a party in its own name has sent about a cancellation but hostile documents.

    What stands in front of a seller may answer strangers and documents that declare entities as it likes.
    """
    asked = [
        seen
        for seen in served(everything, seller)
        if seen.exchange.operation == seller.operation and not seen.exchange.stranger
    ]
    plain = [seen for seen in asked if not front.declares_entities(seen.exchange.request.body)]
    return [seen for seen in plain if seller.read(seen.exchange).decision is decision]


def messages(everything: Everything, seller: Seller) -> Everything:
    """Return the replies to complete cancellations that are messages: documents which are no fault, with a status of success."""
    sound = [
        seen
        for seen in served(everything, seller)
        if seen.exchange.sound and seen.exchange.operation == seller.operation
    ]
    answers = [(seen, seller.read(seen.exchange)) for seen in sound]
    return [
        seen
        for seen, answer in answers
        if answer.reply.status < 300 and answer.tree is not None and not _is_fault(answer.tree)  # noqa: PLR2004
    ]


def first_told(some: Everything) -> Everything:
    """Leave out replies that are those to an earlier cancellation of the same order, byte for byte.

    A second cancellation may be answered as the first was (ALA-CAN-04), and whoever keeps what was said says it again.
    """
    first: dict[tuple[str, bytes], Seen] = {}
    for seen in sorted(some, key=lambda seen: seen.exchange.started):
        orders = [text(element).strip() for element in named(parse(seen.exchange.request.body), ORDER)]
        body = seen.exchange.reply.body if seen.exchange.reply else b""
        first.setdefault((" ".join(orders), body), seen)
    return list(first.values())


def with_status(status: int, what: str) -> Callable[[Exchange], None]:
    """Return a check that holds a reply to a status."""

    def check(exchange: Exchange) -> None:
        if exchange.reply is not None:
            expect(status, exchange.reply.status, otherwise=f"{what} is said with another status")

    return check


def _value(seller: Seller, exchange: Exchange, name: str) -> str:
    texts = {place.text for place in seller.values(seller.read(exchange), name)}
    if len(texts) != 1:
        raise Nonconformance(
            f"the reply has not one {name}", expected=f"one {name}", received=" and ".join(sorted(texts)) or "nothing"
        )
    return texts.pop()


def _is_fault(root: Element) -> bool:
    return bool([*named(root, "fault"), *named(root, "Fault")])
