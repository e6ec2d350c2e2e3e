"""What counts as a no."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from countermand.checks import ala as fault
from countermand.checks.acceptance import Acceptance, Accepted
from countermand.checks.refusal import (
    must_decide,
    must_have_been_read,
    must_not_serve,
    must_refuse,
    must_serve_buyer,
)
from countermand.model.clause import Clause, Evidence
from countermand.model.draw import Draw
from countermand.model.exchange import Exchange, Reply, Request, Trouble
from countermand.model.target import Identity, Order, Supply, Target
from countermand.model.verdict import Departure, Inconclusive, Nonconformance, NotApplicable, Verdict, expect
from countermand.plugin.judging import judge
from countermand.protocols import front
from countermand.protocols.ala import AlaSeller
from countermand.protocols.answer import Answer, Asked
from countermand.protocols.carrier import Carrier
from countermand.protocols.opensrs import OpensrsSeller
from countermand.protocols.seller import Seller
from countermand.protocols.variation import Variation
from countermand.run.scene import Scene as RunScene
from steps.refusing import seller_refuses_or_repeats

ALA = Target(
    "staging", "ala", "https://seller.example", Path("target.toml"), {"buyer": Identity("buyer", identifier="B")}
)
OPENSRS = replace(ALA, api="opensrs")
ORDER = Order("in_flight", "ORDER-1")
ASKED = Asked(ORDER, Variation(without=("buyer",)), "buyer")
NO_ACCEPTANCE = cast("Acceptance", None)  # these refusals are told apart without one
PENDING, REJECTED, CANCELLED, ODD = (
    f"<r><status>{word}</status></r>" for word in ("Pending", "Rejected", "Cancelled", "Perhaps")
)
FAULT = "<fault><faultcode>{}</faultcode><faultmessage>no</faultmessage></fault>"
XHTML = "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>No.</p></body></html>"
HOSTILE = '<!DOCTYPE message [<!ENTITY word "x">]><message/>'
SOAP_FAULT = "<E xmlns:s='urn:s'><s:Fault><faultcode>s:{}</faultcode></s:Fault></E>"
#: A reply: its status and its body, or why there is none.
Told = tuple[int, str] | Trouble


@dataclass
class Played:
    """A scene whose seller has its replies ready, and is asked what the suite asks."""

    replies: list[Told]
    draw: Draw = field(default_factory=lambda: Draw("seed", "a scenario"))
    leaves_out: tuple[str, ...] = ()
    called_off: str = ""
    folder: Path = Path(os.devnull)
    asked: list[Request] = field(default_factory=list)
    target: Target = ALA
    rested: float = 0.0
    spent: list[bool] = field(default_factory=list)
    untouched_orders: list[Order] = field(default_factory=list)

    def carry(
        self, identity: Identity, request: Request, operation: str, *, sound: bool = False, **_: object
    ) -> Exchange:
        self.asked.append(request)
        return exchange(self.replies.pop(0), request, identity.name, operation, sound=sound)

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:  # noqa: ARG002 - as a scene's
        self.spent.append(spent)

    def untouched(self, order: Order) -> None:
        self.untouched_orders.append(order)

    def rest(self, seconds: float) -> None:
        self.rested += seconds


def exchange(
    outcome: Told,
    request: Request | None = None,
    identity: str = "buyer",
    operation: str = "cancelOrder",
    *,
    sound: bool = False,
) -> Exchange:
    request = request or Request("POST", "https://seller.example/cancelOrder", (), b"<x/>")
    reply = (
        None
        if isinstance(outcome, Trouble)
        else Reply(outcome[0], "", "HTTP/1.1", (("Content-Type", "text/xml"),), outcome[1].encode())
    )
    trouble = outcome if isinstance(outcome, Trouble) else None
    return Exchange(
        1, operation, identity, datetime(2026, 11, 21, tzinfo=UTC), 0.1, request, reply, trouble, sound=sound
    )


def ala(*then: Told) -> tuple[AlaSeller, Played]:
    scene = Played(list(then))
    seen: Carrier = scene
    return AlaSeller(ALA, seen), scene


def opensrs() -> OpensrsSeller:
    return OpensrsSeller(OPENSRS, Played([]))


def answer(
    reply: Told, seller: Seller | None = None, asked: Asked | None = ASKED, request: Request | None = None
) -> Answer:
    return replace((seller or ala()[0]).read(exchange(reply, request)), asked=asked)


def unknown(reply: Told, seller: Seller | None = None) -> Answer:
    """What came of a stranger's cancellation."""
    asked = replace(ASKED, by="stranger without a certificate")
    return replace((seller or ala()[0]).read(exchange(reply, identity=asked.by)), asked=asked)


