"""Sentences about what is asked at the same moment as the buyer is served."""

from __future__ import annotations

from pytest_bdd import parsers, when

from countermand.checks.concurrency import while_buyer_asks
from countermand.model.target import Order
from countermand.protocols.answer import Answer
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Signature, Variation
from countermand.run.scene import Scene


@when("the buyer cancels an order of nobody's, and others of nobody's at the same time", target_fixture="answer")
def buyer_cancels_several(seller: Seller, scene: Scene) -> Answer:
    return while_buyer_asks(scene, seller, seller.unknown(), Variation())


@when(
    parsers.parse('a "{caller}" cancels the order in the buyer\'s name, while the buyer is served'),
    target_fixture="answer",
)
@when(
    parsers.parse('"{caller}" cancels the order in the buyer\'s name, while the buyer is served'),
    target_fixture="answer",
)
def caller_cancels_meanwhile(seller: Seller, scene: Scene, order: Order, caller: str) -> Answer:
    return while_buyer_asks(scene, seller, order, Variation(speaks_for="buyer"), by=caller)


@when(
    parsers.parse('a stranger cancels the order while the buyer is served, with a signature that is "{how}"'),
    target_fixture="answer",
)
def stranger_signs_meanwhile(seller: Seller, scene: Scene, order: Order, how: str) -> Answer:
    return while_buyer_asks(scene, seller, order, Variation(signature=Signature(how)), by="stranger")


@when(parsers.parse('"{caller}" cancels the order in its own name, while the buyer is served'), target_fixture="answer")
def caller_cancels_as_itself_meanwhile(seller: Seller, scene: Scene, order: Order, caller: str) -> Answer:
    return while_buyer_asks(scene, seller, order, Variation(), by=caller)
