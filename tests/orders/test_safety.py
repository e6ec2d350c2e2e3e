"""What is sent, and what is not, to targets that could be harmed."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from running import is_nearly

from countermand.model.exchange import Request
from countermand.model.target import Supply
from countermand.provider.http import Request as Came
from countermand.provider.http import Response
from countermand.provider.opensrs import orders
from countermand.provider.opensrs.orders import IN_FLIGHT, State
from countermand.run.safety import Misdirected, Pace, hold_home
from countermand.targetfile import TargetError, load
from countermand.targetfile.production import agree
from orders.conftest import Opensrs

#: The digits of Arabic, by the Latin ones.
ARABIC = {digit: digit - 0x30 + 0x660 for digit in range(0x30, 0x3A)}
COMMENT = re.compile("<!--.*?-->", re.DOTALL)
HOSTS = ("api-gw.cityfibre.com", "API-GW1.cityfibre.com", "api-gw2.cityfibre.com.", "rr-n1-tor.opensrs.net")


class Yes(Opensrs):
    """Takes everything up: whatever is asked, about whichever order."""

    cancellable = IN_FLIGHT | {State.CANCELLED, State.COMPLETED, State.DECLINED}

    def handle(self, request: Came) -> Response:
        response = super().handle(request)
        number = self.asked[-1].order or "1"
        if self.asked[-1].action == "get_order_info" and b">1<" in response.body:
            return response
        items = {"protocol": "XCP", "object": "TRUST_SERVICE", "response_text": "Done", "action": "REPLY"}
        attributes = {"domain": "www.example.com", "order_id": number, "state": "cancelled"}
        body = self.envelope({**items, "attributes": attributes, "response_code": "200", "is_success": "1"})
        return Response(200, body, self.headers())


class Elsewhere(Opensrs):
    """Sends whoever asks to cancel to another place."""

    where = ""

    def handle(self, request: Came) -> Response:
        response = super().handle(request)
        if self.asked[-1].action == "cancel_order":
            return Response(307, b"", (("Location", self.where), ("Content-Type", "text/xml")))
        return response


@pytest.mark.parametrize("host", HOSTS)
def test_a_production_host_is_production_whatever_the_file_says(host: str, opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        target = load(place.target)
        by_url, by_route = replace(target, url=f"https://{host}:8443"), replace(target, connect_to=f"{host}:8443")
        for changed in (by_url, by_route):
            assert changed.production
            with pytest.raises(TargetError, match="--production staging"):
                agree([changed], [])
        agree([by_url], ["staging"])
        with pytest.raises(TargetError, match="not another"):
            agree([by_url], ["another"])


def test_no_order_is_made_on_production(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        register = {"product_type": "x", "domain": "a.example"}
        target = replace(load(place.target), environment="production", orders=Supply(register=register))
        with pytest.raises(TargetError, match="no order is ever made on production"):
            agree([target], ["staging"])


def test_production_is_refused_before_any_connection(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place, socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        place.rewrite(
            lambda text: re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", text).replace(
                '"staging"\n[', '"production"\n['
            )
        )
        place.rewrite(lambda text: text.replace('environment = "staging"', 'environment = "production"'))
        done = place.run("-m", "OSRS-CAN-01")
        assert done.returncode == 4
        assert 'environment = "production": its orders are real' in done.stderr
        assert "--production staging" in done.stderr
        wrong = place.run("-m", "OSRS-CAN-01", "--production", "another")
        assert wrong.returncode == 4
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_production_that_was_named_is_tested(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        place.rewrite(lambda text: text.replace('environment = "staging"', 'environment = "production"'))
        place.run("-m", "OSRS-CAN-01", "--production", "staging")
        assert place.verdicts()["A complete cancellation"][0] == "conforms"


def test_a_name_that_is_no_target_is_an_error(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        done = place.run("--production", "stagign")
        assert done.returncode == 4
        assert "--production stagign: no target of that name; there is staging" in done.stderr


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_the_cap_holds_against_a_seller_that_takes_everything_up(
    workers: tuple[str, ...], opensrs_place: Callable[..., Any]
) -> None:
    with opensrs_place({"pending": 30}, seller=Yes(), default=6) as place:
        place.rewrite(lambda text: re.sub(r"\[safety\]\n", "[safety]\ncancellations = 4\n", text))
        place.run(*workers)
        used = {request.order for request in place.seller.asked if request.action == "cancel_order"} & set(
            place.seller.orders
        )
        assert 0 < len(used) <= 4
        assert any(
            "the cap of 4 orders used up in a run is reached; raise [safety] cancellations of staging.toml" in words
            for _, words in place.verdicts().values()
        )


def test_a_redirect_is_never_followed(opensrs_place: Callable[..., Any]) -> None:
    with (
        opensrs_place({"pending": 10}, seller=Elsewhere()) as place,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        listener.settimeout(0)
        place.seller.where = f"https://127.0.0.1:{listener.getsockname()[1]}/redirected"
        place.run("-m", "OSRS-CAN-01 or OSRS-REQ-04")
        assert place.verdicts()["A complete cancellation"][0] != "conforms"
        with pytest.raises(BlockingIOError):
            listener.accept()
        place.seller.where = "/redirected"
        place.run("-m", "OSRS-REQ-04")
        assert {request.path for request in place.seller.asked} == {"/"}


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://127.0.0.1:1/",
        "http://127.0.0.1:8443/",
        "https://127.0.0.1:8443@elsewhere.example/",
    ],
)
def test_a_request_for_another_host_is_not_sent(url: str, opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place() as place:
        target = replace(load(place.target), url="https://127.0.0.1:8443")
        with pytest.raises(Misdirected, match="was not sent"):
            hold_home(target, Request("POST", url, (), b""))
        hold_home(target, Request("POST", "https://127.0.0.1:8443/cancelOrder", (), b""))


def test_opensrs_is_never_told_of_an_order_that_is_not_in_the_supply(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 20}) as place:
        place.run()
        listed = {order.seller for order in load(place.target).orders.listed}
        named = {request.order.strip() for request in place.seller.asked} | _numbers(place.seller)
        strange = named - listed - {"", "five-seven-eight", "&order;"}  # an entity, which nobody may put anything for
        strange -= {
            f"{number}{more}" for number in listed for more in ("abc", ".5", ".0", "e0", "' --", "' -- ")
        }  # at worst this one is cancelled
        strange -= {number.translate(ARABIC) for number in listed}
        strange -= {f"{number[:1]}_{number[1:]}" for number in listed}
        strange -= {str(int(number) + 2**64) for number in listed}  # of more digits than any has
        assert listed & named
        strange -= {number for number in strange if is_nearly(number, listed)}
        assert not strange & set(place.seller.orders)  # of the seller's other orders, none
        beginnings = _up_to_comments(place.seller)
        assert not [each for each in beginnings for number in listed - {each} if number.startswith(each)]
        odd = {
            number
            for number in strange
            if not re.fullmatch(r"[1-9]\d{8}(&<'1\]\]>--|7{400}|é漢\N{GRINNING FACE})?", number)
        }
        assert not odd  # those are drawn: no order has so few digits


@pytest.mark.parametrize(("digits", "bits"), [(7, 32), (10, 64), (15, 64)])
def test_a_number_that_is_nearly_an_orders_fits_the_integers_that_fit_orders(
    digits: int, bits: int, opensrs_place: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "NUMBER_DIGITS", digits)
    with opensrs_place() as place:
        place.run("-m", "OSRS-REQ-04")
        listed = {order.seller for order in load(place.target).orders.listed}
        near = [request.order for request in place.seller.asked if is_nearly(request.order, listed)]
        assert len(near) == 6  # four begin with an order's number, of which three are in two parts, and two end with it
        assert all(len(number) >= digits + 2 and int(number) < 2 ** (bits - 1) for number in near), near


def _up_to_comments(seller: Opensrs) -> set[str]:
    """What stands before a comment in a number, of more than the few digits that are drawn.

    Who reads no further takes that for the number, and it may be an order's that nobody has listed.
    """
    bodies = (request.body.decode("utf-8", "replace") for request in seller.asked)
    return {piece for body in bodies for piece in re.findall(r"""["']order_id["']>(\d{4,})<!(?:--|\[)""", body)}


def _numbers(seller: Opensrs) -> set[str]:
    """Every order_id in what was sent, also in requests that are no requests."""
    numbers = set()
    for request in seller.asked:
        for codec in ("utf-8", "utf-16-le", "utf-16-be"):
            text = COMMENT.sub("", request.body.decode(codec, "ignore"))
            numbers |= set(re.findall(r"""key\s*=\s*["']order_id["']\s*>(?:<!\[CDATA\[)?\s*(\d+)(?![\dx_])""", text))
    return numbers


def test_ala_is_never_told_of_an_order_that_is_not_in_the_supply(ala_place: Callable[..., Any]) -> None:
    with ala_place({"in_flight": 12}) as place:
        place.run()
        orders = load(place.target).orders.listed
        listed, references = {order.seller for order in orders}, {order.buyer for order in orders}
        others = [order for order in place.seller.orders.values() if order.seller_reference not in listed]
        assert others
        bodies = place.seller.bodies
        decoded = (
            body.decode("utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "replace") for body in bodies
        )
        text = COMMENT.sub("", "\n".join(decoded))
        for order in others:
            assert order.seller_reference not in text
            assert order.buyer_reference not in text
        named = set(re.findall(r"<(?:\w+:)?targetSellerOrderReference[^>]*>(?:<!\[CDATA\[)?([^<\]]*)", text)) - {""}
        assert named & listed
        strange = {name.strip() for name in named if not is_nearly(name.strip(), listed)} - listed - {"", "0" * 40}
        assert all(name.startswith(("COUNTERMAND-", "&")) for name in strange), strange
        assert references


def test_the_rate_holds_for_all_processes_together(tmp_path: Path) -> None:
    paces = [Pace(tmp_path, "ala", 40) for _ in range(4)]
    moments: list[float] = []

    def go(pace: Pace) -> None:
        for _ in range(5):
            pace.wait()
            moments.append(time.monotonic())

    threads = [threading.Thread(target=go, args=(pace,)) for pace in paces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moments.sort()
    assert moments[-1] - moments[0] >= 19 / 40 - 0.02


def test_a_run_keeps_to_the_rate(opensrs_place: Callable[..., Any]) -> None:
    with opensrs_place({"pending": 8}) as place:
        place.rewrite(lambda text: re.sub(r"\[safety\]\n", "[safety]\nrate = 5\n", text))
        place.run("-n", "2", "-m", "OSRS-STA-01 or OSRS-CMD-01")
        rows = [exchange for row in place.rows() for exchange in row["exchanges"]]
        started = sorted(exchange["started"] for exchange in rows)
        seconds = [float(moment[17:26]) + 60 * float(moment[14:16]) for moment in started]
        assert len(seconds) > 8
        assert seconds[-1] - seconds[0] >= (len(seconds) - 1) / 5 - 0.3
