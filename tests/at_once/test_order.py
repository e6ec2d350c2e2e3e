"""Which scenario may begin beside those that are played, how many at once pay, and what becomes of processes."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time
import warnings
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from report.conftest import MOMENT
from running import served

from countermand.model.exchange import Exchange, Reply, Request
from countermand.plugin.order import Queue
from countermand.run import pacing
from countermand.run.children import Child, Children, End, fork
from countermand.targetfile import load

CATALOGUE: Any = {"LEADS": SimpleNamespace(outcome=True)}


def queue(*clauses: str, pool: int = 100) -> Queue:
    """Make a queue of scenarios, by their clauses, whose first letter is the API.

    One that waits for all others has a star.
    """
    cases: list[Any] = [
        SimpleNamespace(api=name[0].lower(), clause=name.rstrip("*"), waits=name.endswith("*")) for name in clauses
    ]
    return Queue(cases, CATALOGUE, pool)


def taken(made: Queue, wanted: int, *playing: int) -> list[int]:
    """Take as many as may be played at once."""
    held: list[dict[str, Any]] = [{"number": number} for number in playing]
    while len(held) < wanted and (task := made.next(held, wanted)):
        held.append(task)
    return [task["number"] for task in held]


def test_scenarios_of_one_clause_follow_each_other() -> None:
    made = queue("A", "A", "B", "B", "C", pool=0)
    assert taken(made, 8) == [0, 2, 4]
    assert taken(made, 8, 2) == [2, 1]


def test_the_longest_clause_begins_early_where_there_are_orders_for_all() -> None:
    assert taken(queue("A", "B", "C", "D", "D", "D"), 3) == [3, 0, 1]
    assert taken(queue("A", "B", "C", "D", "D", "D", pool=3), 3) == [0, 1, 2]


def test_the_next_scenario_of_a_clause_begins_ahead_of_its_turn_where_there_are_orders_for_all() -> None:
    made, held = queue("A", "A", "A", "B"), list[dict[str, Any]]()
    while task := made.next(held, 4):
        held.append(task)
    assert held == [{"number": 0, "ahead": False}, {"number": 1, "ahead": True}, {"number": 3, "ahead": False}]
    assert not made.is_due(held[1], held)
    assert made.is_due(held[1], held[1:])
    held[1]["ahead"] = False
    assert made.next(held[1:], 4) == {"number": 2, "ahead": True}
    assert taken(queue("A", "A", "A", "B", pool=4), 4) == [0, 3]


def test_what_waits_for_all_others_is_no_reason_to_leave_a_long_clause_behind() -> None:
    waiting, asking = ("X*", "X*", "Y*", "Z*"), ("E", "F", "G", "H")
    for others, first in ((waiting, 1), (asking, 3)):
        made = queue("A", "A", "A", "B", "C", "D", *others)
        made.todo.pop(0)
        chosen = made.next([{"number": 0}], 4)
        assert chosen is not None
        assert chosen["number"] == first


def test_what_others_lean_on_is_played_before_any_of_its_api() -> None:
    made = queue("LEADS", "L1", "L1", "L2", "OTHER", pool=0)
    assert taken(made, 3) == [0, 4]
    assert taken(made, 3, 4) == [4, 1, 3]


def test_what_waits_for_others_leaves_them_their_processes() -> None:
    made = queue("A", "A", "B", "X*", "Y*", "Z*", pool=0)
    assert taken(made, 4) == [0, 2, 3]  # the other scenario of the first clause begins before that has ended
    assert taken(made, 5, 0, 2, 3) == [0, 2, 3, 4]
    assert not made.settled([{"number": 0}])
    assert taken(made, 3, 0, 3, 4) == [0, 3, 4]  # the process that plays a clause goes on with it
    assert taken(made, 4, 3, 4) == [3, 4, 1, 5]
    assert made.settled([{"number": 3}])


def standing(*seconds: float) -> dict[str, Any]:
    request = Request("POST", "https://127.0.0.1/", (), b"")
    made = [
        Exchange(
            n, "cancelOrder", "buyer", MOMENT, took, request, Reply(200, "OK", "HTTP/1.1", (), b"<a/>"), None, "", None
        )
        for n, took in enumerate(seconds, 1)
    ]
    from countermand.model.secret import Masker  # noqa: PLC0415 - of this alone

    return {"exchanges": [exchange.masked(Masker([])) for exchange in made]}


def test_the_first_answers_say_how_many_pay(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller") as path:
        target = load(path)
    assert pacing.paying([(target, standing(0.004, 0.03))]) == 1
    assert pacing.paying([(target, standing(0.2, 0.4))]) == 11
    assert pacing.paying([(target, standing(3.0))]) == pacing.MOST
    assert pacing.paying([(target, {"exchanges": []})]) == 1
    slow = replace(target, safety=replace(target.safety, rate=10.0))
    assert pacing.paying([(slow, standing(0.2))]) == 3
    assert pacing.paying([]) == 1
    assert (pacing.number("auto"), pacing.number("3"), pacing.number("logical")) == (None, 3, os.cpu_count())


pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked here")


def doubling(_name: str, end: End) -> None:
    for task in end.tasks():
        if task == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        end.tell(task * 2)


def heard(children: Children, number: int) -> list[tuple[str, Any]]:
    messages = list[tuple[str, Any]]()

    def hear(child: Child, message: Any) -> None:  # noqa: ANN401 - whatever was said
        messages.append((child.name, message))

    while len(messages) < number:
        children.listen(hear)
    return messages


def test_long_messages_come_whole_and_who_dies_is_missed() -> None:
    children = Children(doubling)
    first, second = children.fork(), children.fork()
    children.give(first, "x" * 1_000_000)
    children.give(second, "die")
    assert sorted(heard(children, 2), key=str) == sorted([(first.name, "x" * 2_000_000), (second.name, None)], key=str)
    assert children.alive == [first]
    children.dismiss(lambda _child, _message: None)
    assert children.alive == []


def test_an_interruption_while_a_child_is_made_leaves_no_child_unknown_and_no_socket_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    children, paired = Children(doubling), socket.socketpair

    def interrupted() -> tuple[socket.socket, socket.socket]:
        pair = paired()
        signal.raise_signal(signal.SIGINT)
        return pair

    with monkeypatch.context() as patched:
        patched.setattr(socket, "socketpair", interrupted)
        with pytest.raises(KeyboardInterrupt):
            children.fork()
    assert len(children.alive) == 1
    children.dismiss(lambda _child, _message: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        gc.collect()


def test_a_child_that_does_not_end_is_ended() -> None:
    children = Children(lambda _name, _end: time.sleep(600))
    child = children.fork()
    children.dismiss(lambda _child, _message: None, seconds=0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_children_end_when_the_parent_is_gone() -> None:
    reading, writing = os.pipe()
    middle = fork()
    if not middle:
        children = Children(doubling)
        for _ in range(3):
            os.write(writing, f"{children.fork().pid} ".encode())
        os._exit(0)
    os.waitpid(middle, 0)
    os.close(writing)
    pids = [int(word) for word in os.read(reading, 1000).split()]
    os.close(reading)
    assert len(pids) == 3
    deadline = time.monotonic() + 300
    while any(_runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_runs(pid) for pid in pids)


def _runs(pid: int) -> bool:
    """Say whether a process runs; one that nobody has waited for does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False
