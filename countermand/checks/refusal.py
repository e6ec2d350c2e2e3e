"""What counts as a no, and the verdict on a cancellation that must not be taken up."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from countermand.checks import standing
from countermand.checks.acceptance import Acceptance, not_known
from countermand.checks.beside import PAUSE
from countermand.checks.fingerprint import START
from countermand.document import named, text
from countermand.model.exchange import Trouble
from countermand.model.rows import StandingRow
from countermand.model.verdict import Departure, Inconclusive, Nonconformance, NotApplicable
from countermand.protocols import disclosure, front
from countermand.protocols.answer import CLOSED_DOOR, KNOWN, Answer, Decision
from countermand.protocols.seller import Seller

#: What says that a value has another form than it should.
OF_FORM = re.compile(
    r"\b(?i:malformed|format|pattern|schema|syntax|facet|(max|min)?length|too (long|short)|cvc-)\b"
    r"|\b\d+ (characters|digits)\b"
    r"|([rR]eference|[nN]umber|I[dD]|_id|[vV]alue)\W{1,3}(.{1,80}\W)?is (not valid|invalid)\b"
)


def must_refuse(seller: Seller, answer: Answer) -> None:
    """Hold a seller to a clear no, to the rightful buyer; raises Nonconformance, Departure or Inconclusive."""
    if _is_taken_up(seller, answer):
        raise Nonconformance(
            "the seller took up a cancellation it must refuse", expected="refused", received=answer.said, at=answer.at
        )
    if answer.contradiction:
        return
    if not seller.reached_operation(answer.exchange.request) or seller.is_stopped(answer.exchange):
        _must_be_stopped(seller, answer)
    else:
        if answer.decision is Decision.NO_ANSWER and answer.exchange.trouble is Trouble.CLOSED:
            _must_answer(seller, answer)
        _must_be_clear(answer)
    _must_leave_order(seller, answer)


def _must_leave_order(seller: Seller, refused: Answer) -> None:
    """Hold a seller that said no to having done nothing: the order is not called off, where it can be asked for.

    The seller itself must have told beforehand that it was not: a list may be old.
    """
    order = refused.asked.order if refused.asked else None
    before = seller.state_before(order, refused.exchange) if order else None
    if order is None or before is None or before not in seller.called_off:
        return
    state = told_twice(seller, lambda: seller.state_of(order), seller.called_off[before])
    if state not in seller.called_off[before]:
        return
    seller.scene.note(order, f"found {state}", spent=True)
    seller.scene.called_off = order.seller
    otherwise = "the seller says no, and calls the order off all the same"
    raise Nonconformance(otherwise, expected=before, received=state, exchange=refused.exchange)


def told_twice(seller: Seller, tell: Callable[[], str | None], called_off: Collection[str]) -> str | None:
    """Return the state that is told of an order: where it was called off, it still is after a while.

    A look-up may tell for once what it has kept of something else: raises Inconclusive where it tells two states.
    """
    state = tell()
    if state not in called_off:
        return state
    seller.scene.rest(PAUSE)
    again = tell()
    if again in called_off:
        return again
    raise Inconclusive(
        f"the seller says no, and then that the order is {state}, and then that it is {again or 'in no state'}: "
        "what has become of it is not known",
        received=again,
    )


def must_have_been_read(seller: Seller, answer: Answer, of_nobody: Answer) -> None:
    """Go on only where the reference of nobody's order was not refused for its form, of which an answer says nothing.

    We have drawn it, and it need not look like the seller's: raises Inconclusive.
    """
    form = _of_form(seller, of_nobody) - _of_form(seller, answer)
    if seller.target.orders.unknown is None and form:
        reason = (
            "an order that does not exist is refused otherwise, perhaps for the form of its reference, which we have "
            "drawn: name one as [orders] unknown"
        )
        raise Inconclusive(reason, received=f"{min(form)}: {seller.explained(of_nobody)}", exchange=of_nobody.exchange)


def _of_form(seller: Seller, answer: Answer) -> set[str]:
    """Return what a refusal says of the form of a value: in its reason, or where it is no markup, at its beginning."""
    body = b"" if answer.exchange.reply is None else answer.exchange.reply.body.lstrip()
    start = "" if body.startswith(b"<") else body[:START].decode("utf-8", "replace")
    return {match[0].casefold() for match in OF_FORM.finditer(f"{seller.explained(answer)} {start}")}


def must_not_serve(seller: Seller, answer: Answer) -> None:
    """Hold a seller to a no, to somebody it has no reason to serve.

    Whatever stands in front of it may say so, and in its own way.
    """
    if _is_taken_up(seller, answer):
        raise Nonconformance(
            f"the seller serves a caller it must not: {answer.exchange.identity}",
            expected="refused",
            received=answer.said,
            at=answer.at,
        )
    if not answer.contradiction:
        _must_be_stopped(seller, answer)
        _must_leave_order(seller, answer)


def _is_taken_up(seller: Seller, answer: Answer) -> bool:
    """Say whether a cancellation was taken up.

    Where the reply says both yes and no the state of the order tells, if it can be asked.
    """
    if not answer.contradiction:
        return answer.decision.taken_up
    is_cancellation = answer.exchange.operation == seller.operation  # what a look-up is told changes no state
    if not is_cancellation and _is_told_nothing(seller, answer):
        return False  # who has not been served
    order = answer.asked.order if answer.asked and is_cancellation else None
    before, state = order.state if order else "", None
    called_off = seller.called_off.get(before, frozenset[str]())
    if order is not None:
        state = told_twice(seller, lambda: seller.state_of(order), called_off)
    if state is None or (state != before and state not in called_off):  # it may have moved for other reasons
        raise _contradicted(seller, answer)
    if state == before and order is not None:
        seller.scene.untouched(order)
    return state != before


def _contradicted(seller: Seller, answer: Answer) -> Inconclusive:
    reason = f"the reply contradicts itself, and nothing tells which is true: {answer.contradiction}"
    advice = "; where that word is no decision, narrow [dialect] decision" if seller.words_are_open else ""
    return Inconclusive(f"{reason}{advice}", received=answer.said, at=answer.at)


def _is_told_nothing(seller: Seller, answer: Answer) -> bool:
    """Say whether the reply to a look-up tells nothing of the order, wherever in it."""
    if answer.asked is None or seller.tells(answer):
        return False
    return not disclosure.disclosed(answer.exchange, seller.private(answer.asked.order))


def _must_be_stopped(seller: Seller, answer: Answer) -> None:
    """Hold whatever stands in front to a no of its own choice.

    That is a refusal, a page, a redirect, a closed door, or 'not now' for good. What may be trouble that passes is
    asked once more: a door closed to the buyer, and 'not now' to anybody.
    """
    closed = answer.exchange.trouble in CLOSED_DOOR
    if answer.decision is Decision.THROTTLED or (closed and answer.exchange.identity in KNOWN):
        answer = _persistent(seller, answer)
    if answer.exchange.trouble not in CLOSED_DOOR and answer.decision is not Decision.THROTTLED and not answer.is_blank:
        _must_be_clear(answer)


def _persistent(seller: Seller, answer: Answer) -> Answer:
    """Tell a no from trouble that passes: the buyer is answered, and the same request comes to the same once more."""
    if answer.asked is None:
        _must_be_clear(answer)
        return answer
    greeted = seller.greet(answer.asked.order)
    if greeted.decision in {Decision.NO_ANSWER, Decision.THROTTLED}:
        _must_be_clear(answer)
    ask = seller.cancel if answer.exchange.operation == seller.operation else seller.look_up
    again = ask(answer.asked.order, variation=answer.asked.variation, by=answer.asked.by)
    if _is_taken_up(seller, again):
        otherwise = "the seller took up, when asked once more, what it must refuse"
        raise Nonconformance(otherwise, expected="refused", received=again.said, at=again.at)
    return again


def must_serve_buyer(
    seller: Seller, refused: Answer, acceptance: Acceptance, opened: StandingRow | None = None
) -> None:
    """See that a refusal was for the caller.

    The rightful buyer is answered otherwise, or has had a cancellation taken up. Who was not answered, or not for now,
    asks once more: trouble that has passed leaves nothing open. Where it is turned away over an order that does not
    exist, it is served if it was told so at the beginning, and is told still what it was told then of another request.
    """
    if refused.asked is None:
        raise Inconclusive("nobody asked")
    unanswered = {Decision.NO_ANSWER, Decision.THROTTLED}
    answer = seller.greeted(refused.asked.order, refused.exchange)
    if answer.decision in unanswered:
        answer = seller.greet(refused.asked.order)
    if answer.decision in unanswered:
        raise Inconclusive(
            f"the seller does not answer the buyer either: {answer.advised}",
            received=answer.said,
            exchange=answer.exchange,
        )
    if seller.disowns(answer):
        if not standing.answers_as_at_the_beginning(seller, answer, opened):
            reason = f"the seller does not serve the buyer either: {answer.said}; see countermand doctor"
            raise Inconclusive(reason, received=answer.said, exchange=answer.exchange)
        acceptance.proof()  # so it speaks of an order that does not exist, and serves the buyer all the same
        return
    told_no = not refused.is_blank or front.is_redirect(refused.reply)
    if told_no and (answer.decision.taken_up or _differ(refused, answer)):
        return
    acceptance.proof()  # a page to a stranger is a no only where the yes to the buyer is none


def _differ(refused: Answer, served: Answer) -> bool:
    """Say whether two refusals are of different kinds: a closed door and an answer, or two HTTP statuses."""
    reply, other = refused.exchange.reply, served.exchange.reply
    if reply is None or other is None:
        return reply is not other
    return reply.status != other.status


def _must_be_clear(answer: Answer) -> None:
    front.must_be_bare(answer.exchange.reply)
    if answer.decision is Decision.REFUSED:
        return
    if answer.decision is Decision.THROTTLED:
        raise Inconclusive(f"the seller is too busy to answer: {answer.advised}", received=answer.said, at=answer.at)
    if answer.decision is Decision.NO_ANSWER:
        raise Inconclusive(f"the seller gave no answer: {answer.advised}", received=answer.exchange.said or answer.said)
    raise Inconclusive(f"the answer is neither a yes nor a no: {answer.advised}", received=answer.said, at=answer.at)


def _must_answer(seller: Seller, answer: Answer) -> None:
    """Tell a seller that hangs up on this input from one that is gone: ask something else, and this again."""
    if answer.asked is None or answer.asked.by != "buyer":
        return
    if seller.greet(answer.asked.order).exchange.reply is None:
        return
    again = seller.cancel(answer.asked.order, answer.asked.variation)
    if again.exchange.trouble is Trouble.CLOSED:
        seller.scene.rest(PAUSE)  # it may have been too soon
        again = seller.cancel(answer.asked.order, answer.asked.variation)
    if again.exchange.trouble is Trouble.CLOSED:
        if seller.is_cut(again.exchange):
            raise NotApplicable("what stands in front of the seller may have closed the connection")
        raise Departure(
            "the seller hangs up on the buyer instead of answering",
            expected="a refusal",
            received="the connection closed, three times",
        )
    if again.decision.taken_up:
        raise Nonconformance(
            "the seller took up a cancellation it must refuse",
            expected="refused",
            received=again.said,
            at=again.at,
            exchange=again.exchange,
        )


def must_decide(seller: Seller, answer: Answer) -> None:
    """Hold a seller to saying whether it takes a complete cancellation up, in a way that is documented.

    Where it says no it must mean it, as far as the order can be asked for.
    """
    reply = answer.exchange.reply
    wanted = "taken up or rejected, in a 2xx reply" + "".join(
        f" or a fault with status {status}" for status in sorted(seller.faults)
    )
    if answer.decision is Decision.CANCELLED:
        raise Nonconformance(
            "the seller says that the order is cancelled at once", expected=wanted, received=answer.said, at=answer.at
        )
    front.must_be_bare(reply)
    if answer.decision is Decision.UNREADABLE:
        otherwise = "the seller answers in something that is not XML"
        if answer.tree is not None:
            otherwise = "the seller answers with a page"
        raise Nonconformance(otherwise, expected=wanted, received=answer.said)
    if reply is None or answer.decision is Decision.THROTTLED:
        _must_be_clear(answer)
        return
    if seller.disowns(answer):
        raise Inconclusive(not_known(answer), received=answer.said)
    by_status = reply.status in seller.faults or answer.decision is Decision.UNCLEAR
    if answer.contradiction and by_status and seller.words_are_open:
        raise _contradicted(seller, answer)
    said = answer.at is not None or 200 <= reply.status < 300  # noqa: PLR2004
    if not said and reply.status not in seller.faults and not _soap_fault(answer):
        raise Nonconformance("the seller says neither of the two outcomes", expected=wanted, received=answer.said)
    if answer.decision is Decision.UNCLEAR and not seller.words_are_open:
        raise Nonconformance(
            "the seller says neither of the two outcomes", expected=wanted, received=answer.said, at=answer.at
        )
    if answer.decision is not Decision.TAKEN_UP:
        _must_be_clear(answer)
        _must_leave_order(seller, answer)


def _soap_fault(answer: Answer) -> bool:
    """Say whether a reply is SOAP 1.1's own no, which comes with status 500 (SOAP 1.1, 6.2) and blames the client."""
    reply = answer.reply
    if reply.status != 500:  # noqa: PLR2004
        return False
    root = answer.tree
    faults = [] if root is None else [*named(root, "Fault"), *named(root, "fault")]
    return any("client" in text(code).lower() for fault in faults for code in named(fault, "faultcode"))
