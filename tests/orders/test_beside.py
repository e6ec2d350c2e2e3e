"""What becomes of the orders that nobody asked to be cancelled, while another one is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from running import Told, run, served

from countermand.provider.deviants import deviants
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import IN_FLIGHT, Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import RefusedError

CLAUSES = "OSRS-STA-04 or OSRS-CAN-01"
SWEEPING, SPRAWLING, SPREADING = (deviants("opensrs")[name] for name in ("Sweeping", "Sprawling", "Spreading"))


def behind(seller: Seller, order: Order) -> list[Order]:
    """Return the buyer's next order of the same state, if there is one."""
    alike = [other for other in seller.owned(seller.buyer) if other.state is order.state]
    return alike[alike.index(order) + 1 :][:1]


class Flickering(Seller):
    """Tells once, after each cancellation, what it has kept of the order that was cancelled."""

    kept = ""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and keep what became of it."""
        cancelled = super().cancel(order)
        self.kept = State.CANCELLED
        return cancelled

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, or how another one does."""
        word, self.kept = self.kept, ""
        return {**super().get_order_info(message, reseller), **({"state": word} if word else {})}


class Declining(Seller):
    """Has its supplier decline another order in progress, whenever one is cancelled."""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, while the supplier is busy with others."""
        cancelled = super().cancel(order)
        for other in [other for other in self.owned(self.buyer) if other.state is State.IN_PROGRESS]:
            self.keep(other.become(State.DECLINED))
        return cancelled


class Unsettled(Flickering):
    """Flickers at its first cancellation, and calls another order off at each later one."""

    cancelled = 0

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and from the second one on the one behind it."""
        self.cancelled += 1
        others = behind(self, order)
        cancelled = super().cancel(order)
        if self.cancelled > 1:
            self.kept = ""
            for other in others:
                self.keep(other.become(State.CANCELLED))
        return cancelled


class Deleting(Seller):
    """Knows an order no more when the one before it is cancelled."""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and lose the one behind it."""
        others = behind(self, order)
        cancelled = super().cancel(order)
        for other in others:
            del self.orders[other.number]
        return cancelled


class Numeric(Seller):
    """Keeps numbers as numbers."""

    def find(self, number: str | None, reseller: Reseller) -> Order:
        """Find an order, whatever zeros stand before its number."""
        return super().find(number and number.lstrip("0"), reseller)


class Refusing(Seller):
    """Has its supplier decline what is in progress as soon as it is to be cancelled and was looked up twice before."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = Counter[str]()

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, and count that."""
        self.looks[message.attribute("order_id") or ""] += 1
        return super().get_order_info(message, reseller)

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, unless it was declined meanwhile."""
        order = self.find(message.attribute("order_id"), reseller)
        if self.looks[order.number] > 1 and order.state is State.IN_PROGRESS:
            self.keep(order.become(State.DECLINED))
        return super().cancel_order(message, reseller)


