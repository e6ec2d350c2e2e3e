"""Scenarios at once say what they say one by one, and one that dies costs its scenario's verdict and nothing else."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import pytest
from running import ROOT, Told, Watched, environment, rewritten, run, served

from countermand.model.body import content
from countermand.model.ownership import seller_keys
from countermand.orders.ledger import Ledger
from countermand.orders.supply import Supply
from countermand.plugin import launch
from countermand.provider import deviants, embedded
from countermand.provider.http import Request, Response
from countermand.run import children, pacing
from countermand.targetfile import load

Seller = TypeVar("Seller", bound=Watched)

#: What differs between any two runs of one seller: times, and which of its orders a scenario was given.
TOLD = ("id", "name", "feature", "file", "line", "rule", "clause", "api", "target", "verdict", "steps")
DEVIANTS = {"ala": "ALA-REQ-11", "opensrs": "OSRS-REQ-01"}


def made(api: str, wrong: bool) -> Watched:
    kinds = (kind for kind in deviants.deviants(api).values() if getattr(kind, "breaks", None) == DEVIANTS[api])
    return Watched(next(kinds)() if wrong else embedded.SELLERS[api]())


def rows(done: Told) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (done.reports / "record.jsonl").read_text("utf-8").split("\n")[:-1]]


def whole(done: Told) -> dict[str, Any]:
    """Return all that a run has said of a seller, output by output, but for times and orders."""
    results, record = done.results, rows(done)
    for row in record:
        row["asked"] = [
            (exchange["operation"], exchange["identity"], exchange["reply"] and exchange["reply"]["status"])
            for exchange in row["exchanges"]
        ]
        row["message"] = re.sub(r"\d+", "*", row["message"] or "")
    return {
        "code": done.code,
        "results": {
            key: results[key] for key in ("sentence", "complete", "verdict", "coverage", "counts", "notes", "seed")
        },
        "clauses": {
            clause["id"]: (clause["verdict"], [row["id"] for row in clause["scenarios"]])
            for clause in results["clauses"]
        },
        "record": [{key: row[key] for key in (*TOLD, "message", "asked")} for row in record],
        "junit": [
            (case.get("classname"), case.get("name"), [child.tag for child in case])
            for case in done.junit.iter("testcase")
        ],
        "allure": sorted(
            (result["fullName"], result["status"], len(result.get("steps", ()))) for result in done.allure
        ),
        "markdown": done.markdown,
        "pytest": Counter(re.findall(r"(\d+ (?:passed|failed|skipped|xfailed|errors?))", done.said.splitlines()[-1])),
    }


def differing(four: dict[str, Any], alone: dict[str, Any]) -> dict[str, Any]:
    """Return where two runs differ, row by row, so that a failure shows what it is about and not two records."""
    differences: dict[str, Any] = {
        key: (four[key], alone[key]) for key in alone if four[key] != alone[key] and key != "record"
    }
    rows = {row["id"]: row for row in four["record"]}, {row["id"]: row for row in alone["record"]}
    for name in dict.fromkeys([*rows[0], *rows[1]]):
        theirs, ours = rows[0].get(name, {}), rows[1].get(name, {})
        if keys := [key for key in {**theirs, **ours} if theirs.get(key) != ours.get(key)]:
            differences[name] = {key: (theirs.get(key), ours.get(key)) for key in keys}
    return differences | ({} if list(rows[0]) == list(rows[1]) else {"order": (list(rows[0]), list(rows[1]))})


def played(
    folder: Path, api: str, make: Callable[[], Seller], *arguments: str
) -> tuple[dict[str, dict[str, Any]], list[Seller]]:
    """Return all that is said of two such sellers, one played by one process and the other by four, and the two."""
    outputs, sellers = {}, []
    for name, options in (("one", ()), ("four", ("-n", "4"))):
        (folder / name).mkdir()
        sellers.append(make())
        with served(api, folder / name / "seller", sellers[-1]) as target:
            done = run(folder / name, f"--target={target}", "--seed=0123456789abcdef", *arguments, *options)
        outputs[name] = whole(done)
    return outputs, sellers


@pytest.mark.parametrize("wrong", [False, True], ids=["right", "wrong"])
@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_four_at_once_say_what_one_says(api: str, wrong: bool, tmp_path: Path) -> None:
    outputs, _ = played(tmp_path, api, lambda: made(api, wrong))
    assert differing(outputs["four"], outputs["one"]) == {}
    assert outputs["one"]["code"] == int(wrong)


class Deliberate(Watched):
    """Takes its time over the first cancellation that it takes up: whoever need not wait for it has overtaken it."""

    pondered = False

    def altered(self, request: Request, response: Response) -> Response:
        taken_up = (
            b'key="is_success">1<' in response.body
            if b"OPS_envelope" in request.body
            else b">PENDING<" in response.body.upper()
        )
        if taken_up and not self.pondered:
            time.sleep(2)
            self.pondered = True
        return response


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_what_the_others_lean_on_is_asked_before_any_of_them(api: str, tmp_path: Path) -> None:
    outputs, sellers = played(tmp_path, api, lambda: Deliberate(embedded.SELLERS[api]()))
    assert all(seller.pondered for seller in sellers)
    assert differing(outputs["four"], outputs["one"]) == {}
    assert len(sellers[0].asked) == len(sellers[1].asked)


def risk(row: dict[str, Any]) -> tuple[datetime, datetime] | None:
    """Return since when an order is at risk, and when it is known that none is called off; nothing where none is.

    That is a stranger's exchange about an order of the scenario's, or the look-up behind it.
    """
    orders = [order["seller"].encode() for order in row["drawn"]["orders"]]
    strange = [
        number
        for number, exchange in enumerate(row["exchanges"])
        if exchange["identity"].startswith("stranger")
        and any(order in content(exchange["request"]["body"]).replace(b"\0", b"") for order in orders)
    ]
    if not strange:  # it was over before, or nobody's
        return None
    looks = row["api"] == "opensrs"
    return within(row["exchanges"][strange[0]])[0], within(row["exchanges"][strange[-1] + looks])[1]


@pytest.mark.parametrize(("api", "clause"), [("ala", "ALA-SEC-01"), ("opensrs", "OSRS-SIG-01")])
def test_no_order_is_risked_while_one_of_the_clauses_scenario_before_is(api: str, clause: str, tmp_path: Path) -> None:
    with served(api, tmp_path / "seller", Far(embedded.SELLERS[api]())) as target:
        done = run(tmp_path, f"--target={target}", "-n", "3", "-m", clause)
    strange = [row for row in rows(done) if "stranger" in {exchange["identity"][:8] for exchange in row["exchanges"]}]
    assert {row["verdict"] for row in strange} == {"conforms"}
    spans = [within(row) for row in strange]
    risky = [spent for row in strange if (spent := risk(row))]
    assert len(risky) > len(strange) / 2
    assert all(begun > over for (_, over), (begun, _) in pairwise(risky))
    # The buyer is being served meanwhile, or the next order is looked up.
    beside = [begun < ended for (_, ended), (begun, _) in pairwise(spans)]
    assert sum(beside) > len(beside) / 2


@pytest.mark.parametrize(
    ("api", "clause", "deviant"),
    [
        ("ala", "ALA-SEC-01", "Decoding"),
        ("opensrs", "OSRS-SIG-01", "Queried"),
        ("opensrs", "OSRS-SIG-01", "Hypocritical"),
    ],
)
def test_a_clause_that_is_broken_costs_no_more_orders_where_several_play(
    api: str, clause: str, deviant: str, tmp_path: Path
) -> None:
    outputs, sellers = played(tmp_path, api, lambda: Near(deviants.deviants(api)[deviant]()), "-m", clause)
    assert differing(outputs["four"], outputs["one"]) == {}
    assert outputs["one"]["clauses"][clause][0] == "does not conform"
    ahead = [request for request in sellers[1].asked if b">get_order_info<" in request.body]
    looks = [request for request in sellers[0].asked if b">get_order_info<" in request.body]
    assert len(ahead) - len(looks) == len(sellers[1].asked) - len(sellers[0].asked) == (api == "opensrs")


def test_who_is_ahead_when_the_run_stops_has_used_no_order_up(tmp_path: Path) -> None:
    asked, used = list[int](), list[list[str | None]]()
    for number in ("1", "3"):
        folder = tmp_path / number
        folder.mkdir()
        seller = Far(deviants.deviants("opensrs")["Queried"]())
        with served("opensrs", folder / "seller", seller) as target:
            done = run(folder, f"--target={target}", "--ledger=ledger.sqlite", "-m", "OSRS-SIG-01", "-x", "-n", number)
            keys = seller_keys(load(target))
        assert done.code == 1, done.said
        asked.append(len(seller.asked))
        ledger = Ledger(folder / "ledger.sqlite")
        ledger.join(keys)
        used.append([entry.outcome for entry in ledger.entries(keys[0])])
    assert asked[1] > asked[0]  # it was ahead, and had looked at an order
    assert used[1] == used[0] != []


def test_a_cap_of_few_orders_lets_nobody_wait_for_who_waits(tmp_path: Path) -> None:
    clauses = "OSRS-CMD-01 or OSRS-CMD-02 or OSRS-SIG-01 or OSRS-SIG-03 or OSRS-SIG-04 or OSRS-SIG-06"
    for name in ("alone", "eight"):
        (tmp_path / name).mkdir()
    with served("opensrs", tmp_path / "seller", Near(embedded.SELLERS["opensrs"]())) as target:
        capped = rewritten(target, ("[safety]", "[safety]\ncancellations = 3"))
        alone, eight = (
            run(tmp_path / name, f"--target={capped}", f"--ledger={tmp_path / 'ledger'}", "-m", clauses, *words)
            for name, words in (("alone", ()), ("eight", ("-n", "8")))
        )
    assert {*alone.verdicts.values()} == {"conforms"}, alone.said
    assert eight.verdicts == alone.verdicts, eight.said


@pytest.mark.parametrize(("state", "number", "abounds"), [("pending", 9, True), ("pending", 7, False), ("x", 0, False)])
def test_orders_abound_where_one_more_waits_for_nobody(state: str, number: int, abounds: bool, tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller") as path:
        target = load(path)
    listed = [order for order in target.orders.listed if order.state == state][:number]
    target = replace(target, orders=replace(target.orders, listed=tuple(listed)))
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.join(seller_keys(target))
    supply = Supply(target, ledger, "run", "scenario")
    assert supply.abounds(state, 5) is abounds
    if abounds:
        supply.take(state)
        assert supply.abounds(state, 5)  # what is held comes back
        capped = replace(target, safety=replace(target.safety, cancellations=7))
        assert not Supply(capped, ledger, "run", "another").abounds(state, 5)
    ledger.close()


def within(row: dict[str, Any]) -> tuple[datetime, datetime]:
    """Return when something began and ended."""
    begun = datetime.fromisoformat(row["started"])
    return begun, begun + timedelta(seconds=row["elapsed"])


class Far(Watched):
    """Is far away."""

    seconds = 0.15

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - as in the base class
        time.sleep(self.seconds)
        return response


class Near(Far):
    """Is not as far away."""

    seconds = 0.05


def test_no_interpreter_is_started(tmp_path: Path) -> None:
    (tmp_path / "counting.py").write_text(
        "import os, pathlib\npathlib.Path('started').open('a').write(f'{os.getpid()}\\n')\n"
        "def pytest_bdd_after_scenario():\n    pathlib.Path('played').open('a').write(f'{os.getpid()}\\n')\n",
        encoding="utf-8",
    )
    done = run(
        tmp_path, "--api=ala", "-n", "3", "-p", "counting", "-m", "ALA-REQ-07 or ALA-REQ-08 or ALA-XML-01 or ALA-XML-03"
    )
    assert done.code in {0, 10}, done.said
    assert len((tmp_path / "started").read_text().split()) == 1
    assert 1 < len(set((tmp_path / "played").read_text().split())) <= 3


DYING = """
import os, signal
def pytest_bdd_after_step(request, step):
    if step.type == "when" and {name!r} in request.node.name:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_that_dies_costs_its_scenario_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(DYING.format(name="test_the_key_of_another_buyer"), encoding="utf-8")
    seller = made("opensrs", wrong=False)
    with served("opensrs", tmp_path / "seller", seller) as target:
        (tmp_path / "one").mkdir()
        usual = whole(run(tmp_path / "one", "--api=opensrs"))
        done = run(tmp_path, f"--target={target}", "-n", "3", "-p", "dying")
    assert done.code == 10, done.said
    judged = {row["id"]: (row["verdict"], row["message"]) for row in rows(done)}
    lost = {name: words for name, (verdict, words) in judged.items() if verdict == "inconclusive"}
    assert len(lost) == 1, lost
    assert all(
        "test_the_key_of_another_buyer" in name and "the process that asked ended" in words
        for name, words in lost.items()
    )
    assert {name: verdict for name, (verdict, _) in judged.items() if name not in lost} == {
        row["id"]: row["verdict"] for row in usual["record"] if row["id"] not in lost
    }
    assert [row["id"] for row in rows(done)] == [row["id"] for row in usual["record"]]
    assert len(done.allure) == len(judged)
    assert sum(done.counts.values()) == len(judged)
    assert max(cancelled(seller).values()) == 1


