"""The ledger, under runs that share a pool, die, or find it broken."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermand.commands import asking, run
from countermand.model.target import Order
from countermand.orders.ledger import CapError, Claim, Ledger
from countermand.orders.ledger_file import APPLICATION, LedgerError, default_path
from orders.conftest import ENVIRONMENT, Opened

CLAIM = Claim("opensrs host:1", "staging", "pending", "run-1", "gw0", "a scenario")
POOL = {number: Order("pending", number) for number in ("1", "2", "3")}


@pytest.fixture
def ledger(tmp_path: Path, opened: Opened) -> Ledger:
    return opened(tmp_path / "ledger.sqlite")


@pytest.mark.parametrize("relative", ["state", ".", "~/state", ""])
def test_a_state_folder_that_is_relative_is_none(
    relative: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERMAND_LEDGER", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", relative)
    assert default_path() == tmp_path / ".local/state/countermand/ledger.sqlite"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert default_path() == tmp_path / "state/countermand/ledger.sqlite"
    monkeypatch.setenv("XDG_STATE_HOME", relative)
    monkeypatch.setenv("HOME", "here")
    with pytest.raises(LedgerError, match="nobody knows where this user's home is"):
        default_path()
    monkeypatch.setenv("COUNTERMAND_LEDGER", "mine.sqlite")
    assert default_path() == Path("mine.sqlite"), "somebody has named it for us"


def test_a_ledger_that_is_another_one_in_each_folder_is_said_to_be_new_where_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERMAND_LEDGER", "mine.sqlite")
    assert asking.ledger_elsewhere([]) == Path("mine.sqlite")
    assert asking.ledger_elsewhere(["--ledger", "other.sqlite"]) is None
    monkeypatch.chdir(tmp_path)
    run._say_if_new([])
    assert "mine.sqlite is a new ledger: of the orders that are listed it knows none" in capsys.readouterr().err
    monkeypatch.setenv("COUNTERMAND_LEDGER", str(tmp_path / "mine.sqlite"))
    assert asking.ledger_elsewhere([]) is None


def test_an_order_is_written_down_before_it_is_given(ledger: Ledger, opened: Opened) -> None:
    order = ledger.take(CLAIM, POOL, 50)
    assert order == POOL["1"]
    (entry,) = opened(ledger.path).entries(CLAIM.seller)
    assert (entry.number, entry.run, entry.scenario, entry.target, entry.outcome) == (
        "1",
        "run-1",
        "a scenario",
        "staging",
        None,
    )


def test_what_somebody_has_or_had_is_given_to_nobody_else(ledger: Ledger) -> None:
    other = CLAIM._replace(run="run-2")
    first, second = ledger.take(CLAIM, POOL, 50), ledger.take(other, POOL, 50)
    assert first
    assert second
    assert first != second
    ledger.use_up(CLAIM.seller, first.seller, "taken up")
    ledger.give_back(CLAIM.seller, second.seller)
    assert ledger.take(other, POOL, 50) == second
    assert ledger.take(other, POOL, 50) == POOL["3"]
    assert ledger.take(other, POOL, 50) is None


def test_another_seller_has_other_orders(ledger: Ledger) -> None:
    assert ledger.take(CLAIM, POOL, 50) == ledger.take(CLAIM._replace(seller="opensrs host:2"), POOL, 50)


def test_no_more_is_given_than_may_be_used_up(ledger: Ledger) -> None:
    first = ledger.take(CLAIM, POOL, 1)
    assert first
    assert ledger.take(CLAIM, POOL, 1) is None  # the first may be used up yet
    ledger.use_up(CLAIM.seller, first.seller, "taken up")
    with pytest.raises(CapError):
        ledger.take(CLAIM, POOL, 1)


def test_an_order_being_made_is_known_before_it_exists(ledger: Ledger) -> None:
    placeholder = ledger.reserve(CLAIM, "register", 50)
    assert placeholder
    assert [entry.is_placeholder for entry in ledger.entries(CLAIM.seller)] == [True]
    assert ledger.made(CLAIM, placeholder, Order("pending", "77"))
    ledger.give_back(CLAIM.seller, "77")
    assert (
        ledger.take(CLAIM._replace(run="run-2"), {}, 50) is None
    )  # it is the run's that made it, which will cancel it
    assert ledger.take(CLAIM, {}, 50) == Order("pending", "77")


def test_an_order_said_to_be_new_that_was_used_before_is_not_taken(ledger: Ledger) -> None:
    ledger.take(CLAIM, POOL, 50)
    placeholder = ledger.reserve(CLAIM, "register", 50)
    assert placeholder
    assert not ledger.made(CLAIM, placeholder, Order("pending", "1"))


@pytest.mark.parametrize("harm", ["no database", "somebody else's", "newer", "torn", "a folder", "in a file"])
def test_a_ledger_that_cannot_be_used_stops_the_run_before_anything_is_sent(
    harm: str, opensrs_place: Callable[..., Any]
) -> None:
    with opensrs_place() as place:
        if harm == "no database":
            place.ledger.write_text("these are no orders\n" * 100)
        elif harm == "a folder":
            place.ledger.mkdir()
        elif harm == "in a file":
            (place.folder / "file").touch()
            place.ledger = place.folder / "file" / "ledger.sqlite"
        else:
            ledger = Ledger(place.ledger)
            ledger.take(CLAIM, POOL, 50)
            ledger.close()
            base = sqlite3.connect(place.ledger)
            base.execute(
                {
                    "somebody else's": "PRAGMA application_id = 7",
                    "newer": "PRAGMA user_version = 99",
                    "torn": "SELECT 1",
                }[harm]
            )
            base.commit()
            base.close()
            if harm == "torn":
                place.ledger.write_bytes(place.ledger.read_bytes()[:5000])
        done = place.run("-m", "OSRS-CAN-01")
        assert done.returncode == 4, done.stdout + done.stderr
        assert f"the ledger of orders {place.ledger} cannot be used" in done.stderr
        assert "--ledger" in done.stderr
        assert "Traceback" not in done.stderr
        assert not place.seller.asked
        asked = place.orders()
        if harm != "in a file":  # where nothing can be, nothing was taken
            assert asked.returncode == 4
            assert "cannot be used" in asked.stderr


def test_the_file_is_marked_as_ours(ledger: Ledger) -> None:
    assert ledger._base.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
    ledger.close()
    with pytest.raises(LedgerError):
        ledger.take(CLAIM, POOL, 50)


def test_an_order_held_by_a_run_that_was_killed_is_never_used_again(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 3}) as place:
        assert place.run("-m", "OSRS-CAN-01", "-p", "orders.killing").returncode == -9
        (lost,) = place.listing()["states"]["pending"]["lost"]
        assert lost["outcome"] is None
        before = len(place.seller.asked)
        place.run("-m", "OSRS-CAN-01 or OSRS-REQ-01")
        assert lost["number"] not in {request.order for request in place.seller.asked[before:]}
        again = place.listing()["states"]["pending"]
        assert [order["number"] for order in again["lost"]] == [lost["number"]]
        assert len(again["used"]) == 1
        assert len(again["left"]) == 1
        words = place.orders().stdout
        assert lost["number"] in words
        assert "never used again" in words


def test_two_runs_at_once_never_share_an_order(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 30}) as place:
        which = ("-m", "OSRS-CAN-01 or OSRS-CMD-01 or OSRS-REQ-01 or OSRS-STA-01 or OSRS-STA-05")
        both = [
            subprocess.Popen(place.command(*which, reports=name), stdout=subprocess.PIPE, env=ENVIRONMENT)
            for name in ("one", "two")
        ]
        for process in both:
            process.communicate(timeout=600)
        given = [
            {order["seller"] for row in place.rows(name) for order in row["drawn"]["orders"]} for name in ("one", "two")
        ]
        assert given[0]
        assert given[1]
        used = [request.order for request in place.seller.asked if request.taken_up()]
        assert max(Counter(used).values()) == 1
        assert sum(len(row["used"]) for row in place.listing()["states"].values()) == len(used)


def test_parallel_workers_never_share_an_order_and_judge_as_one_would(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 30}) as place:
        place.run(reports="one")
        place.run("-n", "3", reports="three")
        assert max(Counter(request.order for request in place.seller.asked if request.taken_up()).values()) == 1
        alone, together = place.verdicts("one"), place.verdicts("three")
        assert {name: verdict for name, (verdict, _) in alone.items()} == {
            name: verdict for name, (verdict, _) in together.items()
        }


def test_orders_shows_what_is_left_and_what_became_of_the_rest(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 2, "completed": 1}) as place:
        fresh = place.listing()["states"]
        assert (fresh["pending"]["listed"], len(fresh["pending"]["left"]), fresh["pending"]["used"]) == (2, 2, [])
        place.run("-m", "OSRS-CAN-01")
        listing = place.listing()
        (used,) = listing["states"]["pending"]["used"]
        assert used["outcome"] == "is_success 1, code 200"
        assert used["scenario"].startswith("features/opensrs/cancel_order.feature")
        assert used["run"].startswith("countermand-")
        assert used["taken"].startswith("20")
        assert len(listing["states"]["pending"]["left"]) == 1
        words = place.orders().stdout.splitlines()
        assert words[0].startswith("staging: orders of opensrs 127.0.0.1:")
        assert ["pending", "2", "1", "1", "0", "0"] in [line.split() for line in words]


def test_the_environment_names_the_ledger(
    opensrs_place: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with opensrs_place() as place:
        monkeypatch.setitem(ENVIRONMENT, "COUNTERMAND_LEDGER", str(tmp_path / "elsewhere.sqlite"))
        command = place.command("-m", "OSRS-CAN-01")
        del command[6:8]
        subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT)
        assert (tmp_path / "elsewhere.sqlite").exists()
        assert not place.ledger.exists()


def test_a_pool_too_small_makes_just_those_scenarios_inconclusive(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 1, "completed": 0}) as place:
        place.run("-m", "OSRS-CAN-01 or OSRS-REQ-01 or OSRS-STA-01 or OSRS-STA-05")
        verdicts = place.verdicts()
        assert verdicts["A complete cancellation"][0] == "conforms"
        verdict, words = verdicts["An order that was completed before"]
        assert verdict == "inconclusive"
        assert "no order that is completed: none is listed; add some to [orders] completed of staging.toml" in words
        verdict, words = verdicts["The cancellation lacks its order_id"]
        assert verdict == "inconclusive"
        assert "no order that is pending: of 1 listed 1 used up" in words
        assert verdicts["An order that was awaiting-approval"][0] == "conforms"


def test_a_pool_of_one_does_not_stall_parallel_workers(ala_place: Callable[..., Any]) -> None:
    with ala_place({"in_flight": 1}) as place:
        place.run("-n", "2", "-m", "ALA-CAN-01 or ALA-ORD-02 or ALA-ORD-03")
        verdicts = place.verdicts()
        assert verdicts["An order that is completed"][0] == "conforms"


#: Another run, which opens the ledger by the name it is given, with or without looking at the file first.
TAKING = f"""
import sys
from pathlib import Path
from countermand.commands import asking, run
from countermand.model.target import Order
from countermand.orders import ledger_file
from countermand.orders.ledger import Claim, Ledger
if len(sys.argv) > 2:
    ledger_file._see_alone = lambda path: None
