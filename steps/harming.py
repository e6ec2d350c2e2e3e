"""Sentences about documents that mean harm, sent only where the target's owner agrees."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pytest_bdd import then, when

from countermand.damage import EXPANSION, SIGN_OF_BOMB
from countermand.refusal import must_refuse
from countermand.seller import Answer, Damage, Seller, Variation
from countermand.target import Order
from countermand.verdict import Nonconformance, NotApplicable

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket on loopback that nobody has a reason to call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # noqa: FBT003 - the socket's own word
        yield listening


@when("the buyer sends an external entity about the order that names a listener", target_fixture="answer")
def buyer_names_listener(seller: Seller, order: Order, listener: socket.socket) -> Answer:
    if urlsplit(seller.target.url).hostname not in LOOPBACK:
        raise NotApplicable("a listener of ours is only within reach of a seller on this machine")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/countermand"
    return seller.cancel(order, Variation(damage=Damage.EXTERNAL_ENTITY, entity=url))


@then("the seller refuses the cancellation and nobody calls the listener")
def nobody_calls(seller: Seller, answer: Answer, listener: socket.socket) -> None:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        must_refuse(seller, answer)
        return
    raise Nonconformance(
        "the seller fetches what an external entity names", expected="nobody calls", received="a connection to the listener"
    )


@then("the seller refuses the cancellation unexpanded")
def seller_refuses_unexpanded(seller: Seller, answer: Answer) -> None:
    must_refuse(seller, answer)
    body = answer.exchange.reply.body.decode("utf-8", "replace") if answer.exchange.reply else ""
    for sign in (EXPANSION, SIGN_OF_BOMB):
        if sign in body:
            raise Nonconformance("the seller expands an entity", expected="a refusal that shows nothing of it", received=sign[:40])