def ops(**values: str) -> str:
    items = "".join(f'<item key="{key}">{word}</item>' for key, word in values.items())
    return f"<OPS_envelope><body><data_block><dt_assoc>{items}</dt_assoc></data_block></body></OPS_envelope>"


@pytest.mark.parametrize(
    "reply", [(200, REJECTED), (200, FAULT.format(1)), (400, ""), (404, "<html>"), (500, ""), (403, REJECTED)]
)
def test_a_clear_no_is_a_refusal_whatever_it_looks_like(reply: Told) -> None:
    must_refuse(ala()[0], answer(reply))
    must_not_serve(ala()[0], unknown(reply))


@pytest.mark.parametrize("trouble", [Trouble.NOT_HTTP, Trouble.TOO_LARGE, Trouble.OTHER])
def test_a_reply_that_cannot_be_read_is_told_with_what_is_wrong_with_it(trouble: Trouble) -> None:
    unread = ala()[0].read(replace(exchange(trouble), said="the header X came twice"))
    assert unread.said == f"{trouble}: the header X came twice"
    assert ala()[0].read(replace(exchange(Trouble.TIMEOUT), said="not at all")).said == "timeout"


@pytest.mark.parametrize("body", [PENDING, CANCELLED])
def test_what_is_taken_up_has_not_been_refused(body: str) -> None:
    with pytest.raises(Nonconformance, match="took up a cancellation it must refuse") as caught:
        must_refuse(ala()[0], answer((200, body)))
    assert not isinstance(caught.value, Departure)
    assert (caught.value.expected, caught.value.at) == ("refused", "/r/status, line 1")
    with pytest.raises(Nonconformance, match="serves a caller it must not: stranger without a certificate"):
        must_not_serve(ala()[0], unknown((200, body)))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, ODD), "neither a yes nor a no: Perhaps; nobody declared 'Perhaps'"),
        ((200, ""), "neither a yes nor a no: status 200 without a body; "),
        ((200, "{}"), "neither a yes nor a no: status 200 with a body that is not XML$"),
        ((301, ""), "neither a yes nor a no: status 301; "),
        ((429, REJECTED), "too busy to answer: status 429"),
        ((503, ""), "too busy to answer: status 503"),
        (Trouble.TIMEOUT, "gave no answer: timeout"),
        (Trouble.UNREACHABLE, "gave no answer: unreachable"),
        (Trouble.DISTRUST, "gave no answer: distrust"),
        (Trouble.TOO_LARGE, "gave no answer: too large"),
        (Trouble.OTHER, "gave no answer: other"),
    ],
)
def test_what_is_no_clear_no_proves_nothing(reply: Told, reason: str) -> None:
    with pytest.raises(Inconclusive, match=reason):
        must_refuse(ala()[0], answer(reply))


@pytest.mark.parametrize("status", [400, 403, 404, 422, 500, 503])
def test_a_yes_of_ala_behind_a_status_that_says_no_proves_nothing(status: int) -> None:
    words = f"nothing tells which is true: status {status} with Pending"
    with pytest.raises(Inconclusive, match=words):
        must_refuse(ala()[0], answer((status, PENDING)))
    with pytest.raises(Inconclusive, match=words):
        must_not_serve(ala()[0], unknown((status, PENDING)))


@pytest.mark.parametrize("status", [400, 403, 409, 500])
def test_an_order_is_used_up_where_a_refusal_says_that_it_is_pending(status: int) -> None:
    seller, scene = ala((status, PENDING), (status, REJECTED))
    for _ in range(2):
        seller.cancel(ORDER, Variation(without=("buyer",)))
    assert scene.spent == [True, False]


def test_a_second_cancellation_may_be_refused_as_pending_already() -> None:
    seller_refuses_or_repeats(ala()[0], answer((409, PENDING)), cast("Accepted", None))


@pytest.mark.parametrize("body", [REJECTED, CANCELLED, ODD, XHTML, "", f"<E>{PENDING}{FAULT.format('Client')}</E>"])
def test_whatever_else_stands_behind_a_status_that_says_no_is_a_refusal(body: str) -> None:
    must_refuse(ala()[0], answer((422, body)))


