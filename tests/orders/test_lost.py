"""What a run does and says where ledgers and folders are lost in the middle of it."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import warm

from countermand.provider.http import Request, Response
from orders.conftest import ENVIRONMENT, Opensrs, Place

#: A run that needs several orders.
SEVERAL = ("-m", "OSRS-CAN-01 or OSRS-CMD-01 or OSRS-REQ-01 or OSRS-STA-01 or OSRS-REQ-04")


class Harming(Opensrs):
    """Does something to this machine once it was asked to cancel an order that is listed."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: Callable[[], None] = lambda: None
        self.harmed_at: int | None = None

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if self.harmed_at is None and self.asked[-1].action == "cancel_order" and self.asked[-1].taken_up():
            self.harm()
            self.harmed_at = len(self.asked)
        return response

    def used_later(self) -> set[str]:
        """Return the listed orders that were asked about after the harm."""
        later = {request.order for request in self.asked[self.harmed_at :] if request.action == "cancel_order"} & set(
            self.orders
        )
        return later - {request.order for request in self.asked[: self.harmed_at]}


def _removed(place: Place) -> None:
    place.ledger.unlink()


def _replaced(place: Place) -> None:
    shutil.copy(place.ledger, place.folder / "other")
    (place.folder / "other").replace(place.ledger)


def _folder_removed(place: Place) -> None:
    shutil.rmtree(place.ledger.parent)


def _log_removed(place: Place) -> None:
    place.ledger.with_name(place.ledger.name + "-wal").unlink()


def _no_table(place: Place) -> None:
    import sqlite3  # noqa: PLC0415 - of this harm alone

    with sqlite3.connect(place.ledger) as base:
        base.execute("ALTER TABLE orders RENAME TO gone")
    base.close()


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
@pytest.mark.parametrize("harm", [_removed, _replaced, _folder_removed, _log_removed, _no_table])
def test_a_ledger_that_is_lost_stops_the_run_before_the_next_order(
    harm: Callable[[Place], None], workers: tuple[str, ...], opensrs_place: Callable[..., Any]
) -> None:
    seller = Harming()
    with opensrs_place({"pending": 12}, seller=seller) as place:
        place.ledger = place.folder / "kept" / "ledger.sqlite"
        place.ledger.parent.mkdir()
        seller.harm = lambda: harm(place)
        done = place.run(*SEVERAL, *workers)
        assert done.returncode == 10, done.stdout + done.stderr
        assert "INTERNALERROR" not in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        assert len(seller.used_later()) <= len(workers)  # what the other worker had in hand
        (first, *_) = (request.order for request in seller.asked if request.taken_up())
        assert "the run was stopped: the ledger of orders" in done.stdout
        used = next(line for line in done.stdout.splitlines() if line.startswith("used up, or perhaps: "))
        assert first in used
        results = place.results()
        assert not results["complete"]
        assert any("the run was stopped: the ledger of orders" in note for note in results["notes"])


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_run_whose_own_folder_is_removed_says_its_verdict_and_writes_it_down(
    workers: tuple[str, ...], opensrs_place: Callable[..., Any], tmp_path: Path
) -> None:
    seller, stood = Harming(), tmp_path / "stood"
    stood.mkdir()
    with opensrs_place({"pending": 12}, seller=seller) as place:
        seller.harm = lambda: shutil.rmtree(stood)
        done = warm.done(place.command(*SEVERAL, *workers, "--reports", "mine"), cwd=stood, env=ENVIRONMENT)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.splitlines()[-1].startswith("exit 0: ")
        assert (stood / "mine" / "results.json").exists()


def test_a_ledger_that_stays_stops_nothing(opensrs_place: Callable[..., Any]) -> None:
    seller = Harming()
    with opensrs_place({"pending": 12}, seller=seller) as place:
        done = place.run(*SEVERAL)
        assert len(seller.used_later()) > 1
        assert "stopped" not in done.stdout
        assert "used up, or perhaps" not in done.stdout


