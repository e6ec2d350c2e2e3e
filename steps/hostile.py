"""Sentences about documents that mean harm, sent only where the target's owner agrees."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pytest_bdd import parsers, then, when

from countermand.checks.refusal import must_refuse
from countermand.document import Spelling
from countermand.model.target import Order
from countermand.model.verdict import Nonconformance, NotApplicable
from countermand.protocols.answer import CLOSED_DOOR, Answer, Decision
from countermand.protocols.damage import SIGNS
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Damage, Variation
from countermand.run.scene import Scene

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Listener:
    """A socket on loopback that nobody has a reason to call; what is seen of it is part of the record."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._socket: socket.socket | None = None

    def port(self) -> int:
        """Listen, and return where."""
        return int(self._scene.fact(self._listen))

    def was_called(self) -> bool:
        """Say whether anybody has connected."""
        return bool(self._scene.fact(self._called))

    def close(self) -> None:
        """Listen no longer."""
        if self._socket is not None:
            self._socket.close()

    def _listen(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)  # noqa: FBT003 - the socket's own word
        return int(self._socket.getsockname()[1])

    def _called(self) -> bool:
        if self._socket is None:
            return False
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def listener(scene: Scene) -> Iterator[Listener]:
    """Where nobody has a reason to call."""
    listening = Listener(scene)
    yield listening
    listening.close()


@when(parsers.parse('the buyer sends "{damage}" about the order that names a listener'), target_fixture="answer")
def buyer_names_listener(seller: Seller, order: Order, listener: Listener, damage: str) -> Answer:
    if urlsplit(seller.target.url).hostname not in LOOPBACK:
        raise NotApplicable("a listener of ours is only within reach of a seller on this machine")
    url = f"http://127.0.0.1:{listener.port()}/countermand"
    how = Variation(damage=Damage(damage), entity=url)
    # Nobody has to refuse a document for the place of its DTD: what names an order there would have it cancelled.
    return seller.cancel(order if how.damage is Damage.EXTERNAL_ENTITY else seller.unknown(), how)


@when(parsers.parse('the buyer sends "{damage}" about the order, in {charset}'), target_fixture="answer")
def buyer_sends_damage_in(seller: Seller, order: Order, damage: str, charset: str) -> Answer:
    spelling = {"UTF-8": Spelling.PLAIN, "UTF-16": Spelling.UTF16}[charset]
    return seller.cancel(order, Variation(damage=Damage(damage), spelling=spelling))


@then("nobody calls the listener")
def nobody_calls(listener: Listener) -> None:
    if listener.was_called():
        otherwise = "the seller fetches what an external entity names"
        raise Nonconformance(otherwise, expected="nobody calls", received="a connection to the listener")


@then("the reply shows no entity expanded")
def reply_shows_nothing_expanded(answer: Answer) -> None:
    if answer.exchange.reply is None and answer.exchange.trouble in CLOSED_DOOR:
        raise NotApplicable("the seller closes the door on such a document, and shows nothing")
    sent = answer.asked and answer.asked.variation.damage
    sign = SIGNS[sent or Damage.DECLARED_ENTITY]
    if sign in answer.reply.body.decode("utf-8", "replace"):
        raise Nonconformance("the seller expands an entity", expected="a reply that shows nothing of it", received=sign)


@then("the seller does not find the order")
def seller_does_not_find_order(seller: Seller, answer: Answer) -> None:
    if answer.decision.taken_up:
        otherwise = "the seller expands an entity: it takes up a cancellation of an order that nothing else names"
        raise Nonconformance(otherwise, expected="refused", received=answer.said, at=answer.at)
    unknown = answer.exchange.reply is None and answer.exchange.trouble not in CLOSED_DOOR
    if unknown or answer.decision is Decision.THROTTLED:
        must_refuse(seller, answer)  # a filter in front may say "not now" for good