@pytest.mark.parametrize("body", [b"", b"<x>", b"{}"])
@pytest.mark.parametrize("reply", [(200, ""), (200, "{}"), (200, XHTML), (301, ""), (400, "<html><p>No")])
def test_what_is_no_document_may_be_stopped_in_none(body: bytes, reply: Told) -> None:
    request = Request("POST", "https://seller.example/cancelOrder", (), body)
    must_refuse(ala()[0], answer(reply, request=request))
    with pytest.raises(Inconclusive, match="nobody declared 'Perhaps'"):
        must_refuse(ala()[0], answer((200, ODD), request=request))
    with pytest.raises(Nonconformance, match="took up"):
        must_refuse(ala()[0], answer((200, PENDING), request=request))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, ODD), "neither a yes nor a no: Perhaps; nobody declared 'Perhaps'"),
        ((200, f"<r>{PENDING}{REJECTED}</r>"), "neither a yes nor a no: Pending and Rejected; the reply says both"),
        (Trouble.TIMEOUT, "gave no answer: timeout"),
        (Trouble.UNREACHABLE, "gave no answer: unreachable"),
        (Trouble.TOO_LARGE, "gave no answer: too large"),
    ],
)
def test_what_may_be_a_yes_or_trouble_of_the_network_is_no_refusal_of_a_stranger(reply: Told, reason: str) -> None:
    with pytest.raises(Inconclusive, match=reason):
        must_not_serve(ala()[0], unknown(reply))


#: Ways in which what stands in front of a seller says no, or shows what is no answer at all.
WAYS: list[Told] = [
    *(
        (status, body)
        for status in (200, 302, 400, 401, 403, 404, 405, 421, 500)
        for body in ("", "<html><p>No", "{}", XHTML)
    ),
    (200, "<r/>"),
]


@pytest.mark.parametrize("reply", WAYS)
def test_whatever_stands_in_front_may_turn_a_stranger_away_in_its_own_way(reply: Told) -> None:
    must_not_serve(ala()[0], unknown(reply))


@pytest.mark.parametrize("reply", [(429, ""), (502, ""), (503, "<html>")])
def test_not_now_is_a_refusal_of_a_stranger_where_the_buyer_is_answered_and_it_is_said_twice(reply: Told) -> None:
    seller, scene = ala((400, ""), reply)
    must_not_serve(seller, unknown(reply))
    assert len(scene.asked) == 2
    with pytest.raises(Inconclusive, match="too busy to answer"):
        must_not_serve(ala(reply)[0], unknown(reply))
    with pytest.raises(Nonconformance, match="took up, when asked once more"):
        must_not_serve(ala((400, ""), (200, PENDING))[0], unknown(reply))


@pytest.mark.parametrize("trouble", [Trouble.ALERT, Trouble.CLOSED, Trouble.NOT_HTTP])
def test_a_closed_door_is_a_refusal_for_strangers_only(trouble: Trouble) -> None:
    must_not_serve(ala()[0], unknown(trouble))
    with pytest.raises(Inconclusive, match=f"gave no answer: {trouble}"):
        must_refuse(ala(Trouble.CLOSED)[0], answer(trouble))


@pytest.mark.parametrize(("method", "path"), [("GET", "/cancelOrder"), ("POST", "/amendOrder")])
@pytest.mark.parametrize("reply", WAYS)
def test_what_is_no_request_of_the_api_may_be_answered_by_anybody_who_takes_nothing_up(
    method: str, path: str, reply: Told
) -> None:
    must_refuse(ala()[0], answer(reply, request=Request(method, f"https://seller.example{path}", (), b"")))


@pytest.mark.parametrize("reply", WAYS)
def test_so_may_a_document_that_declares_entities(reply: Told) -> None:
    for encoding in ("utf-8", "utf-16"):
        hostile = Request("POST", "https://seller.example/cancelOrder", (), HOSTILE.encode(encoding))
        must_refuse(ala()[0], answer(reply, request=hostile))


@pytest.mark.parametrize(("method", "path"), [("GET", "/cancelOrder"), ("POST", "/amendOrder")])
def test_what_takes_a_cancellation_up_all_the_same_is_caught(method: str, path: str) -> None:
    request = Request(method, f"https://seller.example{path}", (), b"")
    with pytest.raises(Nonconformance, match="took up a cancellation it must refuse"):
        must_refuse(ala()[0], answer((200, PENDING), request=request))
    with pytest.raises(Inconclusive, match="nobody declared 'Perhaps'"):
        must_refuse(ala()[0], answer((200, ODD), request=request))


