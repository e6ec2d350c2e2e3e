"""The ALA dialects keep all that every reader of the cancelOrder page may rely on."""

from __future__ import annotations

import dataclasses
import ssl
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from ala_asking import SOAP, Reply, ask, ask_over_tls, document, orders, reply
from ala_probing import order
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from countermand.provider import certificates, serving
from countermand.provider.ala.dialects import Seller, Style, styles
from countermand.provider.ala.orders import State
from countermand.provider.ala.style import Names
from countermand.provider.certificates import Certificates

DEFAULTS = {
    "pending": ["Pending"],
    "rejected": ["Rejected"],
    "decision": "//*[local-name()='status' or local-name()='orderStatus']",
}

PARSER = etree.XMLParser(remove_comments=True, remove_pis=True)


@pytest.fixture(scope="session")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


def request(seller: Seller, state: State = State.IN_FLIGHT, **changed: str) -> str:
    style, listed = seller.style, order(seller, state)
    own = {"buyerOrderReference": "fresh"} if style.buyer_reference is Names.FRESH else {}
    reason = {"cancellationReasonCode": style.reason_code} if style.reason_code else {}
    envelope = None if style.request_envelope is False else SOAP
    words = {**own, **reason, **changed}
    return document(
        listed, root=style.request_root, namespace=style.request_namespace or "", envelope=envelope, **words
    )


def decision(seller: Seller, answer: Reply) -> str:
    dialect: dict[str, Any] = {**DEFAULTS, **seller.target().get("dialect", {})}
    root = etree.fromstring(answer.body, PARSER)
    label = answer.headers["content-type"].partition("charset=")[2]
    assert not label or answer.body.decode(label).lstrip("\ufeff").startswith("<")
    if len(faults(root)) == 1:
        return "fault"
    words = {
        "".join(element.itertext(with_tail=False)).strip().casefold() for element in root.xpath(dialect["decision"])
    }
    return next(name for name in ("pending", "rejected") if words == {word.casefold() for word in dialect[name]})


def check(style: Style) -> None:
    """Every decision can be read with what the target file says, and every 400, 401 and 403 is the documented fault."""
    seller = Seller(style)
    taken_up = decision(seller, reply(ask(seller, request(seller))))
    assert taken_up == "pending" if style.takes_up else taken_up in {"rejected", "fault"}
    for body, peer in (
        (request(seller, State.COMPLETED), "SPDEV1"),
        (request(seller, messageId=""), "SPDEV1"),
        (request(seller), None),
    ):
        answer = reply(ask(seller, body, peer=peer))
        assert decision(seller, answer) in {"rejected", "fault"}
        if answer.status in {400, 401, 403}:
            assert {"faultcode", "faultmessage"} <= {etree.QName(child).localname for child in documented_fault(answer)}


def documented_fault(answer: Reply) -> etree._Element:
    root = etree.fromstring(answer.body, PARSER)
    (fault,) = faults(root)
    assert all("".join(child.itertext()).strip() for child in fault)
    return fault


def faults(root: etree._Element) -> list[etree._Element]:
    return [*root.iter("{*}fault"), *root.iter(f"{{{SOAP}}}Fault")]


@pytest.mark.parametrize("name", styles())
def test_a_style_can_be_read(name: str) -> None:
    check(styles()[name])


def test_every_field_of_a_style_is_used_by_a_named_one() -> None:
    varied = {
        field.name
        for style in styles().values()
        for field in dataclasses.fields(Style)
        if getattr(style, field.name) != field.default
    }
    assert varied == {field.name for field in dataclasses.fields(Style)}


def test_every_choice_of_a_style_is_used_by_a_named_one() -> None:
    for field in dataclasses.fields(Style):
        if isinstance(field.default, StrEnum):
            assert {getattr(style, field.name) for style in styles().values()} == set(type(field.default))


def values(field: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
    """Draw what some named style has for a field."""
    return st.sampled_from(sorted({getattr(style, field.name) for style in styles().values()}, key=str))


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({field.name: values(field) for field in dataclasses.fields(Style)}))
def test_any_mixture_of_styles_can_be_read(drawn: dict[str, Any]) -> None:
    check(Style(**drawn))


@pytest.mark.parametrize("name", ["chunked", "closing", "UTF-16", "enterprise", "mainframe", "talkative", "gateway"])
def test_a_style_goes_over_the_wire(name: str, tmp_path: Path, identities: Certificates) -> None:
    with serving.serve("ala", Seller(styles()[name]), tmp_path, identities=identities) as served:
        answer = ask_over_tls(served, served.certificates.buyer, document(orders(served)["in_flight"][0]))
    assert isinstance(served.seller, Seller)
    assert decision(served.seller, answer) == "pending"
    assert (answer.headers.get("transfer-encoding") == "chunked") is styles()[name].chunked
    assert (answer.headers.get("connection") == "close") is styles()[name].close


def test_a_seller_may_refuse_strangers_in_the_handshake(tmp_path: Path, identities: Certificates) -> None:
    with serving.serve(
        "ala", Seller(styles()["refusing strangers in the handshake"]), tmp_path, identities=identities
    ) as served:
        with pytest.raises(ssl.SSLError, match="certificate required"):
            ask_over_tls(served, None, document(orders(served)["in_flight"][0]))
        assert ask_over_tls(served, served.certificates.buyer, document(orders(served)["in_flight"][0])).status == 200


def test_the_target_file_says_what_differs_from_the_default_dialect(tmp_path: Path, identities: Certificates) -> None:
    with serving.serve("ala", Seller(styles()["own words"]), tmp_path, identities=identities) as served:
        target = tomllib.loads(served.target.read_text())
    assert target["dialect"] == {"pending": ["Cancellation Pending"], "rejected": ["Declined"]}
    assert "schemas" not in target
