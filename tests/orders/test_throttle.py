"""A seller that says "not now" uses nothing up, is asked again once, and finds the run as slow as it wants it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, cast

import pytest
import warm

from countermand.model.exchange import Reply
from countermand.provider.http import Request, Response
from countermand.run import throttle
from orders.conftest import ENVIRONMENT, Ala, Opensrs, placed

ALA_CLAUSES = "ALA-CAN-01 or ALA-CAN-02 or ALA-REQ-01 or ALA-REQ-07 or ALA-SEC-02 or ALA-ORD-01 or ALA-FLT-01"
OSRS_CLAUSES = "OSRS-CAN-01 or OSRS-SIG-01 or OSRS-SIG-02 or OSRS-RPL-02 or OSRS-STA-01 or OSRS-XML-01 or OSRS-REQ-01"


class Every:
    """Stands before a seller and turns requests away before they reach it."""

    def __init__(self, n: int, refusal: Callable[[int], Response]) -> None:
        self.n, self.refusal, self.lock = n, refusal, threading.Lock()
        self.count, self.refused = 0, list[bytes]()

    def turns_away(self, request: Request) -> Response | None:
        with self.lock:
            self.count += 1
            if self.count % self.n:
                return None
            self.refused.append(request.body)
            return self.refusal(self.count)


class ThrottledAla(Ala):
    def __init__(self, gate: Every) -> None:
        super().__init__()
        self.gate = gate

    def handle(self, request: Request) -> Response:
        return self.gate.turns_away(request) or super().handle(request)


class ThrottledOpensrs(Opensrs):
    def __init__(self, gate: Every) -> None:
        super().__init__()
        self.gate = gate

    def handle(self, request: Request) -> Response:
        return self.gate.turns_away(request) or super().handle(request)


def too_many(_: int) -> Response:
    return Response(429, b"", (("Retry-After", "0"),))


def in_ops(code: str) -> Callable[[int], Response]:
    seller, items = (
        Opensrs(),
        {"protocol": "XCP", "object": "TRUST_SERVICE", "response_text": "Rate exceeded", "action": "REPLY"},
    )
    return lambda _: Response(
        200, seller.envelope({**items, "response_code": code, "is_success": "0"}), seller.headers()
    )


CLAUSES = {"ala": (ALA_CLAUSES, "in_flight"), "opensrs": (OSRS_CLAUSES, "pending")}


def seller(api: str, gate: Every) -> ThrottledAla | ThrottledOpensrs:
    return ThrottledAla(gate) if api == "ala" else ThrottledOpensrs(gate)


@pytest.fixture(scope="module")
def unthrottled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Return the verdicts on both sellers where nobody is turned away."""
    verdicts = {}
    for api, (clauses, state) in CLAUSES.items():
        with placed(seller(api, Every(10**9, too_many)), tmp_path_factory.mktemp(api), {state: 6}) as place:
            place.run("-m", clauses)
            verdicts[api] = {name: verdict for name, (verdict, _) in place.verdicts().items()}
            assert not [note for note in place.results()["notes"] if "not now" in note]
    return verdicts


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one", "two"])
@pytest.mark.parametrize("api", CLAUSES)
def test_six_orders_survive_a_seller_that_is_busy_every_other_time(
    api: str, workers: tuple[str, ...], unthrottled: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    gate, (clauses, state) = Every(2, too_many), CLAUSES[api]
    with placed(seller(api, gate), tmp_path, {state: 6}) as place:
        place.run("-m", clauses, *workers)
        assert len(gate.refused) > 6
        verdicts = {name: verdict for name, (verdict, _) in place.verdicts().items()}
        beside = {name: "not applicable" for name in verdicts if "while the buyer is served" in name}
        assert verdicts == unthrottled[api] | beside  # who is busy is asked one thing at a time
        used = place.listing()["states"][state]["used"]
        assert [order["outcome"] for order in used if "429" in order["outcome"]] == []
        assert [note for note in place.results()["notes"] if 'said "not now"' in note and "[safety] rate" in note]
    rows = replayed(tmp_path)
    assert {row["name"]: row["verdict"] for row in rows} == verdicts


class Bucket(Every):
    """Lets so many requests through in a second, and a few at once, and says nothing else of those it turns away."""

    def __init__(self, rate: float, burst: int) -> None:
        super().__init__(1, lambda _: Response(503, b"<html>Service Temporarily Unavailable</html>"))
        self.rate, self.burst, self.left, self.last = rate, burst, float(burst), time.monotonic()

    def turns_away(self, request: Request) -> Response | None:
        with self.lock:
            now = time.monotonic()
            self.left, self.last = min(self.burst, self.left + (now - self.last) * self.rate), now
            if self.left >= 1:
                self.left -= 1
                return None
            self.refused.append(request.body)
            return self.refusal(0)


@pytest.mark.parametrize("api", CLAUSES)
def test_a_limit_that_does_not_say_that_nothing_was_done_costs_few_orders(
    api: str, unthrottled: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """As nginx has it unless it is told otherwise: 503 without Retry-After."""
    gate, (_, state) = Bucket(10, 5), CLAUSES[api]
    with placed(seller(api, gate), tmp_path, {state: 16}) as place:
        place.run("-n", "1")
        used = [order for order in place.listing()["states"][state]["used"] if "503" in order["outcome"]]
        notes = [
            note for note in place.results()["notes"] if "said 502, 503 or 504" in note and "[safety] rate" in note
        ]
    assert len(used) < 6, used
    assert len(notes) == 1
    assert replayed(tmp_path)


def replayed(folder: Path) -> list[dict[str, Any]]:
    """Judge a run again, and see that every exchange is where it was."""
    warm.done(
        [*warm.COMMAND, "run", "--replay", "reports", "--reports", "again", "--no-page"], cwd=folder, env=ENVIRONMENT
    )
    then, now = (
        [json.loads(line) for line in (folder / name / "record.jsonl").read_text().splitlines()]
        for name in ("reports", "again")
    )
    kept = {row["id"]: [exchange["reply"] for exchange in row["exchanges"]] for row in then}
    assert kept == {row["id"]: [exchange["reply"] for exchange in row["exchanges"]] for row in now}
    return now


class Once(Every):
    """Turns one cancellation away, the first of an order there is."""

    orders: frozenset[bytes] = frozenset()

    def turns_away(self, request: Request) -> Response | None:
        if (
            b"cancel_order" not in request.body
            or self.refused
            or not any(order in request.body for order in self.orders)
        ):
            return None
        self.refused.append(request.body)
        return self.refusal(1)


def once(refusal: Callable[[int], Response]) -> ThrottledOpensrs:
    gate = Once(1, refusal)
    seller = ThrottledOpensrs(gate)
    gate.orders = frozenset(str(order).encode() for order in seller.target()["orders"]["pending"])
    return seller


def busy(status: int, **headers: str) -> Callable[[int], Response]:
    return lambda _: Response(status, b"", tuple((name.replace("_", "-"), value) for name, value in headers.items()))


SOON = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)


@pytest.mark.parametrize(
    ("refusal", "processed"),
    [
        (busy(429, Retry_After=SOON), False),
        (busy(503, Retry_After="0"), False),
        (in_ops("300"), False),
        (in_ops("350"), False),
        (busy(503), True),
        (busy(504), True),
        (in_ops("705"), True),
    ],
    ids=["429 date", "503 seconds", "300", "350", "503", "504", "705"],
)
def test_only_what_was_not_processed_is_sent_again(
    refusal: Callable[[int], Response], processed: bool, tmp_path: Path
) -> None:
    seller = once(refusal)
    with placed(seller, tmp_path, {"pending": 2}) as place:
        place.run("-m", "OSRS-CAN-01")
        verdict, _ = place.verdicts()["A complete cancellation"]
        used = [order["outcome"] for order in place.listing()["states"]["pending"]["used"]]
        sent = [request.body for request in seller.actions("cancel_order")]
    refused = seller.gate.refused[0]
    if processed:  # as doubtful as ever: the order may be gone, and nothing is sent twice
        assert (verdict, sent.count(refused), len(used)) == ("inconclusive", 0, 1)
        return
    assert (verdict, sent.count(refused), len(used)) == ("conforms", 1, 1)
    assert {row["verdict"] for row in replayed(tmp_path)} == {"conforms"}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one", "two"])
def test_a_seller_that_is_always_busy_is_asked_twice_and_soon_left_alone(
    workers: tuple[str, ...], tmp_path: Path
) -> None:
    gate = Every(1, busy(429, Retry_After="0"))
    with placed(ThrottledAla(gate), tmp_path, {"in_flight": 6}, "[limits]\ndead = 2\n") as place:
        place.run(*workers, "-m", "ALA-CAN-01 or ALA-CAN-02 or ALA-XML-01 or ALA-REQ-01", check=10)
        assert place.listing()["states"]["in_flight"]["used"] == []
        assert {verdict for verdict, _ in place.verdicts().values()} <= {"inconclusive", "not applicable"}
        assert workers or any(
            'said "not now", was too busy, or sent us elsewhere 2 times in a row: nothing more is sent to it' in words
            for _, words in place.verdicts().values()
        )
    assert 2 <= max(map(gate.refused.count, gate.refused)) <= 2 + bool(workers)


class ForStrangers(ThrottledAla):
    """Tells strangers "not now", whatever the pace."""

    def handle(self, request: Request) -> Response:
        if request.peer is None:
            self.gate.refused.append(request.body)
            return self.gate.refusal(1)
        return super().handle(request)


def test_a_door_that_is_always_busy_for_strangers_slows_nobody_down(tmp_path: Path) -> None:
    seller = ForStrangers(Every(10**9, busy(429)))
    with placed(seller, tmp_path, {"in_flight": 4}) as place:
        place.run("-m", "ALA-SEC-01 or ALA-CAN-01")
        assert seller.gate.refused
        assert not [note for note in place.results()["notes"] if "not now" in note]
        assert place.verdicts()["A complete cancellation"][0] == "conforms"


def test_a_yes_in_a_busy_reply_is_no_not_now(tmp_path: Path) -> None:
    items = {
        "protocol": "XCP",
        "object": "TRUST_SERVICE",
        "response_text": "Done",
        "action": "REPLY",
        "response_code": "200",
    }
    yes = once(lambda _: Response(429, yes.envelope({**items, "is_success": "1"}), yes.headers()))
    with placed(yes, tmp_path, {"pending": 2}) as place:
        place.run("-m", "OSRS-CAN-01")
        assert len(place.listing()["states"]["pending"]["used"]) == 1
    orders = cast("Once", yes.gate).orders
    assert [request.order for request in yes.actions("cancel_order") if request.order.encode() in orders] == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("Retry-After", "7"),), 7.0),
        ((("Retry-After", "Wed, 25 Nov 2026 10:00:09 GMT"), ("Date", "Wed, 25 Nov 2026 10:00:00 GMT")), 9.0),
        ((("Retry-After", "Wed, 25 Nov 2026 09:00:00 GMT"), ("Date", "Wed, 25 Nov 2026 10:00:00 GMT")), 0.0),
        ((("Retry-After", "86400"),), throttle.INSTEAD),
        ((("Retry-After", "99999999999999999999"),), throttle.INSTEAD),
        ((("Retry-After", "soon"),), throttle.PAUSE),
        ((("Retry-After", "-1"),), throttle.PAUSE),
        ((("Retry-After", f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}"),), throttle.PAUSE),
        ((("Retry-After", f"Mon, 01 Jan 2024 {'9' * 20}:00:00 GMT"),), throttle.PAUSE),
        ((), throttle.PAUSE),
    ],
)
def test_a_pause_is_read_as_asked_and_bounded(headers: tuple[tuple[str, str], ...], seconds: float) -> None:
    assert throttle.pause(Reply(429, "", "HTTP/1.1", headers, b"")) == seconds


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_seller_in_trouble_is_left_alone_and_a_door_that_tells_strangers_so_is_not(status: int) -> None:
    bare, asking, patient = (
        Reply(status, "", "HTTP/1.1", headers, b"")
        for headers in ((), (("Retry-After", "3"),), (("Retry-After", "50"),))
    )
    assert (throttle.rest(bare, sound=True), throttle.rest(bare, sound=False)) == (1.0, 0.0)
    assert {throttle.rest(asking, sound=sound) for sound in (True, False)} == {3.0}
    assert {throttle.rest(patient, sound=sound) for sound in (True, False)} == {throttle.INSTEAD}


