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
from countermand.provider.ala.decision import Answer, Decision
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

    stays = 1

    def __init__(self) -> None:
        super().__init__()
        self._turns = count()

    def files(self) -> dict[str, str]:
        """Give no schema, in which there would be no such field."""
        return {}

    def target(self) -> dict[str, Any]:
        return {key: value for key, value in super().target().items() if key != "schemas"}

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        return (*super().decision(answer), Element("servedBy", f"gateway-{'ab'[next(self._turns) // self.stays % 2]}"))


class Sticky(Balanced):
    """Is one machine for two answers, and then the other."""

    stays = 2


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


class Counting(Remarking):
    """Gives every answer a ticket, says how long it took, and which of its machines gave it."""

    def __init__(self) -> None:
        super().__init__()
        self._turns = count()

    def files(self) -> dict[str, str]:
        """Give no schema, in which there would be no such fields."""
        return {}

    def target(self) -> dict[str, Any]:
        return {key: value for key, value in super().target().items() if key != "schemas"}

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        turn = next(self._turns)
        facts = {
            "ticket": f"T-{random.randrange(10**9)}",
            "processingTime": f"{random.randrange(10**6)}us",
            "servedBy": f"gateway-{'ab'[turn % 2]}",
        }
        return (*super().decision(answer), *(Element(name, text) for name, text in facts.items()))


class Recoding(Remarking):
    """Answers every cancellation that is taken up in a code and a word for it, and the second in others."""

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        said = {"": ("200", "Accepted."), "200": ("208", "Duplicate.")}
        if answer.decision is Decision.PENDING:
            code, message = said[answer.code]
            answer = replace(answer, code=code, message=message)
        return super().decision(answer)


class Charging(Remarking):
    """Takes a second cancellation up as one of its own, and charges for it."""

    def __init__(self) -> None:
        super().__init__()
        self._cancellations = count(100)

    def decide_about(self, order: Order) -> Answer:
        answer = super().decide_about(order)
        opened = f"Cancellation C-{next(self._cancellations)} was opened, and 25 GBP charged."
        return replace(answer, code="200", message=opened) if answer.decision is Decision.PENDING else answer


class Denying(Seller):
    """Says of another buyer's order what it says of one that does not exist, but for a word."""

    def unknown(self, order: Order | None) -> Answer:
        return replace(super().unknown(order), message=f"The order is {'' if order else 'not '}known here.")


class Admitting(Seller):
    """Has a field more for another buyer's order, with nothing in it."""

    def files(self) -> dict[str, str]:
        """Give no schema, in which there would be no such field."""
        return {}

    def target(self) -> dict[str, Any]:
        return {key: value for key, value in super().target().items() if key != "schemas"}

    def unknown(self, order: Order | None) -> Answer:
        answer = super().unknown(order)
        return replace(answer, code=f"{answer.code}-F") if order else answer

    def decision(self, answer: Answer) -> tuple[Element, ...]:
        foreign = answer.code.endswith("-F")
        elements = super().decision(replace(answer, code=answer.code.removesuffix("-F")))
        return (*elements, Element("owned", "")) if foreign else elements


class Written(Opensrs):
    """Writes a domain in capitals and with a final dot when its order is cancelled."""

    def success_attributes(self, order: Certificate) -> Any:  # noqa: ANN401 - as in the base class
        attributes = dict(super().success_attributes(order))
        return attributes | {"domain": f"{attributes['domain'].upper()}."}


RIGHT: dict[str, dict[str, Callable[[], Any]]] = {
    "ala": {kind.__name__: kind for kind in (Ticketed, Balanced, Sticky, Shouting, Remarking, Recoding, Counting)},
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


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        (Telling, "ALA-ORD-05"),  # besides a number that is new each time
        (Denying, "ALA-ORD-05"),
        (Admitting, "ALA-ORD-05"),
        (Charging, "ALA-CAN-04"),
    ],
)
def test_what_is_told_besides_is_seen(kind: type[Seller], clause: str) -> None:
    assert judge("ala", {kind.__name__: kind})[kind.__name__].clauses[clause] is Verdict.DEPARTS