class Lagging(Seller):
    """Tells for once, after it has refused to cancel an order, what it has kept of another order."""

    words: tuple[str, ...] = ("pending",)

    def __init__(self) -> None:
        super().__init__()
        self.left: list[str] = []

    def cancel(self, order: Order) -> Order:
        """Cancel an order, or refuse it and begin to tell something else."""
        if order.state not in self.cancellable:
            self.left = [*self.words]
        return super().cancel(order)

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, or something else."""
        return {**super().get_order_info(message, reseller), **({"state": self.left.pop(0)} if self.left else {})}


class Hushed(Lagging):
    """Tells no state twice, after it has refused to cancel an order."""

    words = ("", "")


class Learning(Seller):
    """Asks its supplier how an order that is over stands as soon as it is to be cancelled, and refuses that."""

    learnt: Mapping[State, State] = {
        State.COMPLETED: State.CANCELLED,
        State.DECLINED: State.COMPLETED,
        State.CANCELLED: State.DECLINED,
    }
    code: int | None = None

    def cancel(self, order: Order) -> Order:
        """Cancel an order, or refuse it and tell from then on what the supplier has said."""
        if order.state in self.learnt:
            self.keep(order.become(self.learnt[order.state]))
        if order.state not in self.cancellable and self.code is not None:
            raise RefusedError(self.code, "Another request is waiting")
        return super().cancel(order)


class LearningMore(Learning):
    """Learns of what was declined that its holder has called it off."""

    learnt: Mapping[State, State] = {State.DECLINED: State.CANCELLED}


class Queueing(Learning):
    """Refuses what is over for another request that is waiting, and leaves it."""

    learnt: Mapping[State, State] = {}
    code = 437


class Overtaken(Learning):
    """Refuses what is over for another request that is waiting, which is carried out then."""

    learnt: Mapping[State, State] = {State.DECLINED: State.CANCELLED}
    code = 437


class Pressed(Learning):
    """Refuses what is over because too many commands come at once."""

    learnt: Mapping[State, State] = {}
    code = 300


class Repeating(Seller):
    """Says once more that it has cancelled what is cancelled, and of what is declined that it cancels it."""

    cancellable = IN_FLIGHT | {State.CANCELLED, State.DECLINED}

    def cancelled_state(self, _order: Order) -> State:
        """Say so."""
        return State.CANCELLED


class Rigid(Seller):
    """Cancels orders in progress alone."""

    cancellable = frozenset({State.IN_PROGRESS})


def pending_alone(words: str, beside: str = "") -> str:
    """Leave the lists of orders out that are looked at beside a pending one, those in one state aside."""
    lists = {"in-progress", "awaiting-approval", "approver-confirmed", "foreign"} - {beside}
    return re.sub(rf"(?ms)^({'|'.join(lists)}) = \[.*?\]\n", "", words)


def judged(
    folder: Path,
    seller: Seller,
    clauses: str = CLAUSES,
    *options: str,
    pending: int = 30,
    alone: bool = False,
    beside: str = "",
) -> Told:
    """Judge a seller of which so many pending orders are listed, and if alone none beside them but in one state."""
    with served("opensrs", folder / "seller", seller) as path:
        words = path.read_text(encoding="utf-8")
        words = pending_alone(words, beside) if alone else words
        listed = re.search(r"(?ms)^pending = \[(.*?)\]$", words)
        assert listed
        few = ", ".join(re.findall(r'"\d+"', listed[1])[:pending])
        path.write_text(words.replace(listed[0], f"pending = [{few}]"), encoding="utf-8")
        return run(folder, f"--target={path}", "-m", clauses, *options)


def replayed(folder: Path, done: Told) -> Told:
    """Judge a run again from its record, in a folder of its own: nothing of the first can be taken for it."""
    (folder / "again").mkdir()
    return run(folder / "again", f"--replay={done.reports}")


@pytest.mark.parametrize(
    ("seller", "clauses"),
    [(SWEEPING, CLAUSES), (SWEEPING, "OSRS-STA-04"), (SPRAWLING, CLAUSES), (SPREADING, CLAUSES)],
)
def test_an_order_that_is_called_off_with_another_is_shown(tmp_path: Path, seller: type[Seller], clauses: str) -> None:
    done = judged(tmp_path, seller(), clauses)
    assert done.verdicts["OSRS-STA-04"] == "departs"
    assert "the seller calls off an order whose cancellation was not asked for" in done.said
    assert done.verdicts.get("OSRS-CAN-01", "conforms") == "conforms"


@pytest.mark.parametrize("seller", [SWEEPING, SPREADING])
def test_it_is_shown_by_several_processes_and_by_a_replay(tmp_path: Path, seller: type[Seller]) -> None:
    done = judged(tmp_path, seller(), CLAUSES, "-n", "2")
    assert done.verdicts["OSRS-STA-04"] == "departs"
    again = replayed(tmp_path, done)
    assert again.verdicts == done.verdicts


def test_no_order_more_is_used_up_to_see_it(tmp_path: Path) -> None:
    seller = Seller()
    done = judged(tmp_path, seller)
    pending = [order for order in seller.owned(seller.buyer) if order.state is State.PENDING]
    assert done.scenarios == {"conforms": 3}
    assert len(pending) >= 28  # one is cancelled, and one more at the end where refusals lean on it


@pytest.mark.parametrize("seller", [Declining, Seller])
def test_a_seller_that_conforms_is_not_accused(tmp_path: Path, seller: type[Seller]) -> None:
    done = judged(tmp_path, seller(), f"{CLAUSES} or OSRS-STA-01")
    assert done.verdicts["OSRS-STA-04"] == "conforms"


def test_what_a_look_up_tells_for_once_accuses_nobody(tmp_path: Path) -> None:
    done = judged(tmp_path, Flickering())
    assert done.verdicts["OSRS-STA-04"] == "inconclusive"
    assert "and not to be cancelled, that it is cancelled, and then pending" in done.said


def test_what_is_shown_once_is_not_hidden_by_what_is_not_known_of_others(tmp_path: Path) -> None:
    done = judged(tmp_path, Unsettled(), f"{CLAUSES} or OSRS-STA-01")
    assert done.verdicts["OSRS-STA-04"] == "departs", done.said


def test_an_order_that_is_known_no_more_is_not_passed_over(tmp_path: Path) -> None:
    done = judged(tmp_path, Deleting())
    assert done.verdicts["OSRS-STA-04"] == "inconclusive"
    assert "not to be cancelled, that it is in no state, and then in no state" in done.said


def test_one_order_listed_in_two_ways_is_no_other_one(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller", Numeric()) as path:
        words = path.read_text(encoding="utf-8")
        written = re.sub(r'(?ms)^pending = \[\s*"(\d+)".*?\]$', r'pending = ["\1", "0\1"]', words)
        path.write_text(pending_alone(written), encoding="utf-8")
        done = run(tmp_path, f"--target={path}", "-m", CLAUSES)
    assert done.verdicts == {"OSRS-CAN-01": "conforms", "OSRS-STA-04": "not applicable"}


def test_where_there_is_no_other_order_of_that_state_others_are_looked_at(tmp_path: Path) -> None:
    done = judged(tmp_path, Seller(), pending=1)
    assert done.verdicts == {"OSRS-CAN-01": "conforms", "OSRS-STA-04": "conforms"}


class Reaching(Seller):
    """Calls one of the orders that await approval off as well."""

    def cancel(self, order: Order) -> Order:
        waiting = (other for other in self.owned(self.buyer) if other.state is State.AWAITING_APPROVAL)
        if (other := next(waiting, None)) is not None:
            self.keep(other.become(State.CANCELLED))
        return super().cancel(order)


def test_an_order_in_whichever_other_state_is_looked_at_where_there_is_one(tmp_path: Path) -> None:
    done = judged(tmp_path, Reaching(), pending=1, alone=True, beside="awaiting-approval")
    assert done.verdicts["OSRS-STA-04"] == "departs", done.said


def test_what_becomes_of_an_order_that_was_only_looked_at_is_held_against_nothing(tmp_path: Path) -> None:
    done = judged(tmp_path, Refusing(), "OSRS-CAN-01 or OSRS-REQ-01", pending=0)
    assert done.verdicts["OSRS-CAN-01"] == "conforms", done.said


def test_an_order_that_was_only_looked_at_counts_against_no_cap(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller", Rigid()) as path:
        words = path.read_text(encoding="utf-8")
        path.write_text(words.replace("[safety]\n", "[safety]\ncancellations = 3\n"), encoding="utf-8")
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-SIG-01")
    assert done.verdicts["OSRS-SIG-01"] == "conforms", done.said


def test_where_there_is_no_other_order_nothing_is_asked_of_one(tmp_path: Path) -> None:
    done = judged(tmp_path, Seller(), pending=1, alone=True)
    assert done.verdicts == {"OSRS-CAN-01": "conforms", "OSRS-STA-04": "not applicable"}
    assert "no other order was looked up before a cancellation and after it" in done.said
    again = replayed(tmp_path, done)
    assert again.verdicts == done.verdicts


@pytest.mark.parametrize("name", ["Stealing", "Burying", "Haunting"])
def test_an_order_that_is_over_and_changes_where_its_cancellation_is_refused_is_shown(
    tmp_path: Path, name: str
) -> None:
    done = judged(tmp_path, deviants("opensrs")[name](), "OSRS-STA-01 or OSRS-STA-05", "-n", "2")
    assert done.verdicts == {"OSRS-STA-01": "conforms", "OSRS-STA-05": "departs"}
    assert "the seller refuses to cancel an order that is over, and changes its state" in done.said
    again = replayed(tmp_path, done)
    assert again.verdicts == done.verdicts


@pytest.mark.parametrize(
    ("seller", "verdict"),
    [
        (Seller, "conforms"),
        (Lagging, "conforms"),
        (Repeating, "conforms"),
        (Queueing, "conforms"),
        (Hushed, "inconclusive"),
        (Learning, "inconclusive"),
        (LearningMore, "inconclusive"),
        (Overtaken, "inconclusive"),
        (Pressed, "inconclusive"),
    ],
)
def test_an_order_that_is_over_accuses_nobody_where_it_is_told_otherwise_for_once(
    tmp_path: Path, seller: type[Seller], verdict: str
) -> None:
    done = judged(tmp_path, seller(), "OSRS-STA-05")
    assert done.verdicts["OSRS-STA-05"] == verdict, done.said


def test_a_seller_that_reads_numbers_as_numbers_is_not_accused_for_zeros_before_them(tmp_path: Path) -> None:
    done = judged(tmp_path, Numeric(), "OSRS-REQ-05")
    assert done.verdicts == {"OSRS-REQ-05": "conforms"}, done.said


class Agreeable(Seller):
    """Says yes to the cancellation of an order that is over, and leaves it."""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, or leave it."""
        return super().cancel(order) if order.state in self.cancellable else order