claim = Claim(*{tuple(CLAIM._replace(run="run-2"))!r})
try:
    print(Ledger(Path(sys.argv[1])).take(claim, {{n: Order("pending", n) for n in "123"}}, 50).seller)
except ledger_file.LedgerError as error:
    print(error)
"""


def taken(path: Path, *unseen: str, before: str = "") -> str:
    """Return which order another process is given by that name, or why none; what is done before it is a line of sh."""
    command = f"{before}{sys.executable} -c '{TAKING.replace(chr(39), chr(34))}' {path} {' '.join(unseen)}"
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", command] if before else ["sh", "-c", command],
        capture_output=True, text=True, check=False, timeout=600,
    ).stdout  # fmt: skip


def test_a_ledger_with_two_names_gives_no_order_twice(ledger: Ledger, tmp_path: Path) -> None:
    ledger.take(CLAIM, POOL, 50)
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "ledger.sqlite"
    other.hardlink_to(ledger.path)
    assert "it has a second name (a hard link)" in taken(other)
    assert "it has a second name (a hard link)" in taken(ledger.path)
    assert taken(other, "unseen") == "1\n", "without the guard the order is given twice"


def test_a_link_to_a_ledger_is_the_ledger(ledger: Ledger, tmp_path: Path, opened: Opened) -> None:
    ledger.take(CLAIM, POOL, 50)
    (tmp_path / "link").symlink_to(ledger.path)
    assert taken(tmp_path / "link") == "2\n"
    linked = opened(tmp_path / "link")
    ledger.path.with_name(f"{ledger.path.name}-wal").unlink()
    with pytest.raises(LedgerError, match="removed or replaced"):
        linked.take(CLAIM, POOL, 50)


def test_a_ledger_that_is_mounted_by_itself_gives_no_order_twice(ledger: Ledger, tmp_path: Path) -> None:
    ledger.take(CLAIM, POOL, 50)
    alone, folder = tmp_path / "mounted alone.sqlite", tmp_path / "folder"
    alone.touch()
    folder.mkdir()
    mount = f"mount --bind '{ledger.path}' '{alone}' && "
    if subprocess.run(["unshare", "--mount", "sh", "-c", f"{mount}true"], capture_output=True, check=False).returncode:
        pytest.skip("nothing may be mounted here")
    assert "the file itself is mounted" in taken(Path(f"'{alone}'"), before=mount)
    assert taken(Path(f"'{alone}'"), "unseen", before=mount) == "1\n", "without the guard the order is given twice"
    assert taken(folder / ledger.path.name, before=f"mount --bind '{tmp_path}' '{folder}' && ") == "2\n"


def test_a_ledger_that_somebody_names_is_not_begun_where_there_is_no_folder(opensrs_place: Callable[..., Any]) -> None:
    """Who has mistyped its folder would have orders asked about that were used before."""
    with opensrs_place({"pending": 1}) as place:
        elsewhere = ["--ledger", str(place.folder / "typo" / "ledger.sqlite")]
        for done in (place.run("-m", "OSRS-CAN-01", *elsewhere), place.orders(*elsewhere)):
            assert done.returncode == 4, done.stdout
            assert re.search(r"there is no folder .*typo for a ledger of orders that were used", done.stderr)
        assert not (place.folder / "typo").exists()
        assert not place.seller.asked
        begun = place.run("-m", "OSRS-CAN-01", "--ledger", str(place.folder / "new.sqlite"))
        assert "new.sqlite is a new ledger: of the orders that are listed it knows none as used" in begun.stderr
        (place.folder / "empty.sqlite").touch()
        begun = place.run("-m", "OSRS-CAN-01", "--ledger", str(place.folder / "empty.sqlite"))
        assert "empty.sqlite is a new ledger: of the orders that are listed it knows none as used" in begun.stderr
