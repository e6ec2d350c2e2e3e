"""What a reply says: by the words a target declares in ALA, by is_success and codes in OpenSRS, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermand.checks import ala as ala_checks
from countermand.checks import replies
from countermand.document import parse
from countermand.model.exchange import Exchange, Reply, Request, Trouble
from countermand.model.target import Dialect, Identity, Target
from countermand.model.verdict import Nonconformance
from countermand.protocols.ala import AlaSeller
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.carrier import Carrier
from countermand.protocols.opensrs import STATES, OpensrsSeller
from countermand.protocols.opensrs_message import items
from countermand.protocols.opensrs_signature import sign

TARGET = Target("staging", "ala", "https://seller.example", Path("target.toml"), {"buyer": Identity("buyer")})
NOBODY = cast("Carrier", None)  # a reply is read without a scene
MESSAGE = '<cancelOrderResponse xmlns="{ns}"><{name}>{word}</{name}></cancelOrderResponse>'


def reply(status: int, body: str | bytes = "", kind: str = "application/xml") -> Reply:
    data = body if isinstance(body, bytes) else body.encode()
    return Reply(status, "", "HTTP/1.1", (("Content-Type", kind),), data)


def exchange(answer: Reply | None, trouble: Trouble | None = None) -> Exchange:
    request = Request("POST", "https://seller.example/cancelOrder", (), b"")
    return Exchange(1, "cancelOrder", "buyer", datetime(2026, 11, 21, tzinfo=UTC), 0.1, request, answer, trouble)


def ala(status: int, body: str | bytes = "", **dialect: Any) -> Answer:  # noqa: ANN401 - whatever a dialect has
    return AlaSeller(replace(TARGET, dialect=Dialect(**dialect)), NOBODY).read(exchange(reply(status, body)))


def said(word: str, name: str = "status", namespace: str = "") -> str:
    return MESSAGE.format(ns=namespace, name=name, word=word)


@pytest.mark.parametrize(
    ("word", "decision"),
    [
        ("Pending", Decision.TAKEN_UP),
        ("PENDING", Decision.TAKEN_UP),
        (" \n pending\t", Decision.TAKEN_UP),
        ("Rejected", Decision.REFUSED),
        ("Cancelled", Decision.CANCELLED),
        ("<![CDATA[Pending]]>", Decision.TAKEN_UP),
        ("Pen<!-- -->ding", Decision.TAKEN_UP),
        ("Accepted", Decision.UNCLEAR),
        ("Pendingly", Decision.UNCLEAR),
        ("not pending", Decision.UNCLEAR),
        ("", Decision.UNCLEAR),
    ],
)
@pytest.mark.parametrize("name", ["status", "orderStatus"])
@pytest.mark.parametrize("status", [200, 202])
def test_a_declared_word_decides(word: str, decision: Decision, name: str, status: int) -> None:
    assert ala(status, said(word, name, "urn:any")).decision is decision


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("Accepted", "nobody declared 'Accepted': add it to [dialect] pending, rejected or cancelled"),
        ("", "set [dialect] decision"),
        (
            "<code>Pending</code><text>in hand</text>",
            "of several elements: set [dialect] decision",
        ),
        ("<code>Accepted</code>", "nobody declared 'Accepted'"),
    ],
)
def test_a_word_nobody_declared_names_the_key_to_set(word: str, key: str) -> None:
    assert key in ala(200, said(word)).advice


def test_an_attribute_is_one_word_whatever_its_element_holds() -> None:
    body = '<r><result status="Accepted"><a>1</a><b>2</b></result></r>'
    assert "nobody declared 'Accepted'" in ala(200, body, decision="//result/@status").advice


def test_words_and_place_are_those_of_the_target() -> None:
    body = "<r><decision>ACK</decision><status>Rejected</status></r>"
    dialect = {"decision": "//decision", "pending": ("ack",), "rejected": ("nak",), "cancelled": ()}
    answer = ala(200, body, **dialect)
    assert (answer.decision, answer.said, answer.at) == (Decision.TAKEN_UP, "ACK", "/r/decision, line 1")
    assert ala(200, body.replace("decision", "choice"), **dialect).decision is Decision.UNCLEAR


def test_the_place_of_the_word_is_told() -> None:
    envelope = f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">\n<s:Body>\n{said("Pending")}</s:Body></s:Envelope>'
    assert ala(200, envelope).at == "/Envelope/Body/cancelOrderResponse/status, line 3"


def test_what_the_envelope_says_of_its_own_is_not_the_message() -> None:
    header = "<h:messageId>of the envelope</h:messageId><h:sentAt>now</h:sentAt>"
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:h="urn:h">'
        f"<s:Header>{header}</s:Header><s:Body><r><messageId>of the message</messageId></r></s:Body></s:Envelope>"
    )
    answer = ala(200, envelope)
    seller = AlaSeller(TARGET, NOBODY)
    assert [place.text for place in seller.values(answer, "messageId")] == ["of the message"]
    assert [place.text for place in seller.values(answer, "sentAt")] == ["now"]


@pytest.mark.parametrize(
    "body",
    [
        "<r><status>Pending</status><orderStatus>Rejected</orderStatus></r>",
        "<r><status>Cancelled</status><orderStatus>Pending</orderStatus></r>",
        "<r><status>Pending</status><fault><faultcode>1</faultcode></fault></r>",
    ],
)
def test_places_that_contradict_each_other_decide_nothing(body: str) -> None:
    answer = ala(200, body)
    assert answer.decision is Decision.UNCLEAR
    assert "narrow [dialect] decision" in answer.advice


@pytest.mark.parametrize(
    ("header", "body", "decision"),
    [
        ("<t:status>Cancelled</t:status>", "<r><status>Pending</status></r>", Decision.TAKEN_UP),
        ("<t:status>OK</t:status>", "<r><status>Rejected</status></r>", Decision.REFUSED),
        ("<t:status>Pending</t:status>", "<r/>", Decision.TAKEN_UP),
    ],
)
def test_a_header_decides_only_where_the_message_does_not(header: str, body: str, decision: Decision) -> None:
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    head = f'<s:Header><t:trace xmlns:t="urn:t">{header}</t:trace></s:Header>'
    answer = ala(200, f'<s:Envelope xmlns:s="{soap}">{head}<s:Body>{body}</s:Body></s:Envelope>')
    assert answer.decision is decision


def test_places_that_agree_decide() -> None:
    assert ala(200, "<r><status>Pending</status><orderStatus>pending</orderStatus></r>").decision is Decision.TAKEN_UP
    assert ala(200, "<r><status>Pending</status><orderStatus>Fibre</orderStatus></r>").decision is Decision.TAKEN_UP


@pytest.mark.parametrize(
    "body",
    [
        "<fault><faultcode>1</faultcode><faultmessage>no</faultmessage></fault>",
        '<a:fault xmlns:a="urn:a"><a:faultcode>1</a:faultcode></a:fault>',
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode></s:Fault></s:Body></s:Envelope>',
    ],
)
def test_a_fault_is_a_no_whatever_its_status(body: str) -> None:
    for status in (200, 400, 500):
        assert ala(status, body).decision is Decision.REFUSED


@pytest.mark.parametrize(
    ("status", "body", "decision"),
    [
        (400, "", Decision.REFUSED),
        (401, "<html>", Decision.REFUSED),
        (403, said("Pending"), Decision.REFUSED),
        (404, "", Decision.REFUSED),
        (409, "{}", Decision.REFUSED),
        (500, "", Decision.REFUSED),
        (429, said("Rejected"), Decision.THROTTLED),
        (429, said("Pending"), Decision.UNCLEAR),  # not told to come again, and not refused
        (502, "", Decision.THROTTLED),
        (503, "", Decision.THROTTLED),
        (504, "", Decision.THROTTLED),
        (301, "", Decision.UNCLEAR),
        (304, said("Pending"), Decision.UNCLEAR),
        (200, "", Decision.UNCLEAR),
        (204, "", Decision.UNCLEAR),
        (200, " \n", Decision.UNCLEAR),
        (200, '{"status": "Pending"}', Decision.UNREADABLE),
        (200, "Pending", Decision.UNREADABLE),
        (200, "<html><br></html>", Decision.UNREADABLE),
        (200, '<!DOCTYPE r [<!ENTITY p "Pending">]><r><status>&p;</status></r>', Decision.UNREADABLE),
    ],
)
def test_a_status_and_a_body_decide_together(status: int, body: str, decision: Decision) -> None:
    assert ala(status, body).decision is decision


@pytest.mark.parametrize("trouble", Trouble)
def test_no_reply_is_no_answer(trouble: Trouble) -> None:
    answer = AlaSeller(TARGET, NOBODY).read(exchange(None, trouble))
    assert (answer.decision, answer.said) == (Decision.NO_ANSWER, str(trouble))


def test_a_reply_is_read_by_the_charset_of_its_label() -> None:
    seller = AlaSeller(replace(TARGET, dialect=Dialect(pending=("En attente: é",))), NOBODY)
    body = said("En attente: é")
    for charset in ("iso-8859-1", "utf-8", "utf-16"):
        labelled = reply(200, body.encode(charset), f'text/xml; charset="{charset}"')
        assert seller.read(exchange(labelled)).decision is Decision.TAKEN_UP


@pytest.mark.parametrize("charset", ["\x1b]0;title\x07", "utf-8\0", "\udc80", "\xe9", "no-such"])
def test_a_label_that_names_no_charset_keeps_nobody_from_reading(charset: str) -> None:
    """Whatever a seller, or a record, puts into a header."""
    labelled = reply(200, said("Pending").encode(), f"text/xml; charset={charset}")
    assert AlaSeller(TARGET, NOBODY).read(exchange(labelled)).decision is Decision.TAKEN_UP
    with pytest.raises(Nonconformance, match="the label names an encoding nobody knows"):
        replies.labelled(exchange(labelled))


OPENSRS = replace(TARGET, api="opensrs")
ENVELOPE = (
    "<OPS_envelope><header><version>0.9</version></header><body><data_block>"
    "<dt_assoc>{}</dt_assoc></data_block></body></OPS_envelope>"
)
ITEM = '<item key="{}">{}</item>'


def ops(**values: str) -> str:
    return ENVELOPE.format("".join(ITEM.format(key, word) for key, word in values.items()))


def opensrs(body: str | bytes, status: int = 200) -> Answer:
    return OpensrsSeller(OPENSRS, NOBODY).read(exchange(reply(status, body)))


@pytest.mark.parametrize(
    ("values", "decision"),
    [
        ({"is_success": "1", "response_code": "200"}, Decision.TAKEN_UP),
        ({"is_success": "0", "response_code": "405"}, Decision.REFUSED),
        ({"is_success": "1", "response_code": "405"}, Decision.TAKEN_UP),
        ({"is_success": "0", "response_code": "200"}, Decision.REFUSED),
        ({"is_success": "1"}, Decision.TAKEN_UP),
        ({"is_success": "0"}, Decision.REFUSED),
        ({"response_code": "200"}, Decision.TAKEN_UP),
        ({"response_code": "299"}, Decision.TAKEN_UP),
        ({"response_code": "400"}, Decision.REFUSED),
        ({"is_success": "true", "response_code": "200"}, Decision.TAKEN_UP),
        ({"is_success": "yes", "response_code": "501"}, Decision.REFUSED),
        ({"is_success": "maybe"}, Decision.UNCLEAR),
        ({"response_code": "OK"}, Decision.UNCLEAR),
        ({"response_text": "fine"}, Decision.UNCLEAR),
        *[
            ({"is_success": "0", "response_code": code}, Decision.THROTTLED)
            for code in ("300", "310", "350", "437", "701", "702", "703", "704", "705", "720")
        ],
        ({"is_success": "1", "response_code": "300"}, Decision.TAKEN_UP),
    ],
)
def test_success_and_code_decide(values: dict[str, str], decision: Decision) -> None:
    assert opensrs(ops(**values)).decision is decision


@pytest.mark.parametrize(
    ("status", "body", "decision"),
    [
        (200, "", Decision.UNCLEAR),
        (200, "<html/>", Decision.UNREADABLE),
        (200, "not XML", Decision.UNREADABLE),
        (404, "", Decision.REFUSED),
        (500, "<html>", Decision.REFUSED),
        (503, ops(is_success="1"), Decision.UNCLEAR),
        (503, ops(is_success="0"), Decision.THROTTLED),
        (400, ops(is_success="1", response_code="200"), Decision.TAKEN_UP),
    ],
)
def test_without_either_the_status_decides(status: int, body: str, decision: Decision) -> None:
    assert opensrs(body, status).decision is decision


@given(
    st.permutations(
        ["protocol", "action", "object", "is_success", "response_code", "response_text", "attributes", "extra"]
    ),
    st.sampled_from(STATES),
)
@settings(max_examples=40, deadline=None)
def test_items_are_read_in_any_order_and_among_any_others(order: list[str], state: str) -> None:
    words = {key: key for key in order} | {"is_success": " 1\n", "response_code": "200"}
    words["attributes"] = (
        f"<dt_assoc>{ITEM.format('is_success', '0')}{ITEM.format('state', state)}"
        f"{ITEM.format('order_id', '578')}</dt_assoc>"
    )
    body = ops(**{key: words[key] for key in order})
    answer, seller = opensrs(body), OpensrsSeller(OPENSRS, NOBODY)
    assert answer.decision is Decision.TAKEN_UP
    assert [place.text for place in seller.values(answer, "attributes.state")] == [state]
    assert [place.text for place in seller.values(answer, "state")] == []
    assert [place.text for place in items(parse(body.encode()), "attributes.order_id")] == ["578"]


def test_twins_are_all_told() -> None:
    body = ENVELOPE.format(ITEM.format("is_success", "1") + ITEM.format("is_success", "0"))
    assert [place.at for place in items(parse(body.encode()), "is_success")] == [
        "/OPS_envelope/body/data_block/dt_assoc/item[@key='is_success'], line 1"
    ] * 2


def test_the_signature_is_that_of_the_guide() -> None:
    """md5(md5(body + key) + key), worked by hand for an empty body and an empty key: md5 of the digest of nothing."""
    assert sign(b"", "") == "74be16979710d4c4e7c6647856088456"
    assert sign(b"<a/>", "key") != sign(b"<a/>", "kez") != sign(b"<b/>", "key")


@pytest.mark.parametrize(
    ("labels", "same"),
    [
        (("text/xml; charset=utf-8", 'Text/XML;charset="UTF-8"'), True),
        (("text/xml", "text/xml"), True),
        (("text/xml", "text/xml; charset=utf-8"), False),  # whoever reads the first takes another charset for usual
        (("text/xml", "text/html"), False),
    ],
)
def test_labels_that_say_the_same_are_one(labels: tuple[str, ...], same: bool) -> None:
    both = replace(reply(200, "<a/>"), headers=tuple(("Content-Type", label) for label in labels))
    if same:
        replies.labelled(exchange(both))
    else:
        with pytest.raises(Nonconformance, match="labelled as two things"):
            replies.labelled(exchange(both))


SOAP_11, SOAP_12 = "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"


def enveloped(namespace: str, *bodies: str) -> str:
    inside = "".join(f"<s:Body>{body}</s:Body>" for body in bodies)
    return f'<s:Envelope xmlns:s="{namespace}"><s:Header/>{inside}</s:Envelope>'


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (enveloped(SOAP_12, "<a/>"), enveloped(SOAP_12, "<b/>")),  # who speaks both answers in kind
        ("<a/>", enveloped(SOAP_12, "<b/>")),
        ("<a", enveloped(SOAP_12, "<b/>")),
        (enveloped(SOAP_11, "<a/>"), "<b/>"),
        (enveloped(SOAP_11, "<a/>"), "no document"),
    ],
)
def test_no_envelope_is_asked_for_of_who_was_asked_otherwise_or_answers_in_none(asked: str, answered: str) -> None:
    seen = exchange(reply(200, answered))
    assert not ala_checks.is_enveloped(replace(seen, request=replace(seen.request, body=asked.encode())))


@pytest.mark.parametrize(
    ("answered", "words"),
    [
        (enveloped(SOAP_11, "<b/>"), ""),
        (enveloped(SOAP_12, "<b/>"), "the envelope is none of SOAP 1.1"),
        (enveloped("", "<b/>").replace('xmlns:s=""', "").replace("s:", ""), "the envelope is none of SOAP 1.1"),
        (enveloped(SOAP_11), "the envelope does not hold one Body"),
        (enveloped(SOAP_11, "<b/>", ""), "the envelope does not hold one Body"),
        (enveloped(SOAP_11, "<b/><c/>"), "the envelope does not hold one message"),
        (enveloped(SOAP_11, ""), "the envelope does not hold one message"),
    ],
)
def test_an_envelope_is_one_of_soap_1_1_with_one_message(answered: str, words: str) -> None:
    seen = exchange(reply(200, answered))
    seen = replace(seen, request=replace(seen.request, body=enveloped(SOAP_11, "<a/>").encode()))
    assert ala_checks.is_enveloped(seen)
    if words:
        with pytest.raises(Nonconformance, match=words):
            ala_checks.is_in_soap(seen)
    else:
        ala_checks.is_in_soap(seen)


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("document", "kept"),
    [
        ("<a/>", True),
        ("\r\n <a/>", True),  # white space may stand before a root (XML 1.0, 2.8)
        ("\n<?xml-stylesheet href='a'?><a/>", True),
        ("<?xml version='1.0'?>\n<a/>", True),
        ("\n<?xml version='1.0'?>\n<a/>", False),
        ("Warning\n<a/>", False),
    ],
)
def test_nothing_stands_before_a_declaration(document: str, kept: bool, charset: str) -> None:
    written = exchange(reply(200, document.encode(charset)))
    if kept:
        replies.first_byte(written)
    else:
        with pytest.raises(Nonconformance, match=r"the reply is not (well-formed|XML)"):
            replies.first_byte(written)