def running(place: Place, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        place.command(*words),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.folder,
        env=ENVIRONMENT,
    )


def test_a_process_that_may_write_no_more_ends_with_a_verdict(opensrs_place: Callable[..., Any]) -> None:
    seller, started = Harming(), list[subprocess.Popen[str]]()
    with opensrs_place({"pending": 12}, seller=seller) as place:
        seller.harm = lambda: _write_no_more(started[0].pid)
        started.append(running(place, *SEVERAL))
        said, _ = started[0].communicate(timeout=600)
        assert started[0].returncode == 10, said
        assert "INTERNALERROR" not in said
        assert "Traceback" not in said
        assert not seller.used_later()
        (first, *_) = (request.order for request in seller.asked if request.taken_up())
        assert "inconclusive: " in said
        assert "the reports cannot be written to reports: File too large" in said
        assert f"used up, or perhaps: {first}" in said
        assert not (place.folder / "reports" / "results.json").exists()


def _write_no_more(pid: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (16, resource.RLIM_INFINITY))


def _may_mount() -> bool:
    return os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def small_disk(at: Path, size: str) -> Iterator[Path]:
    at.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(at)], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def fill(folder: Path) -> None:
    """Leave no room on the disk a folder is on."""
    with (folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4096)
        except OSError:
            pass


@pytest.mark.skipif(not _may_mount(), reason="needs a disk of its own")
def test_reports_on_a_disk_that_fills_up_end_in_a_verdict_on_the_terminal(opensrs_place: Callable[..., Any]) -> None:
    seller = Harming()
    with opensrs_place({"pending": 12}, seller=seller) as place, small_disk(place.folder / "reports", "12m") as disk:
        seller.harm = lambda: fill(disk)
        done = place.run(*SEVERAL)
        assert "INTERNALERROR" not in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        assert done.returncode == 10, done.stdout + done.stderr
        assert "the reports cannot be written to reports: No space left on device" in done.stdout
        assert done.stdout.count("cannot be written") == 1
        assert "inconclusive: " in done.stdout
        assert done.stdout.splitlines()[-1].startswith("exit 10: the reports could not be written")
        assert not list(disk.rglob("*.tmp"))
        used = next(line for line in done.stdout.splitlines() if line.startswith("used up, or perhaps: "))
        assert {request.order for request in seller.asked if request.taken_up()} & set(
            place.listing()["states"]["pending"]["left"]
        ) == set()
        assert all(order["number"] in used for order in place.listing()["states"]["pending"]["used"])
        for name in ("results.json", "conformance.md", "junit.xml", "index.html"):
            assert not (disk / name).exists()  # half a report would be taken for a whole one


@pytest.mark.skipif(not _may_mount(), reason="needs a disk of its own")
def test_a_disk_without_room_for_reports_is_told_before_anything_is_sent(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 2}) as place, small_disk(place.folder / "reports", "4m"):
        done = place.run("-m", "OSRS-CAN-01")
        assert done.returncode == 4
        seen = r"nothing can be written there \(No space left on device: \d+\.\d MiB are free, and 8 MiB are wanted\)"
        assert re.search(seen, done.stderr), done.stderr
        assert not place.seller.asked


@pytest.mark.skipif(not _may_mount(), reason="needs a disk of its own")
def test_a_ledger_on_a_disk_that_fills_up_stops_the_run(opensrs_place: Callable[..., Any]) -> None:
    seller = Harming()
    with opensrs_place({"pending": 12}, seller=seller) as place, small_disk(place.folder / "kept", "256k") as disk:
        place.ledger = disk / "ledger.sqlite"
        seller.harm = lambda: fill(disk)
        done = place.run(*SEVERAL)
        assert done.returncode == 10, done.stdout + done.stderr
        assert "INTERNALERROR" not in done.stdout + done.stderr
        assert "the run was stopped: the ledger of orders" in done.stdout
        assert not seller.used_later()
