"""An exchange is written down without its secrets and read back as it was."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.model.exchange import Exchange, Reply, Request, Tls, Trouble, timestamp
from countermand.model.rows import RequestRow
from countermand.model.secret import Masker
from countermand.model.target import Identity
from countermand.model.verdict import Inconclusive
from countermand.run.replay import Replay

MOMENT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
SIGNATURE = "0123456789abcdef0123456789abcdef"
REQUEST = Request(
    "POST",
    "https://seller.example/?key=correct-horse",
    (("X-Username", "reseller1"), ("X-Signature", SIGNATURE)),
    b"<key>correct-horse</key>",
    frozenset({"x-signature"}),
)
TLS = Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "ab" * 32)


def exchange(reply: Reply | None, trouble: Trouble | None = None) -> Exchange:
    return Exchange(
        3, "cancel_order", "buyer", MOMENT, 0.1234567, REQUEST, reply, trouble, "correct-horse said", TLS, sound=True
    )


def reply(body: bytes) -> Reply:
    headers = (("Set-Cookie", "session=1"), ("X-Echo", f"correct-horse {SIGNATURE.upper()}"))
    return Reply(200, "OK", "HTTP/1.1", headers, body)


def test_no_secret_is_written_down() -> None:
    row = exchange(reply(f"<r>correct-horse {SIGNATURE}</r>".encode())).masked(Masker(["correct-horse"]))
    line = json.dumps(row)
    assert "correct-horse" not in line
    assert SIGNATURE not in line.lower()
    assert "session=1" not in line
    assert row["request"]["headers"] == [["X-Username", "reseller1"], ["X-Signature", "***"]]
    assert row["request"]["body"] == {"encoding": "utf8", "value": f"<key>{'*' * 13}</key>", "masked": [[5, 18]]}
    assert row["reply"] is not None
    assert row["reply"]["body"]["masked"] == [[3, 16], [17, 49]]


@given(st.binary(max_size=200))
def test_a_reply_is_read_back_byte_by_byte(body: bytes) -> None:
    row = json.loads(json.dumps(exchange(reply(body)).masked(Masker())))
    back = Exchange.of(row)
    assert back.reply is not None
    assert back.reply.body == body
    assert (back.number, back.identity, back.started, back.sound, back.tls) == (3, "buyer", MOMENT, True, TLS)
    assert back.masked(Masker())["reply"] == row["reply"]


@pytest.mark.parametrize("trouble", Trouble)
def test_trouble_is_read_back(trouble: Trouble) -> None:
    back = Exchange.of(exchange(None, trouble).masked(Masker(["correct-horse"])))
    assert (back.reply, back.trouble, back.said) == (None, trouble, "************* said")
    assert str(back) == f"3: cancel_order -> {trouble}"


def test_a_request_with_the_whole_address_is_recorded_and_replayed_as_such() -> None:
    sent = replace(exchange(None, Trouble.CLOSED), number=1, request=replace(REQUEST, whole=True))
    row = sent.masked(Masker())
    assert Exchange.of(row).request.whole
    assert Replay([row], Masker()).send(Identity("buyer"), sent.request, "cancel_order").request.whole
    with pytest.raises(Inconclusive, match=r"correct-horse, in the record \S+ \(as the whole address\)"):
        Replay([row], Masker()).send(Identity("buyer"), REQUEST, "cancel_order")


def test_a_secret_that_stands_in_two_headers_is_not_written_down() -> None:
    headers = (("X-First", f"it is {SIGNATURE[:20]}"), ("X-Second", f"{SIGNATURE[20:]} indeed"), ("Date", "today"))
    row = exchange(Reply(200, "OK", "HTTP/1.1", headers, b"")).masked(Masker([SIGNATURE]))
    assert row["reply"] is not None
    stars = [["X-First", "it is " + "*" * 20], ["X-Second", "*" * 12 + " indeed"], ["Date", "today"]]
    assert row["reply"]["headers"] == stars


def test_a_header_is_found_whatever_its_case() -> None:
    assert reply(b"").header("SET-cookie") == "session=1"
    assert reply(b"").header("X-None") is None


def test_a_moment_is_written_in_utc_to_the_microsecond() -> None:
    assert timestamp(MOMENT) == "2026-11-21T09:30:00.123456Z"
    assert datetime.fromisoformat(timestamp(MOMENT)) == MOMENT


@given(st.binary(max_size=200))
def test_a_compressed_request_is_what_it_was(body: bytes) -> None:
    request = replace(REQUEST, body=body)
    packed = request.compressed()
    assert gzip.decompress(packed.body) == body
    assert packed.headers == (*REQUEST.headers, ("Content-Encoding", "gzip"))
    assert packed.body == request.compressed().body


def test_a_long_request_is_compressed_in_parts() -> None:
    long = bytes(range(256)) * 600
    assert gzip.decompress(replace(REQUEST, body=long).compressed().body) == long


def test_a_header_takes_the_place_of_one_of_its_name() -> None:
    said = REQUEST.saying((("x-username", "another"), ("Accept", "x")))
    assert said.headers == (("X-Signature", SIGNATURE), ("x-username", "another"), ("Accept", "x"))


def test_a_record_that_says_how_a_request_was_signed_is_held_to_it_and_one_of_before_is_not() -> None:
    asked = replace(exchange(None, Trouble.CLOSED), number=1, request=replace(REQUEST, signed="wrong"))
    row = asked.masked(Masker(["correct-horse"]))
    assert Exchange.of(row).request.signed == "wrong"

    def replayed(request: RequestRow) -> Exchange:
        replay = Replay([{**row, "request": request}], Masker(["correct-horse"]))
        return replay.send(Identity("buyer"), asked.request, "cancel_order")

    assert replayed(row["request"]).request.signed == "wrong"
    before = row["request"].copy()
    del before["signed"]
    assert replayed(before).request.signed == ""
    with pytest.raises(Inconclusive, match="its signature is wrong, in the record good"):
        replayed({**row["request"], "signed": "good"})


def test_what_was_put_into_gzip_is_read_again_and_what_a_record_has_made_of_it_is_no_error() -> None:
    plain = Request("POST", "https://seller.example/", (), b"<a>" + b"7" * 70000 + b"</a>")
    packed = plain.compressed()
    assert plain.content == packed.content == plain.body
    spoilt = replace(packed, body=packed.body.replace(b"<a>", b"***", 1))
    bomb = replace(packed, body=gzip.compress(b"7" * 10**7))
    for request in (spoilt, replace(packed, body=b"no gzip"), bomb):
        assert len(request.content) <= len(request.body) + 1