def test_the_pace_settles_between_what_was_refused_and_what_was_taken(tmp_path: Path) -> None:
    slow = throttle.Throttle(tmp_path, "ala", serial=True)
    reply = Reply(429, "", "HTTP/1.1", (), b"")
    for _ in range(3):
        assert slow.refused(reply, "buyer", sound=True)
    slow.taken(0.15, sound=True)
    learnt = slow.learnt
    assert learnt is not None
    assert (learnt.interval, learnt.worked, learnt.streak, learnt.refusals) == (0.15, 0.15, 0, 3)
    assert "[safety] rate to 6.7 or less" in throttle.advice("staging", None, learnt)[0]


def test_who_asks_for_a_longer_pause_than_a_run_keeps_is_named_with_it(tmp_path: Path) -> None:
    slow = throttle.Throttle(tmp_path, "ala", serial=True)
    slow.refused(Reply(429, "", "HTTP/1.1", (("Retry-After", "3600"),), b""), "buyer", sound=True)
    (words,) = throttle.advice("staging", None, slow.learnt)
    assert "asked to be left alone for 3600 s, and a run waits for 60 s at most: run again once that is over" in words
    slow.taken(10.0, sound=True)  # and yet it took one before
    assert "[safety] rate" in throttle.advice("staging", None, slow.learnt)[0]