class First(Agreeable):
    """Reads the first of two numbers."""

    def read(self, body: bytes) -> Message:
        """Read a request without the second."""
        return super().read(
            re.sub(rb'(<item key="order_id">[^<]*</item>\s*)<item key="order_id">[^<]*</item>', rb"\1", body)
        )


class Unfinished(Seller):
    """Has no order that is over."""

    def __init__(self) -> None:
        super().__init__()
        self.orders = {number: order for number, order in self.orders.items() if order.state in IN_FLIGHT}


class Blurred(First):
    """Tells once, after a yes, that the order it was last asked for is cancelled."""

    word = ""

    def cancel(self, order: Order) -> Order:
        """Cancel an order, and blur what is told next."""
        self.word = State.CANCELLED
        return super().cancel(order)

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands, but for once."""
        word, self.word = self.word, ""
        return {**super().get_order_info(message, reseller), **({"state": word} if word else {})}


@pytest.mark.parametrize(
    ("seller", "verdict"),
    [(Seller, "conforms"), (Agreeable, "conforms"), (First, "conforms"), (Unfinished, "conforms")],
)
def test_a_seller_that_reads_either_of_two_numbers_is_not_accused(
    tmp_path: Path, seller: type[Seller], verdict: str
) -> None:
    serving = seller()
    foreign = serving.owned(serving.another_buyer)
    done = judged(tmp_path, serving, "OSRS-REQ-05")
    assert done.verdicts == {"OSRS-REQ-05": verdict}, done.said
    assert serving.owned(serving.another_buyer) == foreign


def test_what_its_owner_is_told_for_once_of_an_order_accuses_nobody(tmp_path: Path) -> None:
    done = judged(tmp_path, Blurred(), "OSRS-REQ-05")
    assert done.verdicts == {"OSRS-REQ-05": "inconclusive"}, done.said


@pytest.mark.parametrize("name", ["Prefacing", "Trailing"])
def test_who_looks_for_the_owner_of_another_order_than_is_cancelled_is_shown(tmp_path: Path, name: str) -> None:
    seller = deviants("opensrs")[name]()
    foreign = seller.owned(seller.another_buyer)
    done = judged(tmp_path, seller, "OSRS-REQ-05", "-n", "2")
    assert done.verdicts == {"OSRS-REQ-05": "departs"}
    assert "the seller calls the order of another buyer off all the same" in done.said
    assert len({*foreign} - {*seller.owned(seller.another_buyer)}) == 1
    again = replayed(tmp_path, done)
    assert again.verdicts == done.verdicts