@pytest.mark.parametrize("reply", [(503, ""), (429, "{}"), Trouble.CLOSED, Trouble.NOT_HTTP])
def test_what_is_no_request_of_the_api_may_be_hung_up_on_for_good(reply: Told) -> None:
    request = Request("GET", "https://seller.example/cancelOrder", (), b"")
    seller, scene = ala((400, ""), reply)
    must_refuse(seller, answer(reply, request=request))
    assert len(scene.asked) == 2
    with pytest.raises(Inconclusive):
        must_refuse(ala(reply)[0], answer(reply, request=request))
    with pytest.raises(Nonconformance, match="took up, when asked once more"):
        must_refuse(ala((400, ""), (200, PENDING))[0], answer(reply, request=request))


def test_a_seller_that_hangs_up_three_times_and_answers_in_between_departs() -> None:
    seller, scene = ala((400, ""), Trouble.CLOSED, Trouble.CLOSED)
    with pytest.raises(Departure, match="hangs up on the buyer"):
        must_refuse(seller, answer(Trouble.CLOSED))
    greeted, again, at_last = scene.asked
    assert b"ORDER-1" in at_last.body
    assert b"ORDER-1" not in greeted.body
    assert b"ORDER-1" in again.body
    assert b"buyerIdentifier" in greeted.body
    assert b"buyerIdentifier" not in again.body  # as it was asked


def test_a_seller_that_hangs_up_first_and_then_takes_up_does_not_refuse() -> None:
    for body in (PENDING, CANCELLED):
        with pytest.raises(Nonconformance, match="took up") as caught:
            must_refuse(ala((400, ""), (200, body))[0], answer(Trouble.CLOSED))
        assert not isinstance(caught.value, Departure)


@pytest.mark.parametrize(
    ("then", "asked", "requests"),
    [
        ([Trouble.CLOSED], ASKED, 1),  # it is gone
        ([(400, ""), (400, "")], ASKED, 2),  # the network
        ([(400, ""), Trouble.TIMEOUT], ASKED, 2),
        ([], replace(ASKED, by="another buyer"), 0),
        ([], None, 0),
    ],
)
def test_who_may_just_be_gone_is_not_accused(then: list[Told], asked: Asked | None, requests: int) -> None:
    seller, scene = ala(*then)
    with pytest.raises(Inconclusive, match="gave no answer: closed"):
        must_refuse(seller, answer(Trouble.CLOSED, asked=asked))
    assert len(scene.asked) == requests


@pytest.mark.parametrize(
    ("refused", "served"),
    [
        ((403, ""), (200, PENDING)),
        ((200, REJECTED), (200, PENDING)),
        ((200, REJECTED), (200, CANCELLED)),
        ((403, ""), (400, "")),
        ((403, ""), (200, REJECTED)),
        (Trouble.ALERT, (400, "")),
        (Trouble.CLOSED, (200, REJECTED)),
    ],
)
def test_a_refusal_unlike_the_buyers_answer_was_for_the_caller(refused: Told, served: Told) -> None:
    seller, scene = ala(served)
    must_serve_buyer(seller, answer(refused), NO_ACCEPTANCE)
    assert len(scene.asked) == 1


@pytest.mark.parametrize(
    ("refused", "served", "reason"),
    [
        ((403, ""), Trouble.CLOSED, "does not answer the buyer either: closed"),
        (Trouble.CLOSED, Trouble.CLOSED, "does not answer the buyer either: closed"),
        ((403, ""), (503, ""), "does not answer the buyer either: status 503"),
        ((400, ""), (403, ""), "does not serve the buyer either: status 403; see countermand doctor"),
        (Trouble.ALERT, (401, ""), "does not serve the buyer either: status 401"),
    ],
)
def test_a_refusal_of_everybody_proves_nothing(refused: Told, served: Told, reason: str) -> None:
    with pytest.raises(Inconclusive, match=reason):
        must_serve_buyer(ala(served, served)[0], answer(refused), NO_ACCEPTANCE)


#: What was said of an order that is there.
OURS = answer((403, FAULT.format(2)))
PAGE = "<!DOCTYPE html><html><title>403 Forbidden</title></html>"


