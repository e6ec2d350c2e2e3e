"""Messages name the fault of a seller, and the line that repeats it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from running import Told, Watched, rewritten, run, served

from countermand.checks.replies import each
from countermand.model.exchange import Exchange
from countermand.model.verdict import Nonconformance
from countermand.provider import embedded
from countermand.provider.deviants import deviants
from countermand.provider.http import Request, Response
from countermand.run.run import Seen

BOTH = "ALA-FLT-01 or ALA-REQ-07"


class Unfaulting(Watched):
    """Answers a cancellation that names no order with a status of 400, and a page."""

    def altered(self, request: Request, response: Response) -> Response:
        names_order = b"targetSellerOrderReference>" in request.body
        return response if names_order or response.status != 400 else replace(response, body=b"<html/>")


class Chatting(Watched):
    """Answers what is written with comments in words of its own, and the rest as ever."""

    def altered(self, request: Request, response: Response) -> Response:
        words = re.sub(rb"(<status>)[^<]*", rb"\1Hello there", response.body)
        return replace(response, body=words) if b"<!--" in request.body else response


@contextmanager
def staged(folder: Path, seller: Watched) -> Iterator[Path]:
    with served("ala", folder / "seller", seller) as path:
        yield rewritten(path, ('"embedded-ala"', '"staging"'))


def messages(done: Told, clause: str) -> list[str]:
    row = next(row for row in done.results["clauses"] if row["id"] == clause)
    return [scenario["message"] for scenario in row["scenarios"] if scenario["message"]]


def line(message: str, label: str) -> str:
    return next(line[12:] for line in message.splitlines() if line.startswith(f"  {label:<9} "))


def test_the_line_that_repeats_a_clause_over_every_answer_shows_the_failure(tmp_path: Path) -> None:
    with staged(tmp_path, Unfaulting(embedded.SELLERS["ala"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", BOTH)
        (message,) = messages(done, "ALA-FLT-01")
        assert re.fullmatch(r"\d+: cancelOrder -> 400, in the scenario '.*' of ALA-REQ-07", line(message, "exchange"))
        _, _, *repeated = shlex.split(line(message, "again"))
        assert repeated[-2:] == ["-m", BOTH]
        (tmp_path / "alone").mkdir()
        alone = run(tmp_path / "alone", f"--target={target}", "-m", "ALA-FLT-01")  # where no run has shown it before
        assert alone.verdicts == {"ALA-FLT-01": "conforms"}
        again = run(tmp_path, *repeated)
        assert again.verdicts["ALA-FLT-01"] == "does not conform"
        (once_more,) = messages(again, "ALA-FLT-01")
        assert line(once_more, "received") == line(message, "received")


def test_the_exchange_that_is_named_is_the_one_that_is_spoken_of(tmp_path: Path) -> None:
    with staged(tmp_path, Watched(deviants("ala")["Gossiping"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-ORD-05")
    message, _ = messages(done, "ALA-ORD-05")  # and that of an order that the buyer has cancelled
    assert line(message, "exchange").startswith("1: ")  # the second is that of an order that does not exist
    assert line(message, "again").endswith("-m ALA-ORD-05")


def test_a_reply_outside_the_scenario_is_not_named_as_one_of_its_own(tmp_path: Path) -> None:
    with staged(tmp_path, Watched(deviants("ala")["Vague"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-CAN-01 or ALA-TRC-03")
    first = next(message for message in messages(done, "ALA-TRC-03") if "in the scenario" not in message)
    assert line(first, "exchange") == "1: cancelOrder -> 200, the complete cancellation all scenarios lean on"


def test_no_message_dangles_where_there_is_no_advice(tmp_path: Path) -> None:
    with staged(tmp_path, Chatting(embedded.SELLERS["ala"]())) as target:
        done = run(tmp_path, f"--target={target}", "-m", "ALA-XML-03")
    said = [
        text
        for clause in done.results["clauses"]
        for scenario in clause["scenarios"]
        for text in (scenario["message"] or "").splitlines()
    ]
    assert any("neither a yes nor a no" in text for text in said)
    assert not [text for text in said if text.rstrip().endswith((";", ":", ","))]


@pytest.mark.parametrize(("clause", "provoked"), [("ALA-REQ-07", "ALA-REQ-07"), ("", None)])
def test_what_the_looking_scenario_asked_itself_needs_no_other_clause(clause: str, provoked: str | None) -> None:
    def never(exchange: Exchange) -> None:
        raise Nonconformance("odd", received=exchange.number)

    exchange = Exchange.of(
        {
            "number": 3,
            "operation": "cancelOrder",
            "identity": "buyer",
            "started": "2026-11-25T12:00:00Z",
            "elapsed": 0.1,
            "request": {
                "method": "POST",
                "url": "https://s/",
                "headers": [],
                "body": {"encoding": "utf8", "value": "", "masked": []},
            },
            "reply": None,
            "trouble": "closed",
            "said": "",
            "tls": None,
            "sound": True,
        }
    )
    with pytest.raises(Nonconformance, match=r"^odd$") as caught:
        each([Seen(exchange, "A scenario", clause)], never, "there is none")
    assert caught.value.provoked == provoked
    assert str(caught.value.exchange).startswith("3: cancelOrder -> closed")
