"""A seller that misbehaves on the wire never hangs the suite, never kills it, and is told for what it is."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from countermand.doctor import preflight
from countermand.model.exchange import Exchange, Request, Trouble
from countermand.model.target import Target
from countermand.protocols.variation import PathSpelling, spelt
from countermand.run import wire
from countermand.run.wire import HttpsWire

from . import misbehaving


def ask(target: Target, path: str = "/cancelOrder", *, whole: bool = False) -> Exchange:
    """Send one request, and fail where it does not come back."""
    return ask_twice(target, 1, path, whole=whole)[0]


def ask_twice(target: Target, times: int = 2, path: str = "/cancelOrder", *, whole: bool = False) -> list[Exchange]:
    """Send the same request one after the other: the deadline is a thread's, no figure is asserted."""
    line, exchanges = HttpsWire(target), list[Exchange]()
    request = Request("POST", f"{target.url}{path}", (("Content-Type", "application/xml"),), b"<x/>", whole=whole)

    def send() -> None:
        for _ in range(times):
            exchanges.append(line.send(target.identities["buyer"], request, "cancelOrder"))

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    thread.join(20)
    line.close()
    assert len(exchanges) == times, "an exchange did not end"
    return exchanges


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (misbehaving.silent, Trouble.TIMEOUT),
        (misbehaving.drips_headers, Trouble.TIMEOUT),
        (misbehaving.drips_body, Trouble.TIMEOUT),
        (misbehaving.endless, Trouble.TOO_LARGE),
        (misbehaving.huge, Trouble.TOO_LARGE),
        (misbehaving.bomb, Trouble.TOO_LARGE),
        (misbehaving.half_closed, Trouble.CLOSED),
        (misbehaving.closes, Trouble.CLOSED),
        (misbehaving.resets, Trouble.CLOSED),
        (
            misbehaving.bare_xml,
            Trouble.CLOSED,
        ),  # the HTTP client waits for a head that never ends; the doctor looks at the bytes
        (misbehaving.other_protocol, Trouble.NOT_HTTP),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_misbehaving_seller_is_told_for_what_it_is(
    behaviour: misbehaving.Behaviour, trouble: Trouble, tmp_path: Path
) -> None:
    patient = replace(
        misbehaving.LIMITS, total=15
    )  # so that nothing but what it does ends the exchange, however busy the machine
    with misbehaving.served(
        behaviour, tmp_path, misbehaving.LIMITS if trouble is Trouble.TIMEOUT else patient
    ) as target:
        exchange = ask(target)

    assert (trouble, None) == (exchange.trouble, exchange.reply)


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (misbehaving.two_lengths, "the header Content-Length came twice, with two values"),
        (misbehaving.huge, "the reply has more than the 65536 bytes that [limits] size allows"),
        (misbehaving.bomb, "the reply has more than the 65536 bytes that [limits] size allows"),
    ],
)
def test_what_is_wrong_with_a_reply_is_said(behaviour: misbehaving.Behaviour, said: str, tmp_path: Path) -> None:
    with misbehaving.served(behaviour, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        assert ask(target).said == said


@pytest.mark.parametrize("behaviour", [misbehaving.silent, misbehaving.drips_headers, misbehaving.drips_body])
def test_what_came_too_late_is_said_by_our_limit_and_not_by_our_hanging_up(
    behaviour: misbehaving.Behaviour, tmp_path: Path
) -> None:
    with misbehaving.served(behaviour, tmp_path) as target:
        assert ask(target).said == f"no whole answer within {target.limits.total:g} s"


def test_a_connection_reset_before_it_is_looked_at_is_a_closed_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = wire._Line.opened

    def late(line: wire._Line, event: str, info: dict[str, Any]) -> None:
        if event == "connection.start_tls.complete":  # TLS 1.3: a certificate is turned down when the client has done
            with contextlib.suppress(OSError):
                while info["return_value"].get_extra_info("socket").getpeername():
                    time.sleep(0.01)
        looks(line, event, info)

    monkeypatch.setattr(wire._Line, "opened", late)
    with misbehaving.served(misbehaving.resets_unasked, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        exchange = ask(target)

    assert (exchange.trouble, exchange.reply) == (Trouble.CLOSED, None)


def test_a_redirect_is_shown_and_not_followed(tmp_path: Path) -> None:
    with misbehaving.served(misbehaving.redirects, tmp_path) as target:
        exchange = ask(target)

    assert exchange.reply is not None
    assert (exchange.reply.status, exchange.trouble) == (307, None)


def bodies(exchanges: list[Exchange]) -> list[bytes]:
    return [exchange.reply.body if exchange.reply else b"" for exchange in exchanges]


def test_what_came_before_a_request_is_not_taken_for_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving.served(misbehaving.answers_ahead, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        assert bodies(ask_twice(target)) == [b"<r/>", b"<r/>"]
        monkeypatch.setattr(wire._Line, "ahead", False)
        assert bodies(ask_twice(target)) == [b"<r/>", b"<q/>"], "without the guard it would be"


def test_who_reads_no_chunks_does_not_take_them_for_the_next_request(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def deaf(connection: ssl.SSLSocket) -> None:
        while head := misbehaving.read_request(connection):
            heard.append(head)
            chunked = b"\r\nTransfer-Encoding: chunked\r\n" in head
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (b"411 No" if chunked else b"200 OK"))

    with misbehaving.served(deaf, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        line, buyer = HttpsWire(target), target.identities["buyer"]
        whole = Request("POST", f"{target.url}/cancelOrder", (("Content-Type", "application/xml"),), b"<x/>")
        exchanges = [line.send(buyer, request, "cancelOrder") for request in (whole.in_chunks(), whole)]
        line.close()

    assert [exchange.reply and exchange.reply.status for exchange in exchanges] == [411, 200]
    assert [exchange.reused for exchange in exchanges] == [False, False]
    assert b"content-length" not in heard[0].lower()
    assert any(b"\r\nContent-Length: 4\r\n" in head for head in heard[1:])


def test_no_cookie_of_a_seller_goes_with_the_next_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with misbehaving.served(misbehaving.remembers, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        assert bodies(ask_twice(target)) == [b"<unknown/>", b"<unknown/>"]
        monkeypatch.delattr(wire._NoCookies, "extract_cookies")
        assert bodies(ask_twice(target)) == [b"<unknown/>", b"<known/>"], "without the guard it would"


def test_a_seller_behind_a_proxy_is_held_to_the_same_limit_of_time(tmp_path: Path) -> None:
    """The proxy is one connection and the seller within it another: what is cut is the one that is read."""
    with misbehaving.served(misbehaving.drips_body, tmp_path) as target, misbehaving.proxied(target) as behind:
        assert ask(target).trouble is Trouble.TIMEOUT
        exchange = ask(behind)

    assert (exchange.trouble, exchange.reply) == (Trouble.TIMEOUT, None)
    assert exchange.tls is not None


def test_a_connection_through_a_proxy_is_used_again(tmp_path: Path) -> None:
    with misbehaving.served(misbehaving.counts, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        assert bodies(ask_twice(target)) == [b"<1/>", b"<2/>"]
        with misbehaving.proxied(target) as behind:
            assert bodies(ask_twice(behind)) == [b"<1/>", b"<2/>"]


@pytest.mark.parametrize("path", ["/cancelOrder", "/", "/order s/cancelOrdér"])
@pytest.mark.parametrize("how", PathSpelling)
def test_a_path_arrives_as_it_is_written(how: PathSpelling, path: str, tmp_path: Path) -> None:
    """What stands before a seller looks at a path as it is: a client that tidies it up would ask for another one."""
    if path == "/" and how in {PathSpelling.ENCODED, PathSpelling.OTHER_CASE}:
        pytest.skip("there is no letter in it")
    written = spelt(path, how)
    with misbehaving.served(misbehaving.echoes, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        elsewhere = replace(target, connect_to=target.url.removeprefix("https://"), url="https://localhost")
        with misbehaving.proxied(target) as behind:
            asked = [ask(way, written) for way in (target, elsewhere, behind)]

    assert bodies(asked) == [f"<r>{quote(written, safe='/%;?=')}</r>".encode()] * 3


def test_a_whole_address_arrives_under_the_name_the_target_has(tmp_path: Path) -> None:
    with misbehaving.served(misbehaving.echoes, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        elsewhere = replace(target, connect_to=target.url.removeprefix("https://"), url="https://localhost")
        with misbehaving.proxied(target) as behind:
            asked = [ask(way, whole=True) for way in (target, elsewhere, behind)]

    wanted = [f"<r>{way}/cancelOrder</r>".encode() for way in (target.url, "https://localhost", target.url)]
    assert bodies(asked) == wanted


def test_nobody_listening_is_no_closed_door(tmp_path: Path) -> None:
    with misbehaving.served(misbehaving.closes, tmp_path) as target:
        pass

    assert Trouble.UNREACHABLE is ask(target).trouble


@pytest.mark.parametrize(
    "head",
    [b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 18, b"Content-Length: " + b"9" * 30 + b"\r\n"],
    ids=["a chunk", "a body"],
)
def test_a_length_beyond_all_memory_is_no_traceback(head: bytes, tmp_path: Path) -> None:
    def boasts(connection: ssl.SSLSocket) -> None:
        misbehaving.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n<x/>")

    with misbehaving.served(boasts, tmp_path, replace(misbehaving.LIMITS, total=15)) as target:
        preflight(target)
        assert ask(target).reply is None
