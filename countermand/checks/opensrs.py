"""OPS messages: the envelope and the standard parameters that the guide says are in a reply."""

from __future__ import annotations

from countermand.checks.replies import document, says_nothing
from countermand.document import Element, Place, children, local, parse, text, where
from countermand.model.exchange import Exchange
from countermand.model.verdict import Nonconformance
from countermand.protocols.opensrs import FAILURES, STATES, said_within
from countermand.protocols.opensrs_message import items
from countermand.protocols.reply import number, try_xml

__all__ = ["STATES"]

#: The state in which an order that is over is only if its seller has put it there. All others may be learnt late: a
#: holder and a certificate authority call off even what is over, and an authority issues what was called off too late.
REOPENED = "pending"
#: What the page's example says of a success.
COMPLETED = "command completed successfully"
#: Where the codes of successes begin (the guide, response codes), and what they are.
SUCCESS = 200
SUCCESSES = f"{SUCCESS} to {FAILURES - 1}"


def parameter(exchange: Exchange, key: str) -> Place:
    """Return the one item of that key; raises Nonconformance where there is none, or several."""
    root = document(exchange)
    places = items(root, key)
    if len(places) != 1:
        received = "nothing" if not places else f"{len(places)} of them"
        raise Nonconformance(
            f"the reply has not one {key}", expected=f"one item with the key {key}", received=received, at=where(root)
        )
    return places[0]


def parameters(exchange: Exchange, key: str) -> list[Place]:
    """Return the items of that key in a reply, none where it is no document."""
    root = None if exchange.reply is None else try_xml(exchange.reply)
    return [] if root is None else items(root, key)


def attributes(exchange: Exchange, besides: str) -> list[Place]:
    """Return what a reply says among its attributes, wherever in them, but for the item of one key."""
    return said_within(parameters(exchange, "attributes"), besides)


def describes_outcome(exchange: Exchange) -> None:
    """Hold response_text to describing the outcome: what the page's example says of a success describes no failure."""
    place = parameter(exchange, "response_text")
    if says_nothing(place.text):
        received = place.text.strip() or "blank"
        raise Nonconformance(
            "the response_text of the reply is not a description",
            expected="a description",
            received=received,
            at=place.at,
        )
    failed = [flag.text for flag in parameters(exchange, "is_success")] == ["0"]
    if failed and " ".join(place.text.split()).casefold().rstrip(".") == COMPLETED:
        raise Nonconformance(
            "the response_text describes another outcome", expected="why it failed", received=place.text, at=place.at
        )


def agrees(exchange: Exchange) -> None:
    """Hold is_success and response_code to saying the same.

    A yes has a code below those of failures, and a no none of success.
    """
    success, code = parameter(exchange, "is_success").text, parameter(exchange, "response_code")
    said = number(code.text)
    if success == "1" and said >= FAILURES:
        raise Nonconformance(
            "is_success says yes, and response_code says no", expected=SUCCESSES, received=code.text, at=code.at
        )
    if success == "0" and SUCCESS <= said < FAILURES:
        raise Nonconformance(
            "is_success says no, and response_code says yes",
            expected=f"{FAILURES} or above",
            received=code.text,
            at=code.at,
        )


def asked(exchange: Exchange) -> str:
    """Return the order_id a request named."""
    places = items(parse(exchange.request.body), "attributes.order_id")
    return places[0].text if places else ""


def number_and_states(exchange: Exchange) -> tuple[str, list[str]]:
    """Return which order was asked about, and the state told of it; of a request that cannot be read there is none."""
    states = [place.text for place in parameters(exchange, "attributes.state")]
    return (asked(exchange), states) if exchange.sound and states else ("", [])


def is_envelope(exchange: Exchange) -> None:
    """Hold a reply to OPS_envelope, body, data_block and dt_assoc."""
    element = document(exchange)
    if local(element) != "OPS_envelope":
        raise Nonconformance(
            "the reply is no OPS_envelope", expected="OPS_envelope", received=local(element), at=where(element)
        )
    for name in ("body", "data_block", "dt_assoc"):
        element = _only(element, name)


def has_version(exchange: Exchange) -> None:
    """Hold a reply to a header with a version."""
    version = _only(_only(document(exchange), "header"), "version")
    if not text(version).strip():
        raise Nonconformance(
            "the version in the header is blank", expected="a version, as in 0.9", received="blank", at=where(version)
        )


def _only(parent: Element, name: str) -> Element:
    matches = [child for child in children(parent) if local(child) == name]
    if len(matches) != 1:
        held = ", ".join(local(child) for child in children(parent)) or "nothing"
        raise Nonconformance(f"{local(parent)} has not one {name}", expected=name, received=held, at=where(parent))
    return matches[0]
