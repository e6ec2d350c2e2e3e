"""What counts as a no: on one side answers, on the other the verdict on a cancellation that must not be taken up."""

from __future__ import annotations

from countermand.acceptance import Acceptance
from countermand.document import named, text
from countermand.exchange import Trouble
from countermand.seller import CLOSED_DOOR, Answer, Decision, Seller
from countermand.verdict import Departure, Inconclusive, Nonconformance

TAKEN_UP = frozenset({Decision.TAKEN_UP, Decision.CANCELLED})


def must_refuse(seller: Seller, answer: Answer) -> None:
    """Hold a seller to a clear no, to the rightful buyer; raises Nonconformance, Departure or Inconclusive."""
    if answer.decision in TAKEN_UP:
        raise Nonconformance("the seller took up a cancellation it must refuse", expected="refused", received=answer.said, at=answer.at)
    if answer.decision is Decision.NO_ANSWER and answer.exchange.trouble is Trouble.CLOSED:
        _must_answer(seller, answer)
    if not seller.is_operation(answer.exchange.request) and answer.decision in {Decision.UNREADABLE, Decision.UNCLEAR}:
        raise Nonconformance("the seller serves what is no request of the API", expected="refused", received=answer.said, at=answer.at)
    _must_be_clear(answer)


def must_not_serve(answer: Answer) -> None:
    """Hold a seller to a clear no, to somebody it has no reason to serve; a closed door will do."""
    if answer.decision in TAKEN_UP:
        raise Nonconformance(
            f"the seller serves a caller it must not: {answer.exchange.identity}", expected="refused", received=answer.said, at=answer.at
        )
    if answer.exchange.trouble not in CLOSED_DOOR:
        _must_be_clear(answer)


def must_serve_buyer(seller: Seller, refused: Answer, acceptance: Acceptance) -> None:
    """See that a refusal was for the caller: the rightful buyer is answered otherwise, or has had a cancellation taken up."""
    if refused.asked is None:
        raise Inconclusive("nobody asked")
    answer = seller.greet(refused.asked.order)
    if answer.decision in {Decision.NO_ANSWER, Decision.THROTTLED}:
        raise Inconclusive(f"the seller does not answer the buyer either: {answer.said}", received=answer.said, exchange=answer.exchange)
    if seller.disowns(answer):
        reason = f"the seller does not serve the buyer either: {answer.said}; see countermand doctor"
        raise Inconclusive(reason, received=answer.said, exchange=answer.exchange)
    if answer.decision in TAKEN_UP or _differ(refused, answer):
        return
    acceptance.proof()


def _differ(refused: Answer, served: Answer) -> bool:
    """Say whether two refusals are of different kinds: a closed door and an answer, or two HTTP statuses."""
    one, other = refused.exchange.reply, served.exchange.reply
    return (one is None) != (other is None) or (one is not None and other is not None and one.status != other.status)


def _must_be_clear(answer: Answer) -> None:
    if answer.decision is Decision.REFUSED:
        return
    if answer.decision is Decision.THROTTLED:
        raise Inconclusive(f"the seller is too busy to answer: {answer.said}", received=answer.said, at=answer.at)
    if answer.decision is Decision.NO_ANSWER:
        raise Inconclusive(f"the seller gave no answer: {answer.said}", received=answer.exchange.said or answer.said)
    raise Inconclusive(f"the answer is neither a yes nor a no: {answer.advised}", received=answer.said, at=answer.at)


def _must_answer(seller: Seller, answer: Answer) -> None:
    """Tell a seller that hangs up on this input from one that is gone: ask something else, and this once more."""
    if answer.asked is None or answer.asked.by != "buyer":
        return
    if seller.greet(answer.asked.order).exchange.reply is None:
        return
    again = seller.cancel(answer.asked.order, answer.asked.variation)
    if again.exchange.trouble is Trouble.CLOSED:
        raise Departure(
            "the seller hangs up on the buyer instead of answering", expected="a refusal", received="the connection closed, twice"
        )
    if again.decision in TAKEN_UP:
        raise Nonconformance(
            "the seller took up a cancellation it must refuse",
            expected="refused",
            received=again.said,
            at=again.at,
            exchange=again.exchange,
        )


def must_decide(seller: Seller, answer: Answer) -> None:
    """Hold a seller to saying whether it takes a complete cancellation up, in a way that is documented."""
    reply = answer.exchange.reply
    wanted = "taken up or rejected, in a 2xx reply" + "".join(f" or a fault with status {status}" for status in sorted(seller.faults))
    if answer.decision is Decision.CANCELLED:
        raise Nonconformance("the seller says that the order is cancelled at once", expected=wanted, received=answer.said, at=answer.at)
    if answer.decision is Decision.UNREADABLE:
        raise Nonconformance("the seller answers in something that is not XML", expected=wanted, received=answer.said)
    if reply is None or answer.decision is Decision.THROTTLED:
        _must_be_clear(answer)
        return
    if seller.disowns(answer):
        raise Inconclusive(f"the seller does not know us as the buyer: {answer.said}; see countermand doctor", received=answer.said)
    said = answer.at is not None or 200 <= reply.status < 300  # noqa: PLR2004
    if not said and reply.status not in seller.faults and not _soap_fault(answer):
        raise Nonconformance("the seller says neither of the two outcomes", expected=wanted, received=answer.said)
    if answer.decision is Decision.UNCLEAR and not seller.words_are_open:
        raise Nonconformance("the seller says neither of the two outcomes", expected=wanted, received=answer.said, at=answer.at)
    if answer.decision is not Decision.TAKEN_UP:
        _must_be_clear(answer)


def _soap_fault(answer: Answer) -> bool:
    """Say whether a reply is SOAP 1.1's own no, which goes out with status 500 (SOAP 1.1, 6.2) and blames the client."""
    reply = answer.reply
    if reply.status != 500:  # noqa: PLR2004
        return False
    root = answer.tree
    codes = (
        []
        if root is None
        else [text(code) for fault in (*named(root, "Fault"), *named(root, "fault")) for code in named(fault, "faultcode")]
    )
    return any("client" in code.lower() for code in codes)
