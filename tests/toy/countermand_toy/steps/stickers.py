"""A sentence that only toy shops need."""

from __future__ import annotations

from pytest_bdd import then

from countermand.model.verdict import expect
from countermand.protocols.answer import Answer
from countermand.protocols.seller import Seller


@then("there is a sticker in it")
def sticker(seller: Seller, answer: Answer) -> None:
    expect(1, len(seller.values(answer, "sticker")), otherwise="the reply has not one sticker")
