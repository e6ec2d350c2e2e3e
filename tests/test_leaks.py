"""What a reply tells that it must not, in whatever form, and what is ordinary prose or an echo."""

from __future__ import annotations

import base64
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running import Watched, rewritten, run, served

from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.secret import Masker
from countermand.protocols.disclosure import PART, Known, disclosed, hosts, revealed
from countermand.protocols.opensrs_signature import inner, signature_of
from countermand.protocols.variation import Signature
from countermand.provider import embedded, http
from countermand.provider.deviants import deviants

SIGNATURE = "0123456789abcdef0123456789abcdef"
KEY = "k3y-0f-the-buyer-and-nobody-else"
DOMAIN = Known("its domain", "www.secret-shop.example")
PENDING = Known("its state", "pending", is_state=True)
DECLINED = Known("its state", "declined", is_state=True)
COMPLETED = Known("its state", "completed", is_state=True)
IN_FLIGHT = Known("its state", "in flight", is_state=True)
OWNER = Known("its owner", "SPDEV2")


def exchange(body: str | bytes, *headers: tuple[str, str], sent: str = "<a/>", signed: str = "no") -> Exchange:
    request = Request(
        "POST", "https://s/", (("X-Signature", signed),), sent.encode(), frozenset({"x-signature"}), GUARDED
    )
    data = body.encode() if isinstance(body, str) else body
    reply = Reply(200, "OK", "HTTP/1.1", (("Content-Type", "text/xml"), *headers), data)
    return Exchange(1, "cancel_order", "buyer", datetime(2026, 11, 25, tzinfo=UTC), 0.1, request, reply)


def shown(exchange: Exchange) -> tuple[str, ...]:
    return revealed(exchange, Masker())[0]


GUARDED = (("the key", KEY), ("the signature", SIGNATURE))


def test_a_digest_that_its_caller_has_sent_for_a_signature_is_shown_to_nobody() -> None:
    body = "<a/>"
    single = inner(body.encode(), KEY)
    assert single == signature_of(body.encode(), KEY, Signature.SINGLE)
    for signed, seen in (("no", ("the inner digest",)), (single, ())):
        asked = exchange(f"<r>not {single}</r>", sent=body, signed=signed)
        assert shown(replace(asked, request=replace(asked.request, guarded=(("the inner digest", single),)))) == seen


@pytest.mark.parametrize("secret", [True, False])
def test_a_cookie_is_kept_back_where_somebody_was_given_it(secret: bool) -> None:
    borne = Request("POST", "https://s/", (("Cookie", "a=some-word"),), b"", frozenset({"cookie"} if secret else ()))
    assert ("some-word" in replace(exchange("<r/>"), request=borne).secrets) is secret


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("0" * 16 + "f" * 16, "trace 00000000000000000000000000000001"),
        ("horizon reseller test key", "Dear Horizon reseller test, no"),
        ("4b4b4b4b4b4b4b4b4b4b4b4b", "4b4b4b4b4b4b4b4b4b4b"),
    ],
)
def test_a_part_of_a_key_that_stands_in_ordinary_words_is_not_shown(key: str, said: str) -> None:
    asked = exchange(f"<r>{said}</r>")
    asked = replace(asked, request=replace(asked.request, guarded=(("the key", key),)))
    assert revealed(asked, Masker()) == ((), ())
    whole = Reply(200, "OK", "HTTP/1.1", (), key.encode())
    assert shown(replace(asked, reply=whole)) == ("the key",)