def cancelled(seller: Watched) -> Counter[str]:
    """Return how often each order's cancellation was taken up."""
    taken = zip(seller.asked, seller.answered, strict=True)
    return Counter(
        match[1].decode()
        for request, response in taken
        if (match := re.search(rb'key="order_id">(\d+)<', request.body))
        and b'key="is_success">1<' in response.body
        and b">cancel_order<" in request.body
    )


def test_what_a_dead_process_had_is_never_given_again(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(DYING.format(name="a_complete_cancellation"), encoding="utf-8")
    with served("ala", tmp_path / "seller", made("ala", wrong=False)) as target:
        done = run(
            tmp_path,
            f"--target={target}",
            "--ledger=ledger.sqlite",
            "-n",
            "2",
            "-p",
            "dying",
            "-m",
            "ALA-CAN-01 or ALA-ORD-02 or ALA-XML-01",
        )
    words = "the process that asked ended"
    assert [row["clause"] for row in rows(done) if words in (row["message"] or "")] == ["ALA-CAN-01"]
    assert done.counts["not applicable"] == 1  # of the clause's own scenarios one looks at what the other was told
    assert done.counts["conforms"] == len(rows(done)) - 2


def test_processes_that_all_die_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(
        "import os, signal\ndef pytest_runtest_logstart():\n    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    done = run(tmp_path, "--api=ala", "-n", "2", "-p", "dying")
    assert done.code == 10, done.said
    assert "the run was stopped: one process after the other that was to ask was ended" in done.said


FAULTY = """
def pytest_runtest_logstart(nodeid):
    if "a_complete_cancellation" in nodeid:
        raise LookupError("for this test")
"""


def test_a_fault_of_ours_is_told_and_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "faulty.py").write_text(FAULTY, encoding="utf-8")
    done = run(tmp_path, "--api=ala", "-n", "2", "-p", "faulty")
    assert done.code == 3, done.said
    assert "LookupError: for this test" in done.said


class Ending(Watched):
    """Ends the run that asks, once it has asked for a while."""

    process: subprocess.Popen[str] | None = None
    number = signal.SIGTERM

    def ends(self, process: subprocess.Popen[str], number: signal.Signals) -> None:
        self.process, self.number = process, number

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - as in the base class
        if len(self.asked) == 30 and self.process is not None:
            self.process.send_signal(self.number)
        return response


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_leaves_no_process_behind(number: signal.Signals, tmp_path: Path) -> None:
    seller = Ending(embedded.SELLERS["ala"]())
    with served("ala", tmp_path / "seller", seller) as target:
        command = [sys.executable, "-m", "countermand", "run", f"--target={target}", "--no-page", "-n", "4"]
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=tmp_path,
            env=environment(tmp_path),
            start_new_session=True,
        ) as process:
            seller.ends(process, number)
            said, _ = process.communicate(timeout=600)
    assert process.returncode == 2, said
    done = Told(2, said, tmp_path / "reports")
    assert done.results["sentence"] in said
    assert done.results["verdict"] == "inconclusive"
    assert not done.results["complete"]
    assert len(done.allure) == sum(done.counts.values()) == len(rows(done))
    assert not list(done.reports.rglob("*.tmp"))
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@pytest.mark.skipif(pacing.processors() == 1, reason="there is one processor, and one process plays")
@pytest.mark.parametrize(
    ("options", "several"),
    [
        ((), True),
        (("-n", "1"), False),
        (("-s",), False),
        (("--setup-show",), False),
        (("-n", "2", "--setup-show"), False),
    ],
    ids=["whole", "one", "printed", "looked into", "looked into, and several asked for"],
)
def test_an_embedded_seller_is_tested_by_as_many_processes_as_there_are_processors(
    options: tuple[str, ...], several: bool, tmp_path: Path
) -> None:
    done = run(tmp_path, "--api=ala", "-m", "ALA-REQ-*", *options)
    spans = sorted(within(row) for row in rows(done))
    assert done.code == 0
    assert len(spans) > 5
    assert any(begun < over for (_, over), (begun, _) in pairwise(spans)) == several


def test_where_no_process_can_be_forked_xdist_starts_interpreters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert launch.at_once("4") == ["--at-once=4"]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not children.may_fork()
    assert launch.at_once("4")[:2] == ["-n", "4"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--api=ala",
        "-m",
        "ALA-CAN-01 or ALA-REQ-07",
        "-n",
        "2",
        "--no-page",
    ]
    done = subprocess.run(
        [*command, f"--reports={tmp_path / 'reports'}", "features"],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 10}, done.stdout + done.stderr
    assert Told(0, "", tmp_path / "reports").verdicts == {"ALA-CAN-01": "conforms", "ALA-REQ-07": "conforms"}
