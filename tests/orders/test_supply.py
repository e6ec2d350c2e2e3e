"""Lists, files and commands that orders come from."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running import countermand

from countermand.model.ownership import seller_key
from countermand.model.target import Order, Target
from countermand.model.verdict import Inconclusive, Lost
from countermand.orders.command import Command
from countermand.orders.ledger import Ledger
from countermand.orders.supply import Shortage, Supply
from countermand.targetfile import TargetError, load
from orders.conftest import Opened

HEAD = 'name = "staging"\napi = "{api}"\nurl = "https://127.0.0.1:1"\n[buyer]\n{buyer}\n'
BUYERS = {"opensrs": 'username = "u"\napi_key = "secret-enough"', "ala": 'identifier = "B"\ncertificate = "c.pem"'}
COMMAND = """#!/bin/sh
echo "$1" >> asked
echo '{"order_id": "'$1-$(wc -l < asked)'"}'
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Target]:
    """Read a target file with these [orders]."""

    def write(orders: str, api: str = "opensrs", **files: str) -> Target:
        (tmp_path / "c.pem").touch()
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text)
        path = tmp_path / "staging.toml"
        path.write_text(HEAD.format(api=api, buyer=BUYERS[api]) + "[orders]\n" + orders)
        return load(path)

    return write


@pytest.fixture
def supply(tmp_path: Path, opened: Opened) -> Callable[..., Supply]:
    def make(target: Target, run: str = "run", worker: str = "main", **more: Any) -> Supply:  # noqa: ANN401 - a maker
        return Supply(target, opened(tmp_path / "ledger.sqlite"), run, "a scenario", worker, **more)

    return make


class Making:
    """Makes orders, or fails to."""

    states = frozenset({"pending"})

    def __init__(self, *numbers: str, trouble: Inconclusive | None = None) -> None:
        self.numbers, self.trouble = list(numbers), trouble

    def __call__(self, state: str) -> Order:
        if self.trouble:
            raise self.trouble
        return Order(state, self.numbers.pop(0))


def test_a_csv_file_adds_to_the_lists(read: Callable[..., Target]) -> None:
    target = read('pending = ["1"]\nfile = "more.csv"', more_csv="\ufeffstate, order_id\npending, 2\ncompleted,3\n")
    assert [(order.state, order.seller) for order in target.orders.listed] == [
        ("pending", "1"),
        ("pending", "2"),
        ("completed", "3"),
    ]


def test_a_json_file_does_too(read: Callable[..., Target]) -> None:
    rows = [{"state": "in_flight", "seller": "S", "buyer": "B"}]
    assert read('file = "more.json"', "ala", more_json=json.dumps(rows)).orders.listed == (
        Order("in_flight", "S", "B"),
    )


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("more.csv", "state,order_id\npending,1\npendng,2\n", "more.csv:3: state 'pendng' is not one of pending"),
        ("more.csv", "state,order_id\npending,\n", "more.csv:2: lacks order_id"),
        ("more.csv", "order_id\n1\n", "more.csv: cannot be read: line 1: the names of the columns were expected"),
        ("more.csv", "", "more.csv: is empty: the names of the columns were expected"),
        (
            "more.json",
            '[{"state": "pending", "order_id": "1"}, {"state": "pending"}]',
            "more.json: order 2: lacks order_id",
        ),
        ("more.json", '{"pending": ["1"]}', "more.json: cannot be read: a list of orders was expected"),
        ("more.json", '["1"]', "more.json: cannot be read: order 1: an object with state"),
        ("more.json", "[", "more.json: cannot be read: "),
        ("more.json", '[{"state": "pending", "order_id": {"a": 1}}]', "order 1: order_id: a text was expected, or"),
        ("more.json", '[{"state": "pending", "order_id": 1.23e+20}]', "digits alone, not 1.23e+20"),
        ("more.json", '[{"state": "pending", "order_id": NaN}]', "digits alone, not NaN"),
        ("more.json", '[{"state": "pending", "order_id": true}]', "digits alone, not true"),
    ],
)
def test_a_bad_row_is_named_by_file_and_row(name: str, text: str, words: str, read: Callable[..., Target]) -> None:
    with pytest.raises(TargetError) as raised:
        read(f'file = "{name}"', **{name.replace(".", "_"): text})
    assert words in str(raised.value)


def test_orders_listed_twice_are_an_error_that_names_them_and_both_places(read: Callable[..., Target]) -> None:
    rows = "state,order_id\npending,2\ncompleted,5\ndeclined,5\n"
    lists = 'pending = ["1", "2", "3"]\ncompleted = [\n "4", "3",\n "1"]\nfile = "o.csv"'
    with pytest.raises(TargetError) as raised:
        read(lists, o_csv=rows)
    match = re.search(r"staging\.toml:(\d+): orders\.completed: '3' is listed twice, as pending \(", str(raised.value))
    assert match, raised.value
    assert str(raised.value).endswith(
        f"staging.toml:{int(match[1]) - 2}: orders.pending) and as completed; '1', '2', '5' as well"
    )
    with pytest.raises(
        TargetError, match=r"o\.csv:4: '5' is listed twice, as completed \(.*o\.csv:3\) and as declined$"
    ):
        read('file = "o.csv"', o_csv=rows)