def test_every_part_of_a_key_is_seen_that_is_long_enough() -> None:
    key = "Wq7" + "".join(f"{number:02x}" for number in range(90, 120))
    for size, seen in ((PART, ("the key",)), (PART // 2, ())):
        for at in range(len(key) - size + 1):
            asked = exchange(f"<r>no: {key[at : at + size]}</r>")
            asked = replace(asked, request=replace(asked.request, guarded=(("the key", key),)))
            assert shown(asked) == seen, at


@pytest.mark.parametrize(
    "exchange",
    [
        exchange(f"<r>Expected {SIGNATURE}</r>"),
        exchange(f"<r>Expected {SIGNATURE.upper()}</r>"),
        exchange(f"<r><!-- {SIGNATURE} --></r>"),
        exchange(f"<r expected='{SIGNATURE}'/>"),
        exchange("<r>" + SIGNATURE.replace("a", "&#97;") + "</r>"),
        exchange(f"<r><![CDATA[{SIGNATURE[:9]}]]><![CDATA[{SIGNATURE[9:]}]]></r>"),
        exchange(f"<r>{SIGNATURE}</r>".encode("utf-16")),
        exchange(f"not XML: {SIGNATURE}"),
        exchange("<r/>", ("X-Expected-Signature", SIGNATURE)),
        exchange(f"<r>{base64.b64encode(SIGNATURE.encode()).decode()}</r>"),
        exchange(f"<r>Expected {SIGNATURE[:-4]}****</r>"),
        exchange(f"<r>Expected ****{SIGNATURE[4:]}</r>"),
        exchange("<r/>", ("X-First", SIGNATURE[:16]), ("X-Second", SIGNATURE[16:].upper())),
        exchange(f"<r>Expected {SIGNATURE[:20]}</r>", signed=f"f{SIGNATURE[1:10]}"),
    ],
)
def test_an_expected_signature_is_seen_in_whatever_form_it_is_shown(exchange: Exchange) -> None:
    assert shown(exchange) == ("the signature",)


@pytest.mark.parametrize(
    "exchange",
    [
        exchange("<r>Authentication Error</r>"),
        exchange(f"<r>You sent {SIGNATURE}</r>", signed=SIGNATURE),
        exchange(f"<r>You sent {SIGNATURE}0</r>", signed=f"{SIGNATURE}0"),
        exchange(f"<r>You sent {SIGNATURE}</r>", signed=SIGNATURE.upper()),
        exchange(f"<r>You sent {'f' * 32}</r>", signed="f" * 32),
        exchange(f"<r>You sent f{SIGNATURE[1:]}</r>", signed=f"f{SIGNATURE[1:]}"),
        exchange(f"<r>It is {SIGNATURE[:15]}</r>"),
        replace(exchange(f"<r>{SIGNATURE}</r>"), reply=None),
    ],
)
def test_what_the_caller_has_sent_itself_is_no_secret(exchange: Exchange) -> None:
    assert shown(exchange) == ()


def test_a_key_is_seen_and_neither_it_nor_the_signature_is_written_down() -> None:
    leaking = exchange(f"<r>{KEY} {SIGNATURE}</r>")
    assert shown(leaking) == ("the key", "the signature")
    row = replace(leaking, shows=shown(leaking)).masked(Masker())
    assert KEY not in str(row)
    assert SIGNATURE not in str(row)
    assert Exchange.of(row).shows == ("the key", "the signature")  # a replay is told what no record may hold


@pytest.mark.parametrize(
    ("known", "exchange"),
    [
        (DOMAIN, exchange("<r>Permission denied for www.secret-shop.example.</r>")),
        (DOMAIN, exchange("<r>Permission denied for WWW.Secret-Shop.Example</r>")),
        (DOMAIN, exchange("<r/>", ("X-Domain", "www.secret-shop.example"))),
        (OWNER, exchange("<r><!-- owner SPDEV2 --></r>")),
        (OWNER, exchange("<r/>", ("X-Owner", "SPDEV2"))),
        (PENDING, exchange("<r>The order is pending.</r>")),
        (PENDING, exchange("<r>Permission denied (order state: pending)</r>")),
        (PENDING, exchange('<r><item key="state">pending</item></r>')),
        (PENDING, exchange("<r><orderStatus>Pending</orderStatus></r>")),
        (PENDING, exchange("<r/>", ("X-Order-State", "pending"))),
        (COMPLETED, exchange("<r>This order has been completed by its owner</r>")),
        (COMPLETED, exchange("<r><faultcode>Server.OrderCompleted</faultcode></r>")),
        (IN_FLIGHT, exchange("<r>It is in flight</r>")),
        (IN_FLIGHT, exchange("<r><code>ORDER_IN_FLIGHT</code></r>")),
    ],
)
def test_what_only_the_owner_knows_is_seen(known: Known, exchange: Exchange) -> None:
    assert disclosed(exchange, [known]) == [known]


@pytest.mark.parametrize(
    ("known", "exchange"),
    [
        (DOMAIN, exchange("<r>Permission denied</r>")),
        (DOMAIN, exchange("<r>www.secret-shop.example</r>", sent="<d>www.secret-shop.example</d>")),
        (COMPLETED, exchange("<r>Your request cannot be completed.</r>")),
        (COMPLETED, exchange("<r>The order cannot be completed or cancelled by you.</r>")),
        (COMPLETED, exchange("<r>Command completed successfully.</r>")),
        (DECLINED, exchange("<r>Your request was declined.</r>")),
        (PENDING, exchange("<r>Order State Prohibits Cancellation</r>")),
        (PENDING, exchange("<r>Only pending orders can be cancelled.</r>")),
        (PENDING, exchange("<r>The order is not pending.</r>")),
        (IN_FLIGHT, exchange("<r>The order is not in flight.</r>")),
        (Known("its owner", "reseller"), exchange("<r>It is another reseller's.</r>")),
        (Known("its product_id", "547"), exchange("<r/>", ("Content-Length", "547"))),
    ],
)
def test_ordinary_prose_and_an_echo_tell_nothing(known: Known, exchange: Exchange) -> None:
    assert disclosed(exchange, [known]) == []


def test_hosts_are_names_with_dots_that_the_caller_has_not_named() -> None:
    told_of = exchange(
        "<r>See a.example.com, not help@b.example.com nor 1.2.3 or c.example.com</r>", sent="<r>c.example.com</r>"
    )
    assert hosts(told_of) == {"a.example.com"}


@pytest.mark.parametrize("name", ["Prompting", "Unlocking"])
def test_a_replay_sees_what_the_run_saw_and_no_report_holds_it(tmp_path: Path, name: str) -> None:
    wrong = deviants("opensrs")[name]()
    seller = Watched(wrong)
    with served("opensrs", tmp_path / "seller", seller) as path:
        rewritten(path, ('"embedded-opensrs"', '"staging"'))
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-SIG-08 or OSRS-SIG-01")
    assert done.verdicts == {"OSRS-SIG-01": "conforms", "OSRS-SIG-08": "departs"}
    again = run(tmp_path, f"--replay={done.reports}", f"--reports={tmp_path / 'again'}")
    again_told = replace(again, reports=tmp_path / "again")
    assert again_told.verdicts == done.verdicts
    expected = {wrong.signature(request.body, wrong.buyer.key) for request in seller.asked}
    for report in (*done.reports.rglob("*"), *(tmp_path / "again").rglob("*")):
        data = report.read_bytes() if report.is_file() else b""
        assert not [secret for secret in (*expected, wrong.buyer.key) if secret.encode() in data], report


@dataclass
class Repeating(Watched):
    """Says back, in the text of every reply, something of what it was asked with."""

    says: Callable[[http.Request, str], str] = lambda _request, key: key
    charset: str = "utf-8"

    def altered(self, request: http.Request, response: http.Response) -> http.Response:
        key = str(self.target()["buyer"]["api_key"])
        said = re.sub(
            "(key=.response_text.[^>]*>)", lambda start: f"{start[1]}{self.says(request, key)} ", response.body.decode()
        )
        headers = tuple((name, value.replace("utf-8", self.charset)) for name, value in response.headers)
        return replace(response, body=said.replace("UTF-8", self.charset.upper()).encode(self.charset), headers=headers)


def signature(request: http.Request, _key: str) -> str:
    return request.headers.get("x-signature", "none")


def in_pieces(_request: http.Request, key: str) -> str:
    return " ".join(key[at : at + 8] for at in range(0, len(key), 8))


def whole(_request: http.Request, key: str) -> str:
    return key


def but_for_its_end(_request: http.Request, key: str) -> str:
    return f"{key[:-4]}****"


@pytest.mark.parametrize(
    ("says", "charset", "departs"),
    [
        (signature, "utf-8", set()),
        (in_pieces, "utf-8", {"OSRS-SIG-08"}),
        (whole, "utf-16", {"OSRS-SIG-08"}),
        (but_for_its_end, "utf-8", {"OSRS-SIG-08"}),
    ],
    ids=["the signature", "the key in pieces", "the key in UTF-16", "the key but for its end"],
)
def test_a_seller_that_says_a_secret_back_is_judged_alike_by_run_and_replay(
    says: Callable[[http.Request, str], str], charset: str, departs: set[str], tmp_path: Path
) -> None:
    with served(
        "opensrs", tmp_path / "seller", Repeating(embedded.SELLERS["opensrs"](), says=says, charset=charset)
    ) as path:
        rewritten(path, ('"embedded-opensrs"', '"staging"'))
        done = run(tmp_path, f"--target={path}")
    assert done.code == 0, done.said
    assert {name for name, verdict in done.verdicts.items() if verdict == "departs"} == departs
    again = run(tmp_path, f"--replay={done.reports}", f"--reports={tmp_path / 'again'}")
    assert again.code == 0, again.said
    assert replace(again, reports=tmp_path / "again").verdicts == done.verdicts
    key = str(tomllib.loads(path.read_text(encoding="utf-8"))["buyer"]["api_key"])
    parts = [key[at : at + 20].encode() for at in range(0, len(key) - 20, 10)]
    written = [file for file in tmp_path.rglob("*") if file.is_file() and "seller" not in file.parts]
    assert written
    assert not [file for file in written if any(part in file.read_bytes() for part in parts)]
