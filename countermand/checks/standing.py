"""Whether the buyer is served at all: what the seller tells the buyer, and what strangers.

Asked once in a run, before its first scenario. An acceptance shows it; so does an answer in the language of the API
that no stranger is given. Where neither can be had, whatever stands in front of the seller may be all that answers:
nothing is said of the seller then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from countermand.checks.acceptance import Acceptance
from countermand.checks.likeness import alike, same_codes, same_words
from countermand.model.apis import APIS
from countermand.model.exchange import Exchange
from countermand.model.rows import AskedRow, StandingRow
from countermand.model.target import Order
from countermand.model.verdict import Inconclusive
from countermand.protocols import front
from countermand.protocols.answer import BUYER, Answer, Decision
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.scene import Scene

SCENARIO = "standing"  # what the record calls what was asked for it


def name(api: str) -> str:
    """Return what a run calls what was found out about an API's seller."""
    return f"standing-{api}"


def opening(row: StandingRow, seller: Seller, *, incomplete: bool = False) -> Answer | None:
    """Return what the buyer was told at the beginning, where it was found to be served.

    It asked about an order that does not exist, and then with a field left out.
    """
    number = row.get("incomplete" if incomplete else "answer")
    exchanges = [Exchange.of(exchange) for exchange in row.get("exchanges", ()) if exchange["number"] == number]
    return None if row["cause"] or not exchanges else seller.read(exchanges[0])


def answers_as_at_the_beginning(seller: Seller, answer: Answer, opened: StandingRow | None) -> bool:
    """Say whether the buyer is told what it was at the beginning of the run, where it was found to be served.

    That is of an order that does not exist, and otherwise of one without a field: who shuts the buyer out tells it the
    same of both.
    """
    if opened is None:
        return False
    first, without = (opening(opened, seller, incomplete=incomplete) for incomplete in (False, True))
    if first is None or without is None or stands_as(seller, first, without) or not stands_as(seller, answer, first):
        return False
    return stands_as(seller, _incomplete(seller, seller.unknown()), without)


def _incomplete(seller: Seller, order: Order) -> Answer:
    """Have the buyer leave a field out."""
    return seller.cancel(order, Variation(without=seller.required[-1:]))


def must_know_message(scene: Scene, seller: Seller, answer: Answer) -> None:
    """Go on only where a complete cancellation failed otherwise than one that lacks a field, or one was taken up.

    What a cancellation is called, and in which namespace, is documented nowhere: a toolkit that knows it by another
    name fails over every message of ours alike.
    """
    row, reply, api = scene.run.made(name(scene.target.api)), answer.exchange.reply, APIS[scene.target.api]
    failed = answer.decision is Decision.REFUSED and not seller.disowns(answer)
    if row is None or reply is None or not failed or not api.has_dialect or reply.status in seller.faults:
        return
    incomplete = opening(row, seller, incomplete=True)
    if answer.at is not None or incomplete is None or not same_words(answer, incomplete):
        return
    if not scene.fact(lambda: _has_taken_up(scene, seller)):
        said = seller.explained(answer)
        mend = front.RELABEL if front.takes_no_label(reply.status, said) else front.UNKNOWN_MESSAGE
        raise Inconclusive(
            f"the seller tells of a complete cancellation what it tells of one that lacks a field: {said}; {mend}",
            received=answer.said,
        )


def _has_taken_up(scene: Scene, seller: Seller) -> bool:
    made = scene.run.made(f"acceptance-{scene.target.api}")
    return made is not None and seller.read(Exchange.of(made["exchange"])).decision.taken_up