def test_a_certificate_request_must_be_one(read: Callable[..., Target]) -> None:
    register = '[orders.register]\nproduct_type = "x"\ndomain = "y"\ncsr = "request.pem"\n'
    with pytest.raises(TargetError, match=r"request.pem is no PEM certificate request"):
        read(register, request_pem="-----BEGIN PRIVATE KEY-----")


def test_a_misspelt_contact_is_named(read: Callable[..., Target]) -> None:
    register = (
        '[orders.register]\nproduct_type = "x"\ndomain = "y"\n[orders.register.contacts.admin]\nfirstname = "Ada"\n'
    )
    with pytest.raises(TargetError, match="did you mean 'first_name'"):
        read(register)


def test_lists_come_first_then_the_command_then_the_api(
    read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path
) -> None:
    (tmp_path / "make").write_text(COMMAND)
    (tmp_path / "make").chmod(0o755)
    target = read('pending = ["1"]\ncommand = ["./make", "{state}"]\n')
    orders = supply(target, maker=Making("api"))
    assert [orders.take("pending").seller for _ in range(2)] == ["1", "pending-1"]
    assert supply(read('pending = ["9"]\n'), run="other", maker=Making("api")).take("pending").seller == "9"


def test_an_order_from_the_command_that_was_given_back_serves_again(
    read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path
) -> None:
    (tmp_path / "make").write_text(COMMAND)
    (tmp_path / "make").chmod(0o755)
    target = read('command = ["./make", "{state}"]\n')
    for run in ("one", "two"):
        once = supply(target, run)
        assert once.take("pending").seller == "pending-1"
        once.settle()
    assert (tmp_path / "asked").read_text() == "pending\n"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo nonsense", "it is no JSON: expecting value (line 1, column 1, where 'n' stands)"),
        ("echo {}", "lacks order_id"),
        ("echo none left >&2; exit 3", "none left"),
        ("echo '[1]'", "a text was expected, or digits alone, not [1]"),
        ("echo 1.5", "a text was expected, or digits alone, not 1.5"),
        ("yes", "it prints more than 1 MiB"),
        ("head -c 2000000 /dev/zero >&2; exit 3", "ended with 3"),
        ("echo '{\"order_id\": 1.5}'", "order_id: a text was expected, or digits alone, not 1.5"),
    ],
)
def test_a_command_that_gives_no_order_is_told_with_its_own_words(
    script: str, words: str, read: Callable[..., Target], supply: Callable[..., Supply]
) -> None:
    orders = supply(read(f'command = ["sh", "-c", {json.dumps(script)}]\n'))
    with pytest.raises(Inconclusive, match=r"\[orders\] command 'sh' gave no order that is pending") as raised:
        orders.take("pending")
    assert words in raised.value.reason
    assert not orders.given


def test_a_command_that_fails_twice_in_a_row_is_not_run_again_in_that_run(
    read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path
) -> None:
    script = """echo {state} >>asked; test -e cured && echo '"{state}"' || { echo "none left" >&2; exit 3; }"""
    target = read(f'command = ["sh", "-c", {json.dumps(script)}]\n')

    def asked_for(state: str, run: str = "run") -> str:
        folder = tmp_path / run
        folder.mkdir(exist_ok=True)
        orders = supply(target, run, command=Command(target, folder))
        try:
            return orders.take(state).seller
        except Inconclusive as failure:
            return failure.reason
        finally:
            orders.settle()

    first, second, third, fourth = (asked_for("pending") for _ in range(4))
    assert first == second
    assert "none left" in first
    assert third == fourth == f"{first}; it has failed 2 times, and is not run again in this run"
    assert "gave no order that is in-progress" in asked_for("in-progress")
    assert (tmp_path / "asked").read_text().split() == ["pending", "pending", "in-progress"]
    whatever = Command(read('command = ["sh", "-c", "echo asked >>asked; exit 3"]\n'), tmp_path / "run")
    for state in ("pending", "in-progress", "completed"):
        with pytest.raises(Inconclusive):
            whatever(state)
    assert (tmp_path / "asked").read_text().split()[3:] == ["asked", "asked"], "it is told no state"
    (tmp_path / "cured").touch()
    assert [asked_for("in-progress"), asked_for("pending", "another run")] == ["in-progress", "pending"]


class Interrupted(Ledger):
    """Hears a signal once an order is written down, and before whoever wants it has it."""

    def take(self, *arguments: Any) -> Order | None:  # noqa: ANN401 - as a ledger's
        super().take(*arguments)
        raise KeyboardInterrupt


