"""A reply in a package is one cause, and is said once."""

from __future__ import annotations

from functools import partial

import pytest

from countermand.model.exchange import Reply
from countermand.model.verdict import Verdict
from countermand.proof.field import judge
from countermand.protocols import front
from countermand.provider import embedded

from .front import Front, packed

CAUSE = "the seller answers with an XML reply in a multipart package"
LABEL = 'multipart/related; type="application/xop+xml"; boundary="part-7f1c"'
PART = b"--part-7f1c\r\nContent-Type: application/xop+xml\r\n\r\n%s\r\n--part-7f1c--\r\n"


def test_one_cause_is_said_once_in_words_that_are_the_same_for_every_scenario() -> None:
    found = judge("ala", {"packed": partial(Front, embedded.SELLERS["ala"](), wrapped=packed)}, 1)["packed"]
    unsure = [message or "" for verdict, message in found.scenarios.values() if verdict is Verdict.INCONCLUSIVE]
    assert found.clauses["ALA-CAN-01"] is Verdict.INCONCLUSIVE
    assert Verdict.DOES_NOT_CONFORM not in found.clauses.values()
    assert found.clauses["ALA-HTTP-03"] is Verdict.DEPARTS
    assert len(unsure) > 50
    assert {message.partition("\n")[0].partition(": ")[2].partition(": ")[0] for message in unsure} == {CAUSE}
    assert not any("takes_up" in message for message in unsure)


@pytest.mark.parametrize(
    ("label", "body", "packed"),
    [
        (LABEL, PART % b"<a/>", True),
        ("Multipart/Mixed; boundary=part-7f1c", PART % b"\n<a/>\n", True),
        (LABEL, PART % b"{}", False),
        (LABEL, b"<a/>", False),
        ("multipart/related", PART % b"<a/>", False),
        ("application/xml; boundary=part-7f1c", PART % b"<a/>", False),
        ("", PART % b"<a/>", False),
    ],
)
def test_a_package_is_known_by_its_label_and_its_parts(label: str, body: bytes, packed: bool) -> None:
    assert front.is_package(Reply(200, "OK", "HTTP/1.1", (("Content-Type", label),), body)) == packed
