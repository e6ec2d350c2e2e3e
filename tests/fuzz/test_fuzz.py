"""Readers of what people and strangers write raise only what they say they raise."""

from __future__ import annotations

import json
import tempfile
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from countermand.baseline import apply as baseline
from countermand.certify import keys
from countermand.certify.check import check
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.ownership import seller_keys
from countermand.model.secret import Masker
from countermand.model.target import Identity, Target
from countermand.protocols.answer import Decision
from countermand.protocols.carrier import Desk
from countermand.protocols.registry import PROTOCOLS
from countermand.records import finished
from countermand.records import inputs as recorded
from countermand.records.record import RecordError
from countermand.records.record import read as read_record
from countermand.targetfile import TargetError, load
from fuzz.conftest import Genuine
from fuzz.mangling import documents, target_files

TARGETS = {
    api: (Path(__file__).parents[2] / "targets" / f"{api}.toml").read_text(encoding="utf-8")
    for api in ("ala", "opensrs")
}
PLAIN = """\
name = "staging"
api = "opensrs"
url = "https://seller.example:8443"
connect_to = "127.0.0.1:8443"
proxy = "http://proxy.example:3128"
instance = "one"
[trust]
tls_minimum = "1.2"
[buyer]
username = "countermand"
api_key = "0123456789abcdef"
[orders]
pending = ["1001", "1002"]
unknown = "7"
[safety]
hostile = true
cancellations = 3
rate = 2.5
[limits]
connect = 3
total = 4.5
size = 4096
dead = 2
[capabilities]
takes_up = "yes"
"""
BASELINE = '[[fails]]\nclause = "ALA-REQ-07"\nowner = "me"\nreason = "known"\nexpires = 2030-01-31\nlink = "https://t.example/1"\n'


def written(data: bytes, name: str, read: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        read(path)


def load_and_use(path: Path) -> None:
    """Do with a target what is done before anything is sent."""
    try:
        target = load(path)
    except TargetError:
        return
    assert all(key.startswith(f"{target.api} ") for key in seller_keys(target))
    assert target.production in {True, False}
    assert target.limits.total < 10**4
    json.dumps(recorded.table(target))
    target.masker().text("any")


@given(
    st.one_of(
        target_files(PLAIN.splitlines()), documents(PLAIN.encode(), *(text.encode() for text in TARGETS.values()))
    )
)
def test_a_target_file_is_read_or_refused_in_words(data: bytes) -> None:
    written(data, "target.toml", load_and_use)


def test_a_reader_that_trusts_what_it_reads_would_be_found_out() -> None:
    """The guards are switched off.

    What is drawn here is enough to break a reader that only expects what its library says.
    """

    def breaks(data: bytes) -> bool:
        try:
            tomllib.loads(data.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            return False
        except (RecursionError, ValueError):
            return True
        return False

    looking = settings(max_examples=2000, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    assert breaks(
        find(st.one_of(target_files(PLAIN.splitlines()), documents(PLAIN.encode())), breaks, settings=looking)
    )


@given(documents(BASELINE.encode()))
def test_a_baseline_is_read_or_refused_in_words(data: bytes) -> None:
    def read(path: Path) -> None:
        try:
            baseline.read(path)
        except baseline.BaselineError:
            return

    written(data, "known.toml", read)


@given(data=st.data())
def test_results_are_read_or_refused_in_words(data: st.DataObject, genuine: Genuine) -> None:
    def read(path: Path) -> None:
        try:
            finished.read(path)
        except finished.FinishedError:
            return

    written(data.draw(documents((genuine.reports / "results.json").read_bytes())), "results.json", read)


@pytest.mark.parametrize("name", ["given.json", "record.jsonl"])
@given(data=st.data())
def test_a_record_is_read_or_refused_in_words(data: st.DataObject, name: str, genuine: Genuine) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for one in ("given.json", "record.jsonl", "results.json"):
            Path(folder, one).write_bytes((genuine.reports / one).read_bytes())
        Path(folder, name).write_bytes(data.draw(documents((genuine.reports / name).read_bytes())))
        try:
            read_record(Path(folder))
        except RecordError:
            return


@given(data=st.data())
def test_a_certificate_that_was_touched_does_not_verify(data: st.DataObject, genuine: Genuine) -> None:
    original = genuine.certificate.read_bytes()
    touched = data.draw(documents(original))
    if touched == original:
        return

    def read(path: Path) -> None:
        assert check(path, keys.public(genuine.key)).problems

    written(touched, "made.zip", read)


def replies(genuine: Genuine, api: str) -> list[bytes]:
    rows = [json.loads(line) for line in (genuine.reports / "record.jsonl").read_text("utf-8").split("\n") if line]
    return [
        seen.reply.body
        for row in rows
        if row["api"] == api
        for seen in map(Exchange.of, row["exchanges"])
        if seen.reply
    ]


@pytest.mark.parametrize("api", sorted(PROTOCOLS))
@given(data=st.data(), status=st.sampled_from([200, 302, 400, 403, 500, 503]))
def test_a_reply_is_read_whatever_it_is(data: st.DataObject, status: int, api: str, genuine: Genuine) -> None:
    reply = Reply(
        status, "OK", "HTTP/1.1", (("Content-Type", "text/xml"),), data.draw(documents(*replies(genuine, api)))
    )
    target = Target("staging", api, "https://seller.example", Path("x.toml"), {"buyer": Identity("buyer")})
    seller = PROTOCOLS[api](target, Desk())
    exchange = Exchange(
        1, seller.operation, "buyer", datetime.now(UTC), 0.1, Request("POST", target.url, (), b""), reply
    )
    answer = seller.read(exchange)
    assert answer.decision in set(Decision)
    json.dumps(exchange.masked(Masker()))