def test_an_order_that_an_interrupted_scenario_never_saw_is_free(
    read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path
) -> None:
    target = read('pending = ["1", "2"]')
    with contextlib.closing(Interrupted(tmp_path / "ledger.sqlite")) as ledger:
        interrupted = Supply(target, ledger, "run", "a scenario")
        with pytest.raises(KeyboardInterrupt):
            interrupted.take("pending")
        assert [entry.number for entry in ledger.entries(seller_key(target))] == ["1"]
        assert not interrupted.settle()
    assert supply(target).take("pending").seller == "1"


def test_a_shortage_names_state_and_number(read: Callable[..., Target], supply: Callable[..., Supply]) -> None:
    target = read('pending = ["1", "2"]\n')
    orders = supply(target, "first")
    order = orders.take("pending")
    orders.note(order, "taken up", spent=True)
    orders.settle()
    two = supply(target, "second")
    two.take("pending")
    with pytest.raises(
        Shortage,
        match="no order that is pending: of 2 listed 1 in use by another run, or left by one that died, 1 used up",
    ):
        supply(target, "third").take("pending")


def test_where_nobody_said_whether_an_order_was_made_that_is_remembered(
    read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path, opened: Opened
) -> None:
    orders = supply(read(""), maker=Making(trouble=Lost("no answer")))
    with pytest.raises(Lost):
        orders.take("pending")
    (entry,) = opened(tmp_path / "ledger.sqlite").entries("opensrs 127.0.0.1:1")
    assert entry.is_placeholder
    assert entry.outcome == "no answer"


def test_an_order_that_surely_was_not_made_leaves_no_trace(
    read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path, opened: Opened
) -> None:
    orders = supply(read(""), maker=Making(trouble=Inconclusive("refused")))
    with pytest.raises(Inconclusive, match="refused"):
        orders.take("pending")
    assert not opened(tmp_path / "ledger.sqlite").entries("opensrs 127.0.0.1:1")


def test_an_order_said_to_be_new_that_was_used_is_not_used_again(
    read: Callable[..., Target], supply: Callable[..., Supply]
) -> None:
    orders = supply(read('pending = ["7"]\n'), maker=Making("7"))
    orders.take("pending")
    with pytest.raises(Inconclusive, match="the order 7, said to be new, has been used before"):
        orders.take("pending")


@pytest.mark.parametrize("number", ["7", "8", " 7\n", "9"])
def test_an_order_of_the_owner_that_a_seller_calls_new_is_left_alone(
    number: str, read: Callable[..., Target], supply: Callable[..., Supply], tmp_path: Path, opened: Opened
) -> None:
    """What is made is cancelled when the run ends: a seller chose which of the owner's orders that is."""
    target = read('completed = ["7"]\nforeign = ["8"]\nunknown = "9"\n')
    with pytest.raises(Inconclusive, match=r"said to be new, is one that staging\.toml lists: it is left alone"):
        supply(target, maker=Making(number)).take("pending")
    assert not opened(tmp_path / "ledger.sqlite").entries("opensrs 127.0.0.1:1")
    assert supply(target, maker=Making("10")).take("pending").seller == "10"


@pytest.mark.parametrize("spelt", [" 7", "7 ", "\t7\n"])
def test_an_order_has_one_spelling(spelt: str, read: Callable[..., Target]) -> None:
    """Beside another one it would be used up once more: readers of XML leave out the blanks around a word."""
    rows = json.dumps([{"state": "pending", "order_id": spelt}])
    assert [order.seller for order in read('file = "orders.json"\n', orders_json=rows).orders.listed] == ["7"]
    assert [order.seller for order in read(f"pending = [{json.dumps(spelt)}]\n").orders.listed] == ["7"]
    with pytest.raises(TargetError, match="listed twice"):
        read(f'pending = ["7"]\ncompleted = [{json.dumps(spelt)}]\n')


@pytest.mark.parametrize("number", ["7\u200b", "\u202e7", "7\x7f", "a\tb", " "])
def test_an_order_number_holds_nothing_that_is_not_seen(number: str, read: Callable[..., Target]) -> None:
    with pytest.raises(TargetError, match="no order number"):
        read(f"pending = [{json.dumps(number)}]\n")
    with pytest.raises(TargetError, match=r"no order number|lacks order_id"):
        read('file = "orders.json"\n', orders_json=json.dumps([{"state": "pending", "order_id": number}]))


def test_whoever_asks_what_is_left_hears_of_numbers_that_a_spreadsheet_has_spoilt(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("state,order_id\npending,1.00E+05\npending,7\n", encoding="utf-8")
    about = 'name = "staging"\napi = "opensrs"\nurl = "https://127.0.0.1:1"\n[orders]\nfile = "orders.csv"\n'
    (tmp_path / "mine.toml").write_text(f'{about}[buyer]\nusername = "a"\napi_key = "{"0" * 112}"\n', encoding="utf-8")
    done = countermand("orders", "--target", "mine.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "note: orders: 1.00E+05 (pending) is no order number; a spreadsheet has made a float of it" in done.stderr
    assert done.stderr.count("note: ") == 1
