"""Whether a seller reads a document however it is written: on one side a spelling, on the other the answers that tell."""

from __future__ import annotations

from countermand.gist import gist
from countermand.refusal import TAKEN_UP
from countermand.scene import Scene
from countermand.seller import Answer, Damage, Decision, Seller, Variation
from countermand.document import Spelling
from countermand.verdict import Inconclusive, Nonconformance


def must_read(seller: Seller, scene: Scene, spelling: Spelling) -> None:
    """Hold a seller to reading a spelling as it reads the plain one; an order in flight is risked only where nothing less tells.

    An order that does not exist is named three times: plainly, in the spelling, and in a document that cannot be read.
    Where the first two answers are alike and the third is not, the spelling was read.
    """
    nobody = seller.unknown()
    plain = seller.cancel(nobody)
    spelt = seller.cancel(nobody, Variation(spelling=spelling))
    broken = seller.cancel(nobody, Variation(damage=Damage.BROKEN))
    _must_be_answered(plain)
    if spelt.exchange.reply is not None and gist(spelt) == gist(plain) != gist(broken):
        return
    if spelt.decision in TAKEN_UP and plain.decision in TAKEN_UP:
        raise Inconclusive("the seller takes up even an order that does not exist: nothing tells what it has read", received=spelt.said)
    _on_an_order(seller, scene, spelling)


def _must_be_answered(plain: Answer) -> None:
    if plain.decision in {Decision.NO_ANSWER, Decision.THROTTLED}:
        raise Inconclusive(f"the seller gave no answer to the plain cancellation: {plain.said}", received=plain.said)


def _on_an_order(seller: Seller, scene: Scene, spelling: Spelling) -> None:
    """Let a real cancellation tell: it is taken up if it is read."""
    order = scene.take(seller.in_flight)
    answer = seller.cancel(order, Variation(spelling=spelling))
    if answer.decision in TAKEN_UP:
        return
    if answer.decision in {Decision.THROTTLED, Decision.UNCLEAR}:
        raise Inconclusive(f"the answer is neither a yes nor a no: {answer.said}; {answer.advice}", received=answer.said, at=answer.at)
    if answer.decision is Decision.NO_ANSWER and seller.greet(order).exchange.reply is None:
        raise Inconclusive(f"the seller gave no answer: {answer.said}", received=answer.said)
    raise Nonconformance(
        f"the seller does not read a cancellation written with {spelling}", expected="taken up", received=answer.said, at=answer.at
    )
