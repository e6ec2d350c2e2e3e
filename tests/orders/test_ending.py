"""A run that is ended from outside ends soon, leaves a true ledger and true reports, and clears its own orders away."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermand.interruption import SIGNALS
from countermand.provider.http import Request, Response
from countermand.provider.opensrs.orders import State
from countermand.run.ending import Ending
from orders.conftest import ENVIRONMENT, Opensrs, Place, placed
from orders.test_registering import REGISTER


class Slow(Opensrs):
    """Takes its time to answer cancellations, after it has carried them out, and notes which are under way."""

    def __init__(self, seconds: float = 0.4) -> None:
        super().__init__()
        self.seconds, self.under_way, self.looks = seconds, 0, 0.0

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if b">cancel_order<" in request.body and b">1<" in response.body:
            self.under_way += 1
            time.sleep(self.seconds)
        if b">get_order_info<" in request.body:
            time.sleep(self.looks)
        return response


def begun(place: Place, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    command = place.command(
        "-m", "OSRS-CAN-01 or OSRS-STA-01 or OSRS-XML-01 or OSRS-XML-02 or OSRS-ATT-01 or OSRS-REQ-01", *arguments
    )
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.folder,
        env={**ENVIRONMENT, **variables},
        start_new_session=True,
    )


def until(place: Place, cancelled: int) -> None:
    deadline = time.monotonic() + 300
    while place.seller.under_way < cancelled and time.monotonic() < deadline:
        time.sleep(0.01)
    assert place.seller.under_way >= cancelled


def true(place: Place) -> None:
    """See that no order the seller has cancelled is thought left, and that reports tell of what was played alone."""
    entries = {
        row["number"]: row
        for state in place.listing()["states"].values()
        for name in ("used", "in use", "lost")
        for row in state[name]
    }
    gone = {request.order for request in place.seller.asked if request.taken_up()}
    with contextlib.closing(sqlite3.connect(place.ledger)) as base:
        ended = {number for (number,) in base.execute("SELECT number FROM orders WHERE ended IS NOT NULL")}
    assert gone <= entries.keys() | ended | {order["number"] for order in place.listing()["registered"]}
    assert all(order["outcome"] for order in entries.values()), entries
    results = place.results()
    assert not results["complete"]
    assert results["verdict"] in {"inconclusive", "conforms"}
    assert (place.folder / "reports" / "junit.xml").exists()
    assert (place.folder / "reports" / "record.jsonl").exists()


@pytest.mark.parametrize("workers", [(), ("-n", "4")], ids=["one", "four"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_a_run_and_loses_nothing(
    number: signal.Signals, workers: tuple[str, ...], tmp_path: Path
) -> None:
    with placed(Slow(), tmp_path, {"pending": 12}) as place:
        process = begun(place, *workers)
        until(place, 2)
        process.send_signal(number)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        (used,) = re.findall("^used up, or perhaps: (.*)$", said, re.MULTILINE)
        assert set(used.split(", ")) >= {request.order for request in place.seller.asked if request.taken_up()}
        true(place)


def test_an_end_before_the_first_scenario_is_told_and_leaves_a_report(tmp_path: Path) -> None:
    hurried = tmp_path / "hurried.py"
    hurried.write_text("def pytest_sessionstart(session):\n    raise KeyboardInterrupt\n")
    with placed(Slow(), tmp_path, {"pending": 12}) as place:
        process = begun(place, "-p", "hurried", PYTHONPATH=str(tmp_path))
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        assert "countermand run: interrupted before an order was touched" in said
        assert not any(request.taken_up() for request in place.seller.asked)
        page = (place.folder / "reports" / "index.html").read_text("utf-8")
        assert "interrupted before it could say anything" in page


@pytest.mark.parametrize("pause", [0.01, 0.2, 0.45])
def test_whoever_keeps_interrupting_gets_the_same_exit_code_and_true_reports(pause: float, tmp_path: Path) -> None:
    with placed(Slow(), tmp_path, {"pending": 12}) as place:
        process = begun(place)
        until(place, 2)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(pause)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        assert "Traceback" not in said
        true(place)


def write(ending: Ending, done: list[int]) -> None:
    with ending.held_off():
        signal.raise_signal(signal.SIGTERM)
        done.append(1)


def test_what_is_being_written_down_is_written_to_its_end(tmp_path: Path) -> None:
    ending, done = Ending(tmp_path), list[int]()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    ending.begin()
    try:
        with pytest.raises(KeyboardInterrupt):
            write(ending, done)
        assert (done, ending.signals) == ([1], 1)
        time.sleep(0.4)  # one more at once would be the same one
        signal.raise_signal(signal.SIGTERM)  # interrupts nothing any more
        time.sleep(0.4)
        with ending.may_be_left_out():
            signal.raise_signal(signal.SIGTERM)
            done.append(2)
        assert (done, ending.signals, ending.hurry) == ([1], 3, 0.0)
    finally:
        ending.end()
        after = {signal.signal(number, handler) for number, handler in before.items()}
    assert after == {signal.SIG_IGN}  # whoever has ended the run is heard no more: it is over


def test_an_order_under_way_is_not_thought_to_be_left(tmp_path: Path) -> None:
    with placed(Slow(seconds=20), tmp_path, {"pending": 3}) as place:
        process = begun(place)
        until(place, 1)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        used = place.listing()["states"]["pending"]["used"]
        assert [order["outcome"] for order in used] == ["interrupted before an answer was read"]
        assert len(place.listing()["states"]["pending"]["left"]) == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are told by /proc")
def test_an_order_that_a_process_had_which_was_killed_is_not_thought_in_use(tmp_path: Path) -> None:
    with placed(Slow(seconds=20), tmp_path, {"pending": 12}) as place:
        process = begun(place, "-n", "2")
        until(place, 1)
        for child in children(process.pid):
            os.kill(child, signal.SIGSTOP)  # it hears of nothing
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        states = place.listing()["states"]["pending"]
        assert (states["in use"], states["lost"]) == ([], [])
        (gone,) = {request.order for request in place.seller.asked if request.taken_up()}
        assert {row["number"]: row["outcome"] for row in states["used"]}[gone] == "the process that asked ended"


def children(process: int) -> list[int]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            parents[int(path.parent.name)] = int(path.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
    return [child for child, parent in parents.items() if parent == process]


def test_what_was_registered_is_cancelled(tmp_path: Path) -> None:
    with placed(Slow(), tmp_path, {"pending": 0}, REGISTER) as place:
        process = begun(place, "-n", "2")
        until(place, 2)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        made = {
            request.answer.partition(b'key="order_id">')[2].partition(b"<")[0].decode()
            for request in place.seller.actions("sw_register")
        }
        assert made
        assert {place.seller.orders[number].state for number in made} == {State.CANCELLED}
        assert place.listing()["registered"] == []
        true(place)


def test_a_second_signal_leaves_tidying_to_another_time(tmp_path: Path) -> None:
    with placed(Slow(seconds=1.5), tmp_path, {"pending": 0}, REGISTER) as place:
        process = begun(place)
        until(place, 2)
        place.seller.looks = 10.0  # the tidying begins with a look
        process.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        true(place)
        left = place.listing()["registered"]
        assert left
        place.seller.seconds = place.seller.looks = 0
        assert place.orders("--clean").returncode == 0
        assert place.listing()["registered"] == []


def test_one_signal_ends_all_sessions(tmp_path: Path) -> None:
    with placed(Slow(), tmp_path, {"pending": 12}) as place:
        other = tmp_path / "other.toml"
        other.write_text(re.sub('(?m)^name = "staging"', 'name = "other"', place.target.read_text()))
        process = begun(place, "--target", str(other))
        until(place, 2)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 2, said
        assert (tmp_path / "reports" / "staging" / "results.json").exists()
        assert not (tmp_path / "reports" / "other").exists()
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)  # nobody is left behind


def test_what_a_signal_has_left_open_is_no_news(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        done = place.run("-m", "OSRS-CAN-01", "-p", "orders.unclosed", check=2)
    assert "Python warns" not in done.stdout
