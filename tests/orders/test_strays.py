"""An order that is called off by what another scenario asks meanwhile."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from running import Told, run, served

from countermand.provider.http import Request
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, RefusedError

CLAUSES = "OSRS-REQ-01 or OSRS-SIG-01"
#: Seconds within which both have asked.
PATIENCE = 5.0


class Straying(Seller):
    """Cancels whatever a wrong signature is asking for, where a cancellation names no order."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []
        self.asked, self.strayed = Event(), Event()

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request; whom it refuses it keeps waiting."""
        try:
            return super().authenticate(request)
        except RefusedError:
            if b"cancel_order" in request.body:
                self.bodies.append(request.body)
                self.asked.set()
                self.strayed.wait(PATIENCE)
            raise

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out a command, and take time over one that names no order."""
        if message.attribute("order_id") is None:
            self.asked.wait(PATIENCE)
        return super().command(message, reseller)

    def unnamed(self, number: str | None, reseller: Reseller) -> Order:
        """Take some order, and cancel that of the request that waits."""
        if number is not None:
            return super().unnamed(number, reseller)
        pending = [order for order in self.owned(reseller) if order.state is State.PENDING]
        wanted = [order for order in pending if any(order.number.encode() in body for body in self.bodies)]
        for order in wanted:
            self.keep(order.become(State.CANCELLED))
        self.strayed.set()
        return next(order for order in pending if order not in wanted)


class Calling(Seller):
    """Calls off as well what a wrong signature asks for."""

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request; of whom it refuses it cancels the order."""
        try:
            return super().authenticate(request)
        except RefusedError:
            for order in self.owned(self.buyer):
                if order.number.encode() in request.body and order.state is State.PENDING:
                    self.keep(order.become(State.CANCELLED))
            raise


def judged(folder: Path, seller: Seller) -> Told:
    with served("opensrs", folder / "seller", seller) as path:
        return run(folder, f"--target={path}", "-m", CLAUSES, "-n", "4")


def test_what_another_scenario_has_called_off_is_held_against_no_clause_but_its_own(tmp_path: Path) -> None:
    done = judged(tmp_path, Straying())
    assert done.verdicts == {"OSRS-REQ-01": "does not conform", "OSRS-SIG-01": "inconclusive"}, done.said
    assert "was called off while" in done.said
    (tmp_path / "again").mkdir()
    assert run(tmp_path / "again", f"--replay={done.reports}").verdicts == done.verdicts


def test_what_is_called_off_behind_a_no_is_shown_all_the_same(tmp_path: Path) -> None:
    done = judged(tmp_path, Calling())
    assert done.verdicts == {"OSRS-REQ-01": "conforms", "OSRS-SIG-01": "does not conform"}, done.said
