"""The OpenSRS sellers that are wrong in one thing, and those that conform in their own way, beside the reference."""

from __future__ import annotations

import re
import socket
import tomllib
from pathlib import Path
from threading import Thread

import pytest
from opensrs_asking import ask, document, foreign_number, number_of, replies, request

from countermand.provider.deviants import deviants
from countermand.provider.http import Response
from countermand.provider.opensrs.dialects import Dialect, styles
from countermand.provider.opensrs.orders import State
from countermand.provider.opensrs.seller import Seller

CLAUSES = tomllib.loads((Path(__file__).parents[2] / "features/opensrs/clauses.toml").read_text("utf-8"))


def likeness(response: Response, seller: Seller) -> object:
    """Make replies of two sellers comparable: the numbers and times they draw are left out."""
    body = re.sub(
        rb"(?<!\d)\d{15}(?!\d)",
        lambda match: b"KNOWN" if match[0].decode() in seller.orders else b"UNKNOWN",
        response.body,
    )
    headers = [header for header in response.headers if header[0] != "Date"]
    return response.status, headers, body, response.silent


def likenesses(seller: Seller) -> list[object]:
    return [likeness(response, seller) for response in replies(seller)]


def test_every_clause_has_a_deviant() -> None:
    tested = {clause for clause, row in CLAUSES.items() if "untested" not in row}
    assert {vars(deviant)["breaks"] for deviant in deviants("opensrs").values()} == tested


def test_the_reference_answers_like_itself() -> None:
    assert likenesses(Seller()) == likenesses(Seller())


@pytest.mark.parametrize("name", sorted(deviants("opensrs").keys() - {"Parametric", "Peeping", "Typesetting"}))
def test_a_deviant_answers_something_otherwise_than_the_reference(name: str) -> None:
    deviant = deviants("opensrs")[name]()
    assert isinstance(deviant, Seller)
    assert likenesses(deviant) != likenesses(Seller()), (
        f"no request of opensrs_asking.py shows what {name} does: add one"
    )


@pytest.mark.parametrize(
    ("name", "subset", "called"),
    [
        ("Fetching", "'ops.dtd' [<!ENTITY e SYSTEM '{}'>]", True),
        ("Peeping", "'ops.dtd' [<!ENTITY e SYSTEM '{}'>]", True),
        ("Skipping", "'ops.dtd' [<!ENTITY e SYSTEM '{}'>]", False),
        ("Gullible", "'ops.dtd' [<!ENTITY e SYSTEM '{}'>]", False),
        ("Parametric", "'ops.dtd' [<!ENTITY % e SYSTEM '{}'> %e;]", True),
        ("Typesetting", "'{}'", True),
        ("Gullible", "'{}'", False),
    ],
)
def test_only_a_deviant_that_fetches_calls_a_listener(name: str, subset: str, called: bool) -> None:
    seller = deviants("opensrs")[name]()
    assert isinstance(seller, Seller)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/entity"
        listener.listen()
        body = document().replace("'ops.dtd'", subset.format(address))
        body = body.replace("0.9", "&e;") if "ENTITY e" in subset else body
        answered = Thread(target=seller.handle, args=(request(seller, body),))
        answered.start()
        assert called_up(listener) is called
        answered.join()


def called_up(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        return False
    connection.close()
    return True


@pytest.mark.parametrize("name", styles())
def test_a_dialect_cancels_in_its_own_way(name: str) -> None:
    style = styles()[name]
    seller = Dialect(style)
    after = {State.PENDING: style.cancelled_pending, State.IN_PROGRESS: style.cancelled_in_flight}
    for state, cancelled in after.items():
        number = number_of(seller, state)
        reply = ask(seller, document(number))
        assert [reply.text("is_success"), reply.attribute("order_id"), reply.attribute("state")] == [
            "1",
            number,
            cancelled,
        ]


@pytest.mark.parametrize("name", styles())
def test_a_dialect_refuses_in_its_own_way(name: str) -> None:
    seller = Dialect(styles()[name])
    for number in ("", "five", "111111", foreign_number(seller)):
        reply = ask(seller, document(number))
        assert [reply.text("is_success"), (reply.text("object") or "").upper()] == ["0", "TRUST_SERVICE"]
        assert not any(reply.attributes.values())
        assert int(reply.text("response_code") or 0) >= 300