@pytest.mark.parametrize("value", ["7" * 400, "12é", "&amp;&lt;'1", "it's", '"1"'])
def test_a_page_in_answer_to_an_odd_value_may_be_a_filters(value: str) -> None:
    seller, request = (
        ala()[0],
        Request("POST", "https://seller.example/cancelOrder", (), f"<x><y>{value}</y></x>".encode()),
    )
    assert seller.is_stopped(exchange((403, PAGE), request))
    assert seller.is_stopped(exchange((400, "{}"), request))
    assert not seller.is_stopped(exchange((500, PAGE), request))  # who fails over a value has read it
    assert not seller.is_stopped(exchange((400, FAULT.format(1)), request))
    plain = replace(request, body=b"<x><y>12 34-AB_c.</y></x>")
    assert not seller.is_stopped(exchange((403, PAGE), plain))


def test_what_the_target_file_has_cancellations_say_is_not_odd() -> None:
    dialect = replace(ALA.dialect, reason={"code": "1", "message": "Kunde wünscht Storno"})
    parties = {"buyer": Identity("buyer", identifier="O'Neill & Co")}
    seller = AlaSeller(replace(ALA, dialect=dialect, identities=parties), Played([]))
    body = "<x><id>O'Neill &amp; Co</id><reason>Kunde wünscht Storno</reason><order>{}</order></x>"
    plain, odd = (
        Request("POST", "https://seller.example/cancelOrder", (), body.format(order).encode())
        for order in ("ORDER-1", "12é")
    )
    assert not seller.is_stopped(exchange((400, PAGE), plain))
    assert seller.is_stopped(exchange((400, PAGE), odd))
    assert ala()[0].is_stopped(exchange((400, PAGE), plain))  # whose target file says nothing of the kind


@pytest.mark.parametrize(
    "words",
    [
        "cvc-pattern-valid: Value is not facet-valid with respect to pattern",
        "targetSellerOrderReference is not valid",
        "Malformed reference",
        "The reference is too long",
    ],
)
def test_what_was_refused_for_its_form_tells_nothing_of_others(words: str) -> None:
    (seller, _), said = ala(), (400, FAULT.format(1).replace("no", words))
    with pytest.raises(Inconclusive, match=r"name one as \[orders\] unknown"):
        must_have_been_read(seller, OURS, answer(said))
    with pytest.raises(Inconclusive, match=r"name one as \[orders\] unknown"):
        must_have_been_read(seller, OURS, answer((400, f'{{"message": "{words}"}}')))
    must_have_been_read(seller, answer(said), answer(said))  # which says so of every order
    named = AlaSeller(replace(ALA, orders=Supply(unknown=Order("unknown", "OR999999"))), Played([]))
    must_have_been_read(named, OURS, answer(said, named))


@pytest.mark.parametrize(
    "words",
    [
        "There is no such order",
        "The order is unknown",
        "Invalid order",
        "Paid: the order is invalid",
        "No order has these digits",
    ],
)
def test_what_was_refused_because_nobody_has_it_does(words: str) -> None:
    must_have_been_read(ala()[0], OURS, answer((400, FAULT.format("InvalidOrder").replace("no", words))))
    page = f"<!DOCTYPE html><html><head><meta name='format-detection' content='no'><br><h1>{words}</h1>"
    must_have_been_read(ala()[0], OURS, answer((404, page)))


def test_no_value_of_a_plain_cancellation_is_odd() -> None:
    for seller, scene in (ala((200, PENDING)), looking_up("pending")[:2]):
        seller.cancel(ORDER)
        assert not front.is_odd(scene.asked[-1].body)


@pytest.mark.parametrize("trouble", [Trouble.TIMEOUT, Trouble.CLOSED, (503, "")])
def test_who_is_not_answered_once_is_asked_once_more_and_leaves_nothing_open(trouble: Told) -> None:
    seller, scene = ala(trouble, (200, PENDING))
    must_serve_buyer(seller, answer((403, "")), NO_ACCEPTANCE)
    assert len(scene.asked) == 2
    with pytest.raises(Inconclusive, match="does not serve the buyer either"):
        must_serve_buyer(ala(trouble, (403, ""))[0], answer((400, "")), NO_ACCEPTANCE)


def test_a_refusal_nobody_asked_for_proves_nothing() -> None:
    with pytest.raises(Inconclusive, match="nobody asked"):
        must_serve_buyer(ala()[0], answer((403, ""), asked=None), NO_ACCEPTANCE)


