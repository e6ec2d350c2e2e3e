"""ALA's fault, as the cancelOrder page has it in replies with status 400, 401 or 403, and the envelope of replies."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from countermand.checks.replies import document, says_nothing
from countermand.document import (
    Element,
    Place,
    Unreadable,
    children,
    local,
    named,
    namespace,
    parse,
    text,
    where,
    without_namespace,
)
from countermand.model.exchange import Exchange
from countermand.model.verdict import Nonconformance
from countermand.protocols.ala import BUYER, ENVELOPE, FOREIGN_ENVELOPE, RESELLER
from countermand.protocols.reply import try_xml

__all__ = ["BUYER", "RESELLER"]

STATUSES = (400, 401, 403)
REQUIRED = ("faultcode", "faultmessage")


def is_fault(exchange: Exchange) -> None:
    """Hold a reply to one fault, bare or enveloped, in any namespace."""
    root = document(exchange)
    elements = _faults(root)
    if len(elements) != 1:
        of_soap = named(root, "Fault")[:1]  # what stacks of SOAP make by themselves
        words = [f"{local(element)} with {', '.join(map(local, children(element)))}" for element in of_soap]
        raise Nonconformance(
            "the reply is not one fault",
            expected="one element named fault",
            received=_count(elements) or "".join(words) or local(root),
            at=where(root if elements else [*of_soap, root][0]),
        )


def is_complete(exchange: Exchange) -> None:
    """Hold every fault in a reply to one faultcode and one faultmessage."""
    for fault, name in itertools.product(faults(exchange), REQUIRED):
        matches = [child for child in children(fault) if local(child) == name]
        if len(matches) != 1:
            others = ", ".join(local(child) for child in children(fault))
            received = f"only {others}" if others else "nothing"
            if matches:
                received = f"{len(matches)} of them"
            raise Nonconformance(
                f"the fault has not one {name}", expected=f"one {name}", received=received, at=where(fault)
            )


def says_something(exchange: Exchange) -> None:
    """Hold a fault's code and message to saying something."""
    for place in parts(exchange, *REQUIRED):
        if says_nothing(place.text):
            received = place.text.strip() or "blank"
            raise Nonconformance("the fault says nothing", expected="a word", received=received, at=place.at)


def has_one_detail(exchange: Exchange) -> None:
    """Hold a fault to at most one detail."""
    if len(details := parts(exchange, "detail")) > 1:
        raise Nonconformance(
            "the fault has more than one detail", expected="at most one", received=f"{len(details)}", at=details[1].at
        )


def is_enveloped(exchange: Exchange) -> bool:
    """Say whether a reply is in an envelope, to a request in one of SOAP 1.1.

    Who is asked otherwise may answer in kind.
    """
    root = None if exchange.reply is None else try_xml(exchange.reply)
    try:
        return root is not None and local(root) == "Envelope" and _is_of_soap(parse(exchange.request.body), "Envelope")
    except Unreadable:
        return False


def is_in_soap(exchange: Exchange) -> None:
    """Hold a reply's envelope to being one of SOAP 1.1, with one message in its one Body."""
    root = document(exchange)
    if not _is_of_soap(root, "Envelope"):
        received = namespace(root) or "no namespace"
        raise Nonconformance("the envelope is none of SOAP 1.1", expected=ENVELOPE, received=received, at=where(root))
    bodies = [child for child in children(root) if _is_of_soap(child, "Body")]
    messages = [message for body in bodies for message in children(body)]
    for what, held in (("Body", bodies), ("message", messages)):
        if len(held) != 1:
            raise Nonconformance(
                f"the envelope does not hold one {what}",
                expected=f"one {what}",
                received=", ".join(map(local, held)) or "none",
                at=where((held or [root])[-1]),
            )


def _is_of_soap(element: Element, name: str) -> bool:
    return local(element) == name and namespace(element) == ENVELOPE


def parts(exchange: Exchange, *names: str) -> list[Place]:
    """Return the children of those names of every fault in a reply."""
    return [
        Place(text(child), child) for fault in faults(exchange) for child in children(fault) if local(child) in names
    ]


def faults(exchange: Exchange) -> list[Element]:
    """Return every fault in a reply, none where it is no document."""
    root = None if exchange.reply is None else try_xml(exchange.reply)
    return [] if root is None else _faults(root)


def _faults(root: Element) -> list[Element]:
    """Return the faults of a document, and those of SOAP that have the documented faultmessage and are none besides.

    The page omits the envelope, and its fault may be SOAP's Fault as a page writes names: it speaks of no namespace.
    """
    of_soap = [
        fault
        for fault in named(root, "Fault")
        if namespace(fault) in {ENVELOPE, FOREIGN_ENVELOPE}
        and any(local(child) == "faultmessage" for child in children(fault))
    ]
    return named(root, "fault") or of_soap


def bare(root: Element) -> Iterator[Element]:
    """Give the faults of a document without their namespaces, which nothing documents.

    One within another is given when somebody asks for it.
    """
    return (without_namespace(fault) for fault in _faults(root))


def _count(elements: list[Element]) -> str:
    return f"{len(elements)} faults" if elements else ""
