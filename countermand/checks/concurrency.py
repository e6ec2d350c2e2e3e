"""Who is answered at the same moment as the buyer: what a seller keeps of one caller must not serve another."""

from __future__ import annotations

from countermand.model.target import Order
from countermand.model.verdict import NotApplicable
from countermand.protocols.answer import BUYER, THROTTLED, Answer
from countermand.protocols.seller import Seller
from countermand.protocols.variation import COMPLETE, Variation
from countermand.run.scene import Scene

#: How many connections the buyer asks over at that moment.
OTHERS = 2


def while_buyer_asks(scene: Scene, seller: Seller, order: Order, variation: Variation, by: str = BUYER) -> Answer:
    """Let somebody cancel an order at the moment the buyer asks for the cancellation of orders of nobody's.

    All of them do so of nobody's before, so that there are connections. Raises NotApplicable where several are not
    answered at the same time, unless what was asked is taken up.
    """
    buyer = seller.identity(BUYER)
    rounds = [[seller.request(seller.unknown(), COMPLETE, buyer) for _ in range(OTHERS)] for _ in range(2)]
    with scene.beside(rounds, seller.operation) as others:
        seller.cancel(seller.unknown(), variation, by)
        answer = seller.cancel(order, variation, by)
    answers = [seller.read(exchange) for exchange in others[-OTHERS:]]
    replies = [each.exchange.reply for each in answers]
    some = None in replies and any(replies)  # one that answers nobody is away
    busy = any(reply is not None and reply.status in THROTTLED for reply in (*replies, answer.exchange.reply))
    paged = any(each.exchange.reply is not None and not seller.speaks(each) for each in answers)
    if (some or busy or paged) and not answer.decision.taken_up:
        raise NotApplicable("the seller does not answer several requests at the same time")
    return answer