@pytest.mark.parametrize(
    ("refused", "served"), [((400, ""), (400, FAULT.format(1))), ((200, REJECTED), (200, REJECTED))]
)
def test_refusals_alike_need_an_acceptance(refused: Told, served: Told) -> None:
    takes_none_up = Played([], target=replace(ALA, capabilities={"takes_up": "no"}))
    acceptance = Acceptance(cast("RunScene", takes_none_up), lambda _: ala()[0])
    with pytest.raises(NotApplicable, match="a refusal proves nothing"):
        must_serve_buyer(ala(served)[0], answer(refused), acceptance)


@pytest.mark.parametrize(
    "reply",
    [
        (200, PENDING),
        (202, PENDING),
        (200, REJECTED),
        (200, FAULT.format(1)),
        (400, ""),
        (400, FAULT.format(1)),
        (500, SOAP_FAULT.format("Client")),
        (500, SOAP_FAULT.format("Client.Order").replace("Fault", "fault")),
    ],
)
def test_an_outcome_that_is_documented_decides(reply: Told) -> None:
    must_decide(ala()[0], answer(reply))


@pytest.mark.parametrize(
    ("reply", "otherwise"),
    [
        ((200, CANCELLED), "says that the order is cancelled at once"),
        ((200, "Pending"), "answers in something that is not XML"),
        ((200, XHTML), "answers with a page"),
        ((404, ""), "says neither of the two outcomes"),
        ((500, ""), "says neither of the two outcomes"),
        ((500, "Internal error"), "says neither of the two outcomes"),
        ((500, SOAP_FAULT.format("Server")), "says neither of the two outcomes"),
        ((499, SOAP_FAULT.format("Client")), "says neither of the two outcomes"),
        ((501, SOAP_FAULT.format("Client")), "says neither of the two outcomes"),
        ((199, ""), "says neither of the two outcomes"),
        ((422, PENDING), "says neither of the two outcomes"),
    ],
)
def test_what_is_none_of_the_documented_outcomes_does_not_conform(reply: Told, otherwise: str) -> None:
    with pytest.raises(Nonconformance, match=otherwise) as caught:
        must_decide(ala()[0], answer(reply))
    assert caught.value.expected == "taken up or rejected, in a 2xx reply or a fault with status 400"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, ODD), "neither a yes nor a no: Perhaps"),
        ((200, ""), "neither a yes nor a no: status 200 without a body"),
        ((299, ""), "neither a yes nor a no: status 299 without a body"),
        ((401, ""), "does not know us as the buyer: status 401; see countermand doctor"),
        ((403, FAULT.format(1)), "does not know us as the buyer: status 403"),
        ((300, ""), "sends the buyer elsewhere: status 300"),
        ((301, PENDING), "sends the buyer elsewhere: status 301; a redirect is never followed"),
        ((429, ""), "too busy to answer: status 429"),
        ((503, PENDING), "contradicts itself, and nothing tells which is true: status 503 with Pending"),
        ((400, PENDING), "contradicts itself, and nothing tells which is true: status 400 with Pending"),
        (Trouble.CLOSED, "gave no answer: closed"),
        (Trouble.TIMEOUT, "gave no answer: timeout"),
    ],
)
def test_a_decision_that_cannot_be_read_is_inconclusive(reply: Told, reason: str) -> None:
    with pytest.raises(Inconclusive, match=reason):
        must_decide(ala()[0], answer(reply))


def looking_up(*states: str) -> tuple[OpensrsSeller, Played, Answer]:
    """A seller that tells a pending order in such states, one after the other, once it has said no."""
    looked_up = [
        ops(is_success="1", response_code="200").replace("</dt_assoc>", _attributes(state), 1) for state in states
    ]
    scene = Played([(200, ops(is_success="0", response_code="400")), *((200, words) for words in looked_up)])
    seller, pending = OpensrsSeller(OPENSRS, scene), Order("pending", "578")
    seller.states["578"] = [(0, "pending")]
    return seller, scene, seller.cancel(pending, Variation(without=("protocol",)))


def _attributes(state: str) -> str:
    return f'<item key="attributes"><dt_assoc><item key="state">{state}</item></dt_assoc></item></dt_assoc>'


@pytest.mark.parametrize(("number", "asked"), [(1, 2), (2, 3)])  # the look-up is number 1: after the refusal, or before
def test_who_was_told_of_its_order_after_the_refusal_is_served_and_is_not_asked_again(number: int, asked: int) -> None:
    seller, scene, refused = looking_up("pending", "pending")
    seller.state_of(Order("pending", "578"))
    must_serve_buyer(seller, replace(refused, exchange=replace(refused.exchange, number=number)), NO_ACCEPTANCE)
    assert len(scene.asked) == asked