class Standing:
    """What the seller makes of the buyer."""

    def __init__(self, scene: Scene, speak: Callable[[Scene], Seller]) -> None:
        self._scene, self._speak = scene, speak
        self._answer = self._incomplete = 0
        self._risked = False  # an order, to see whether the buyer is served

    def must_be_served(self) -> None:
        """Go on only where the buyer is served; raises Inconclusive with the one cause."""
        standing = self._scene.run.once(name(self._scene.target.api), self._row)
        if standing["cause"]:
            raise Inconclusive(standing["cause"])

    def must_be_served_still(self, *, accused: bool) -> None:
        """Go on only where no reply to the scenario says no more than that the buyer is shut out for a while.

        What counts requests in front of a seller, or has taken offence at one, may answer the buyer for it until it
        thinks better of it: whatever is asked is told the same then, and was not at the beginning. It is asked for
        where the buyer was told none of the API's words, or was turned away, and before anybody is accused; that what
        must be refused was taken up is shown all the same.
        """
        opened = self._scene.run.made(name(self._scene.target.api))
        seller = self._speak(self._scene)
        first = None if opened is None or self._scene.run.rehearsals is not None else opening(opened, seller)
        noes = [answer for answer in self._told_buyer(seller) if not answer.decision.taken_up]
        told_buyer = [answer for answer in noes if accused or not seller.speaks(answer) or seller.disowns(answer)]
        if first is None or not told_buyer or (accused and took_up(seller, self._scene.exchanges)):
            return
        try:
            with self._scene.aside():
                now = seller.cancel(seller.unknown())
        except Inconclusive:  # nobody can be asked any more
            return
        if stands_as(seller, now, first) or not any(stands_as(seller, now, answer) for answer in told_buyer):
            return
        self._scene.unserved = now.exchange.number
        raise Inconclusive(
            f"the seller tells the buyer the same whatever it asks, and did not at the beginning: {now.said}; "
            f"{front.BUSY}",
            received=now.said,
            exchange=now.exchange,
        )

    def _told_buyer(self, seller: Seller) -> Iterator[Answer]:
        """Give what the buyer was told in the scenario, but for "not now"."""
        for exchange in self._scene.exchanges:
            if exchange.identity == BUYER and exchange.reply is not None:
                answer = seller.read(exchange)
                if answer.decision is not Decision.THROTTLED:
                    yield answer

    def _row(self) -> StandingRow:
        record = self._scene.run.record
        if record is None:
            return self._asked(None)
        recorded = record.standing(self._scene.target.api)
        if recorded is None:
            return {"cause": "the record does not tell whether the buyer was served"}
        return self._asked(recorded)

    def _asked(self, recorded: AskedRow | None) -> StandingRow:
        """Ask as the buyer and as strangers, about an order that does not exist.

        An order is risked only where that does not tell.
        """
        own = replace(self._scene, scenario=SCENARIO, recorded=recorded)
        try:
            cause = self._cause(own)
        except Inconclusive as trouble:
            cause = f"the buyer is not seen to be served: {trouble.reason}"
        finally:
            own.orders.settle()
        row: StandingRow = {
            "cause": cause,
            "answer": self._answer,
            "incomplete": self._incomplete,
            "exchanges": [exchange.masked(own.masker) for exchange in own.exchanges],
            "drawn": own.drawn,
        }
        return {**row, "risked": True} if self._risked else row

    def _cause(self, own: Scene) -> str:
        """Return why nothing can be said of the seller, or nothing."""
        seller = self._speak(own)
        order = seller.unknown()
        answer = answered(lambda: seller.cancel(order))
        self._answer = answer.exchange.number
        incomplete = _incomplete(seller, order)
        self._incomplete = incomplete.exchange.number
        to_strangers = [seller.cancel(order, how, by=who) for who, how in seller.outsiders]
        if self._scene.run.rehearsals is not None:
            return ""  # what stands in for a target in a rehearsal refuses everybody alike, and serves the buyer
        told_otherwise = _is_told_otherwise(seller, answer, incomplete, to_strangers)
        nowhere = told_otherwise and _is_nowhere(seller, answer, incomplete)
        if told_otherwise and not nowhere:
            return ""
        cause = _why(seller, answer, to_strangers)
        welcomed = _is_welcomed(answer) and _is_welcomed(incomplete) and any(map(_is_welcomed, to_strangers))
        if _reads_nothing(answer) or welcomed:
            return cause  # no order is risked with such a one
        self._risked = True
        try:
            accepted = Acceptance(own, self._speak).answered().answer
        except Inconclusive as trouble:
            if trouble.received == answer.said and (nowhere or _is_nowhere(seller, answer, incomplete)):
                return cause  # what is told of every path tells nothing of an order
            return f"{cause.removesuffix(f'; {answer.advice}')}; {trouble.reason}"
        return "" if accepted.decision.taken_up else cause


def answered(ask: Callable[[], Answer]) -> Answer:
    """Ask, and once more where that brought no answer, or none for now."""
    first = ask()
    return ask() if first.decision in {Decision.NO_ANSWER, Decision.THROTTLED} else first


