"""What a seller says in words of its own, and anew with every answer, is no accusation, and hides none."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from string import ascii_lowercase
from typing import Any

import pytest

from countermand.model.verdict import Verdict
from countermand.proof.field import judge
from countermand.provider.ala.decision import Answer
from countermand.provider.ala.markup import Element
from countermand.provider.ala.orders import Order
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller
from countermand.provider.ala.style import Second, Style
from countermand.provider.opensrs.orders import Order as Certificate
from countermand.provider.opensrs.seller import Seller as Opensrs


class Ticketed(Seller):
    """Gives every refusal an incident of its own, which is no number."""

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        incident = "".join(random.choices(ascii_lowercase, k=6))
        return super().decision(
            replace(answer, message=f"{answer.message} Incident {incident}.") if answer.code else answer
        )


class Telling(Ticketed):
    """Tells besides whose the order is."""

    def unknown(self, order: Order | None) -> Answer:
        answer = super().unknown(order)
        return replace(answer, message=f"{answer.message} Ask {order.owner}!") if order else answer


class Balanced(Seller):
    """Is two machines in turn, and says which."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = count()

    def files(self) -> dict[str, str]:
        """Give no schema, in which there would be no such field."""
        return {}

    def target(self) -> dict[str, Any]:
        return {key: value for key, value in super().target().items() if key != "schemas"}

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        return (*super().decision(answer), Element("servedBy", f"gateway-{'ab'[next(self._turns) % 2]}"))


class Shouting(Seller):
    """Repeats the reference of an order in capitals."""

    def named(self, asked: Cancellation, answer: Answer) -> str:  # noqa: ARG002 - as in the base class
        return asked["targetSellerOrderReference"].upper()


class Remarking(Seller):
    """Answers a second cancellation as the first, and remarks that it has been there before."""

    def __init__(self) -> None:
        super().__init__(Style(second=Second.SAME))

    def decide_about(self, order: Order) -> Answer:
        is_second = order.seller_reference in self.taken_up
        answer = super().decide_about(order)
        return replace(answer, code="200", message="The cancellation is already pending.") if is_second else answer


class Written(Opensrs):
    """Writes a domain in capitals and with a final dot when its order is cancelled."""

    def success_attributes(self, order: Certificate) -> Any:  # noqa: ANN401 - as in the base class
        attributes = dict(super().success_attributes(order))
        return attributes | {"domain": f"{attributes['domain'].upper()}."}


RIGHT: dict[str, dict[str, Callable[[], Any]]] = {
    "ala": {kind.__name__: kind for kind in (Ticketed, Balanced, Shouting, Remarking)},
    "opensrs": {"Written": Written},
}


@pytest.mark.parametrize("api", RIGHT)
def test_words_of_its_own_accuse_nobody(api: str) -> None:
    judgements = judge(api, RIGHT[api])
    wrong = {
        (name, clause): verdict
        for name, judgement in judgements.items()
        for clause, verdict in judgement.clauses.items()
        if verdict not in {Verdict.CONFORMS, Verdict.NOT_APPLICABLE}
    }
    assert wrong == {}
    assert {judgement.verdict for judgement in judgements.values()} == {Verdict.CONFORMS}


def test_a_number_that_is_new_each_time_hides_nothing_that_is_told_besides() -> None:
    assert judge("ala", {"telling": Telling})["telling"].clauses["ALA-ORD-05"] is Verdict.DEPARTS