def test_an_order_is_called_off_behind_a_no_where_that_is_told_twice() -> None:
    seller, scene, refused = looking_up("cancelled", "cancelled")
    with pytest.raises(Nonconformance, match="says no, and calls the order off all the same"):
        must_refuse(seller, refused)
    assert scene.rested > 0


def test_what_is_told_of_an_order_once_and_then_otherwise_accuses_nobody() -> None:
    seller, _, refused = looking_up("cancelled", "pending")
    with pytest.raises(Inconclusive, match="that the order is cancelled, and then that it is pending"):
        must_refuse(seller, refused)


@pytest.mark.parametrize("state", ["pending", "in-progress", "completed"])
def test_an_order_that_was_not_called_off_is_looked_at_once(state: str) -> None:
    seller, scene, refused = looking_up(state)
    must_refuse(seller, refused)
    assert not scene.rested


def test_a_reply_that_contradicts_itself_about_an_order_that_has_moved_on_decides_nothing() -> None:
    seller, scene, _ = looking_up("in-progress")
    asked = Asked(Order("pending", "578"), Variation(without=("protocol",)), "buyer")
    contradictory = exchange((200, ops(is_success="1", response_code="400")), operation="cancel_order")
    with pytest.raises(Inconclusive, match="nothing tells which is true"):
        must_refuse(seller, replace(seller.read(contradictory), asked=asked))
    assert not scene.replies


def test_a_reply_that_contradicts_itself_decides_nothing_where_the_look_up_does_so_too() -> None:
    seller, scene, _ = looking_up("cancelled", "pending")
    asked = Asked(Order("pending", "578"), Variation(without=("protocol",)), "buyer")
    contradictory = exchange((200, ops(is_success="1", response_code="400")), operation="cancel_order")
    with pytest.raises(Inconclusive, match="that the order is cancelled, and then that it is pending"):
        must_refuse(seller, replace(seller.read(contradictory), asked=asked))
    assert scene.rested > 0


@pytest.mark.parametrize("status", [302, 503])
def test_a_success_of_opensrs_behind_a_status_that_is_read_first_is_told_by_the_state(status: int) -> None:
    for state in ("cancelled", "pending"):
        seller, scene, refused = looking_up(state, *([state] if state == "cancelled" else []))
        success = exchange((status, ops(is_success="1", response_code="200")), operation="cancel_order")
        answer = replace(seller.read(success), asked=refused.asked)
        if state == "pending":
            must_not_serve(seller, answer)
            assert scene.untouched_orders  # and so the order is used once more
        else:
            with pytest.raises(Nonconformance, match="it must not"):
                must_not_serve(seller, answer)


def test_opensrs_has_words_of_its_own_and_no_others() -> None:
    seller = opensrs()
    must_decide(seller, answer((200, ops(is_success="1", response_code="200")), seller))
    must_decide(seller, answer((200, ops(is_success="0", response_code="405")), seller))
    must_decide(
        seller, answer((404, ops(is_success="0", response_code="405")), seller)
    )  # in words, whatever the status
    with pytest.raises(Nonconformance, match="neither of the two outcomes") as caught:
        must_decide(seller, answer((200, ops(is_success="maybe")), seller))
    assert caught.value.expected == "taken up or rejected, in a 2xx reply"
    with pytest.raises(Inconclusive, match="does not know us as the buyer"):
        must_decide(seller, answer((200, ops(object="AUTHENTICATE", is_success="0", response_code="400")), seller))
    with pytest.raises(Inconclusive, match="too busy"):
        must_decide(seller, answer((200, ops(is_success="0", response_code="300")), seller))


@pytest.mark.parametrize(
    "body",
    [
        FAULT.format(1),
        f"<E><Body>{FAULT.format(1)}</Body></E>",
        "<a:fault xmlns:a='urn:a'><a:faultmessage/><a:detail/><a:faultcode/></a:fault>",
    ],
)
def test_a_fault_has_one_code_and_one_message(body: str) -> None:
    fault.is_fault(exchange((400, body)))
    fault.is_complete(exchange((400, body)))