def took_up(seller: Seller, exchanges: Iterable[Exchange]) -> bool:
    """Say whether a cancellation was taken up that is no complete one of the buyer's, plainly written."""
    asked = (each for each in exchanges if each.operation == seller.operation and not each.complete)
    return any(seller.read(each).decision.taken_up for each in asked)


def stands_as(seller: Seller, answer: Answer, other: Answer) -> bool:
    """Say whether two answers are of one sort and code, and turn the buyer away both or neither."""
    return alike(answer, other) and same_codes(answer, other) and seller.disowns(answer) is seller.disowns(other)


def _is_told_otherwise(seller: Seller, answer: Answer, incomplete: Answer, to_strangers: list[Answer]) -> bool:
    """Say whether the buyer is told what no stranger is, by somebody who reads the request."""
    reply = answer.exchange.reply
    if reply is None or answer.decision is Decision.THROTTLED or seller.disowns(answer):
        return False
    second = incomplete.exchange.reply
    read = seller.speaks(answer) or (second is not None and second.status != reply.status)
    worded = not same_words(answer, incomplete)  # a page may name who asks; then it says the same of whatever is asked
    return read and all(
        not alike(answer, other) or (worded and not same_words(answer, other)) for other in to_strangers
    )


def _is_nowhere(seller: Seller, answer: Answer, incomplete: Answer) -> bool:
    """Say whether the buyer is told that there is no such place, whatever it asks, as it is told of a place made up.

    Who sees to certificates or keys first answers the buyer so, and a stranger otherwise, at every path there is.
    """
    reply = answer.exchange.reply
    if reply is None or reply.status not in front.NOWHERE or not same_words(answer, incomplete):
        return False
    made_up = f"/countermand-{seller.scene.draw.uuid()}"
    return alike(answer, seller.cancel(seller.unknown(), Variation(path=made_up)))


def _reads_nothing(answer: Answer) -> bool:
    """Say whether a reply tells that nothing of the request was read."""
    return answer.exchange.reply is not None and answer.exchange.reply.status in front.UNREAD


def _is_welcomed(answer: Answer) -> bool:
    """Say whether somebody is shown a page with a status of success: whoever answers so is no seller."""
    reply = answer.exchange.reply
    return reply is not None and reply.status < 300 and front.is_html(reply)  # noqa: PLR2004


def _why(seller: Seller, answer: Answer, to_strangers: list[Answer]) -> str:
    """Say what keeps the buyer from being served, as far as it can be told."""
    said = seller.explained(answer)
    row = APIS[seller.target.api]
    who = (
        "the certificate of [buyer] and its chain"
        if row.client_certificate
        else f"{' and '.join(row.needs)} of [buyer]"
    )
    mend = f"have the seller see {who}, and whether this machine's address is allowed; countermand doctor tells more"
    status = answer.exchange.reply.status if answer.exchange.reply is not None else None
    place = front.misdirected(seller.target.url) if status == front.MISDIRECTED else front.WRONG_PATH
    if status == front.NOT_FOUND and row.has_dialect:
        place = f"{front.WRONG_PATH}; {front.UNKNOWN_MESSAGE}"
    if status in {*front.NOWHERE, front.MISDIRECTED}:
        mend = place
    if status is not None and status >= front.FAILS and status not in front.CALLER:
        mend = front.SEE_FRONT if status in front.UNREACHED else front.SEE_LOG
    if _is_welcomed(answer):
        mend = place
    if row.has_dialect and front.takes_no_label(status, said):
        return f"the seller takes no request of this Content-Type: {said}; {front.RELABEL}"
    if answer.exchange.reply is None or answer.decision is Decision.THROTTLED:
        return f"the seller does not answer the buyer: {said}; {answer.advice}"
    elsewhere = front.is_redirect(answer.exchange.reply)
    if elsewhere or seller.disowns(answer):
        return f"the seller does not serve the buyer: {said}; {answer.advice if elsewhere else mend}"
    if flaw := front.flaw(answer.exchange.reply):
        words = said if flaw in said else f"{said}, with {front.UNREADABLE}: {flaw}"
        return f"the seller answers the buyer in what cannot be read: {words}; {front.MEND}"
    if any(alike(answer, other) for other in to_strangers):
        return f"the seller tells the buyer no more than a stranger: {said}; {mend}"
    return f"hardly the seller itself answers the buyer: {said}; {place}"
