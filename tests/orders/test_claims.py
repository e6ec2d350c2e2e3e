"""What target files claim is held against what runs show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def notes(place: Any) -> list[str]:  # noqa: ANN401 - a Place
    return [note for note in place.results()["notes"] if "claims [capabilities]" in note]


def claimed(place: Any, *claims: str) -> None:  # noqa: ANN401 - a Place
    place.rewrite(lambda text: text + "\n[capabilities]\n" + "\n".join(claims) + "\n")


def test_a_seller_that_takes_up_what_it_is_said_not_to_is_told_of(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 4}) as place:
        claimed(place, 'takes_up = "no"', 'completed_orders = "no"')
        place.run("-m", "OSRS-CAN-01 or OSRS-REQ-01 or OSRS-STA-01 or OSRS-STA-05")
        assert notes(place) == [
            (
                'staging.toml claims [capabilities] takes_up = "no", but a cancellation was taken up '
                "in the scenario 'A complete cancellation'"
            ),
            (
                'staging.toml claims [capabilities] completed_orders = "no", '
                "but [orders] completed lists 2: they are not used"
            ),
        ]
        verdicts = place.verdicts()
        assert verdicts["The cancellation lacks its order_id"][0] == "not applicable"
        assert verdicts["An order that was completed before"][0] == "not applicable"


def test_claims_that_hold_are_not_told_of(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 4}) as place:
        claimed(place, 'takes_up = "yes"', 'get_order_info = "yes"', 'foreign_orders = "yes"')
        place.run("-m", "OSRS-CAN-01 or OSRS-REQ-01")
        assert notes(place) == []


def test_a_seller_that_is_said_to_take_up_and_does_not_is_told_of(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 4}) as place:
        place.seller.cancellable = frozenset()
        claimed(place, 'takes_up = "yes"')
        place.run("-m", "OSRS-CAN-01")
        (note,) = notes(place)
        assert (
            "a complete cancellation was refused in the scenario 'A complete cancellation', and none was taken up"
            in note
        )


def test_an_order_is_not_looked_up_where_it_cannot_be(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 4}) as place:
        claimed(place, 'get_order_info = "no"')
        place.run("-m", "OSRS-CAN-01 or OSRS-STA-03 or OSRS-SIG-01")
        assert not place.seller.actions("get_order_info")
        assert notes(place) == []


def test_without_another_buyer_there_are_no_orders_of_one(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"foreign": 0}) as place:
        claimed(place, 'foreign_orders = "no"')
        place.run("-m", "OSRS-REQ-05 or OSRS-REQ-06")
        verdicts = {name: verdict for name, (verdict, _) in place.verdicts().items()}
        own = [name for name in verdicts if "order of the buyer's" in name or "the buyer has cancelled" in name]
        assert {verdicts.pop(name) for name in own} == {"conforms"}  # which are nobody else's
        assert {*verdicts.values()} == {"not applicable"}
