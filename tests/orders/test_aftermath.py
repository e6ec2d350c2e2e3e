"""What becomes later of the orders whose cancellation was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from running import Told, run, served

from countermand.provider.deviants import deviants
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller

QUEUEING, RETRYING, SWEEPING = (deviants("opensrs")[name] for name in ("Queueing", "Retrying", "Sweeping"))
CLAUSE = "OSRS-STA-06"
CLAUSES = f"OSRS-CMD-01 or OSRS-SIG-02 or {CLAUSE}"


class Moving(Seller):
    """A seller at which something becomes of pending orders once one of them is looked up for the third time."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = Counter[str]()

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, and let time go by."""
        order = self.find(message.attribute("order_id"), reseller)
        self.looks[order.number] += 1
        if self.looks[order.number] == 3:
            for other in [other for other in self.owned(self.buyer) if other.state is State.PENDING]:
                self.move(other, order)
        return super().get_order_info(message, reseller)

    def move(self, other: Order, order: Order) -> None:
        """Let something become of an order, that which is looked up or another."""
        raise NotImplementedError


class Reset(Moving):
    """Has all orders cancelled by its owner."""

    def move(self, other: Order, _order: Order) -> None:
        """Cancel every order."""
        self.keep(other.become(State.CANCELLED))


class Advancing(Moving):
    """Takes every order on its way."""

    def move(self, other: Order, _order: Order) -> None:
        """Process every order."""
        self.keep(other.become(State.IN_PROGRESS))


class Finishing(Moving):
    """Takes every order to its end."""

    def move(self, other: Order, _order: Order) -> None:
        """Complete every order."""
        self.keep(other.become(State.COMPLETED))


class Lagging(Seller):
    """Tells for once, when an order is looked up for the third time, that it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = Counter[str]()

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, or what was kept of another."""
        number = message.attribute("order_id") or ""
        self.looks[number] += 1
        says = super().get_order_info(message, reseller)
        return {**says, "state": State.CANCELLED} if self.looks[number] == 3 else says


def judged(folder: Path, seller: Seller, clauses: str = CLAUSES, *options: str) -> Told:
    with served("opensrs", folder / "seller", seller) as path:
        return run(folder, f"--target={path}", "-m", clauses, *options)


@pytest.mark.parametrize("seller", [QUEUEING, RETRYING])
def test_an_order_that_is_called_off_after_the_no_is_shown_and_by_a_replay(
    tmp_path: Path, seller: type[Seller]
) -> None:
    done = judged(tmp_path, seller(), CLAUSES, "-n", "1")
    assert done.verdicts[CLAUSE] == "departs", done.said
    assert "the seller says no, and calls the order off later" in done.said
    (tmp_path / "again").mkdir()
    assert run(tmp_path / "again", f"--replay={done.reports}").verdicts == done.verdicts


def test_it_does_not_pass_where_several_processes_ask(tmp_path: Path) -> None:
    done = judged(tmp_path, RETRYING(), CLAUSES, "-n", "3")
    assert done.verdicts[CLAUSE] in {"departs", "inconclusive"}, done.said  # at the end it may take none up


@pytest.mark.parametrize(
    ("seller", "verdict"),
    [
        (Seller, "conforms"),
        (Advancing, "conforms"),
        (Finishing, "conforms"),
        (Lagging, "conforms"),
        (Reset, "inconclusive"),
    ],
)
def test_a_seller_at_which_orders_move_otherwise_is_not_accused(
    tmp_path: Path, seller: type[Seller], verdict: str
) -> None:
    done = judged(tmp_path, seller())
    assert done.verdicts[CLAUSE] == verdict, done.said


def test_what_another_cancellation_has_called_off_is_not_held_against_a_no(tmp_path: Path) -> None:
    done = judged(tmp_path, SWEEPING(), f"{CLAUSES} or OSRS-STA-04 or OSRS-XML-01")
    assert done.verdicts["OSRS-STA-04"] == "departs", done.said
    assert done.verdicts[CLAUSE] in {"conforms", "not applicable"}, done.said


def test_where_no_cancellation_was_refused_nothing_is_said(tmp_path: Path) -> None:
    done = judged(tmp_path, Seller(), f"{CLAUSE} or OSRS-CAN-01")
    assert done.verdicts[CLAUSE] == "not applicable"
    assert "no order was looked up after its cancellation was refused" in done.said


def test_an_order_that_the_run_itself_cancels_after_all_is_not_held_against_its_seller(tmp_path: Path) -> None:
    done = judged(tmp_path, Seller(), CLAUSE + " or OSRS-SIG-02", "-n", "1")
    assert done.verdicts == {"OSRS-SIG-02": "conforms", CLAUSE: "conforms"}, done.said