@pytest.mark.parametrize(
    ("body", "received", "at"),
    [
        ("<r/>", "r", "/r, line 1"),
        (f"<r>{FAULT.format(1) * 2}</r>", "2 faults", "/r, line 1"),
        (
            "<E><Body><s:Fault xmlns:s='urn:s'><faultcode/><faultstring/></s:Fault></Body></E>",
            "Fault with faultcode, faultstring",
            "/E/Body/Fault, line 1",
        ),
        ("<fault/>", "nothing", "/fault, line 1"),
        ("<fault><faultmessage/><detail/></fault>", "only faultmessage, detail", "/fault, line 1"),
        ("<fault><faultcode/></fault>", "only faultcode", "/fault, line 1"),
        ("<fault><faultcode/><faultcode/><faultmessage/></fault>", "2 of them", "/fault, line 1"),
        ("<r><fault><faultcode/><faultmessage/><faultmessage/></fault></r>", "2 of them", "/r/fault, line 1"),
        ("<fault><x><faultcode/></x><faultmessage/></fault>", "only x, faultmessage", "/fault, line 1"),
    ],
)
def test_what_is_no_such_fault_is_told_with_its_place(body: str, received: str, at: str) -> None:
    with pytest.raises(Nonconformance) as caught:  # noqa: PT012 - whichever of the two it is
        fault.is_fault(exchange((400, body)))
        fault.is_complete(exchange((400, body)))
    assert (caught.value.received, caught.value.at) == (received, at)


def test_a_fault_says_something_in_both_places() -> None:
    fault.says_something(exchange((400, FAULT.format(1))))
    fault.says_something(exchange((400, "not XML")))
    fault.says_something(exchange(Trouble.CLOSED))
    for name, place in (("faultcode", "[2]"), ("faultmessage", "")):
        with pytest.raises(Nonconformance, match="says nothing") as caught:
            fault.says_something(
                exchange((400, f"<fault><faultcode>1</faultcode><detail/><{name}> \n</{name}></fault>"))
            )
        assert caught.value.at == f"/fault/{name}{place}, line 1"


def test_a_fault_has_at_most_one_detail() -> None:
    fault.has_one_detail(exchange((400, FAULT.format(1))))
    fault.has_one_detail(exchange((400, "<fault><detail/><faultcode/></fault>")))
    with pytest.raises(Nonconformance, match="more than one detail") as caught:
        fault.has_one_detail(exchange((400, "<fault><detail/>\n<detail/></fault>")))
    assert (caught.value.received, caught.value.at) == ("2", "/fault/detail[2], line 2")


CLAUSE = Clause(
    "ALA-REQ-07", "ala", "a cancellation names an order", Evidence.DOCUMENTED, "cancelOrder 2.30, request fields"
)


def test_one_word_is_expected_whole_and_several_in_the_order_given() -> None:
    with pytest.raises(Nonconformance):
        expect("rejected", "reject", otherwise="a part of a word is another word")
    expect(frozenset({"a", "b"}), "b", otherwise="odd")
    for expected, said in ((("b", "a"), "b or a"), (frozenset({"b", "a"}), "a or b"), ({"b", "a"}, "a or b")):
        with pytest.raises(Nonconformance) as caught:
            expect(expected, "c", otherwise="odd")
        assert caught.value.expected == said


@pytest.mark.parametrize("fail_on", [None, "standard", "inferred"])
def test_a_documented_clause_fails_whatever_else_is_to_fail(fail_on: str | None) -> None:
    assert (
        judge(Nonconformance("odd"), CLAUSE, in_given=False, exchanges=[], again="", fail_on=fail_on).verdict
        is Verdict.DOES_NOT_CONFORM
    )


def test_what_kept_us_from_finding_out_is_told_with_what_was_received_and_where() -> None:
    unsure = judge(
        Inconclusive("unsure", received="perhaps", at="/r"), CLAUSE, in_given=False, exchanges=[], again="again"
    )
    assert (unsure.message or "").startswith("Inconclusive: unsure\n  received  perhaps\n  at        /r\n")
    error = Nonconformance("odd", expected="refused", received="pending", at="/r")
    given = judge(error, CLAUSE, in_given=True, exchanges=[], again="again")
    assert "could not be had: odd\n  expected  refused\n  received  pending\n  at        /r\n" in (given.message or "")


def test_verdicts_and_statuses_of_faults_are_those_documented() -> None:
    assert [str(verdict) for verdict in Verdict] == [
        "conforms",
        "does not conform",
        "departs",
        "inconclusive",
        "not applicable",
        "not tested",
    ]
    assert fault.STATUSES == (400, 401, 403)
