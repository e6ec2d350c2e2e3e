"""Whether a seller reads a document however it is written."""

from __future__ import annotations

from countermand.checks.acceptance import Accepted
from countermand.checks.fingerprint import alike, fingerprint
from countermand.document import Spelling
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.protocols import front
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Damage, Variation
from countermand.run.scene import Scene

#: Orders in flight to leave for the clauses that come after.
SPARE = 2
#: What a spelling has beside that which is asked after: whoever does not read so much tells nothing of the rest.
BESIDES = {Spelling.BEYOND_ASCII: Spelling.REMARKED}


def must_read(seller: Seller, scene: Scene, accepted: Accepted, spelling: Spelling) -> None:
    """Hold a seller to reading a spelling as it reads the plain one.

    An order in flight is risked only where nothing less tells. An order is named plainly, in the spelling, and in a
    document that cannot be read: first one that does not exist, then one whose cancellation was taken up before. Where
    the first two answers are alike and the third is not, the spelling was read.
    """
    if not any(_is_read(seller, order, spelling) for order in (seller.unknown(), accepted.order)):
        _on_an_order(seller, scene, accepted.order.state, spelling)


def _is_read(seller: Seller, order: Order, spelling: Spelling) -> bool:
    """Say whether what is told of an order that is not cancelled shows that a spelling was read."""
    plain = seller.cancel(order)
    spelt = seller.cancel(order, Variation(spelling=spelling))
    broken = seller.cancel(order, Variation(damage=Damage.BROKEN))
    _must_be_answered(plain)
    if broken.decision.taken_up:
        reason = "the seller takes up even a document that cannot be read: nothing tells what it has read"
        raise Inconclusive(reason, received=broken.said)
    if spelt.exchange.reply is None:
        return False
    mark, wanted, unread = (fingerprint(each) for each in (spelt, plain, broken))
    if mark == wanted:
        return wanted != unread
    repeated = seller.cancel(order)  # words may be new with every answer
    _must_be_answered(repeated)
    if seller.speaks(plain) is not seller.speaks(repeated):
        reason = (
            f"the seller answers the plain cancellation with {plain.said}, and then with {repeated.said}: nothing "
            f"tells what it has read; {front.BUSY}"
        )
        raise Inconclusive(reason, received=repeated.said, exchange=repeated.exchange)
    again = fingerprint(repeated)
    return alike(mark, wanted, again) and not alike(unread, wanted, again)


def _must_be_answered(plain: Answer) -> None:
    if plain.decision in {Decision.NO_ANSWER, Decision.THROTTLED}:
        raise Inconclusive(
            f"the seller gave no answer to the plain cancellation: {plain.advised}",
            received=plain.said,
            exchange=plain.exchange,
        )


def _on_an_order(seller: Seller, scene: Scene, state: str, spelling: Spelling) -> None:
    """Let a real cancellation tell: it is taken up if it is read."""
    order = scene.take(state, spare=SPARE)
    answer = seller.cancel(order, Variation(spelling=spelling))
    if answer.decision.taken_up:
        return
    stopped = answer.decision is Decision.UNCLEAR and seller.is_stopped(answer.exchange)
    if answer.decision in {Decision.THROTTLED, Decision.UNCLEAR} and not stopped:
        raise Inconclusive(
            f"the answer is neither a yes nor a no: {answer.advised}", received=answer.said, at=answer.at
        )
    if answer.decision is Decision.NO_ANSWER and seller.greet(order).exchange.reply is None:
        raise Inconclusive(
            f"the seller gave no answer: {answer.advised}", received=answer.said, exchange=answer.exchange
        )
    _must_read_the_rest(seller, answer, order, spelling)
    raise Nonconformance(
        f"the seller does not read a cancellation written with {spelling}",
        expected="taken up",
        received=answer.said,
        at=answer.at,
        exchange=answer.exchange,
    )


def _must_read_the_rest(seller: Seller, unread: Answer, order: Order, spelling: Spelling) -> None:
    """Go on only with a seller that reads what else there is in a spelling: that is another clause.

    It does not read that either where it refuses it as well, in words of its own or in the same way.
    """
    rest = BESIDES.get(spelling)
    if rest is None or _is_read(seller, seller.unknown(), rest):
        return
    answer = seller.cancel(order, Variation(spelling=rest))
    if answer.decision.taken_up:
        return
    refused = seller.is_own_no(unread) and seller.is_own_no(answer)
    if refused or (answer.exchange.reply is not None and fingerprint(answer) == fingerprint(unread)):
        reason = f"the seller reads no comment either, in which {spelling} stand: that is another clause"
        raise NotApplicable(reason)
    reason = f"whether the seller reads comments, in which {spelling} stand, was not told: {answer.advised}"
    raise Inconclusive(reason, received=answer.said, exchange=answer.exchange)
