"""A filter stops what is no XML, in UTF-16, or with an instruction or an odd value in it, in its own words.

It accuses nobody, and leaves nothing open.
"""

from __future__ import annotations

from functools import cache, partial

import pytest
from lots import lots

from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement, Maker, judge
from countermand.provider import embedded
from countermand.provider.http import Request, Response

from .front import APACHE, BLOCKED, BUSY, CLOSED, EMPTY, PORTAL, UNROUTED, Front, nginx, page

NOES = {
    "nginx": nginx(400, b"400 Bad Request"),  # ModSecurity 3, by its rule 200002
    "Apache": page(500, APACHE),  # ModSecurity 2
    "forbidden": page(403, APACHE),
    "gateway": UNROUTED,
    "portal": PORTAL,
    "firewall": BLOCKED,
    "mute": EMPTY,
    "closed": CLOSED,
    "balancer": BUSY,
}
KEPT = {Verdict.CONFORMS, Verdict.NOT_APPLICABLE}
#: What is shown of such an answer: standard and inferred, as it is given to a party the seller knows.
MAY_DEPART = {
    "ala": {"ALA-HTTP-03", "ALA-XML-05", "ALA-XML-07", "ALA-XML-08"},
    "opensrs": {"OSRS-CMD-04", "OSRS-ENV-01", "OSRS-HTTP-03", "OSRS-XML-06", "OSRS-XML-09", "OSRS-XML-10"},
}


@cache
def judged(api: str, names: tuple[str, ...]) -> dict[str, Judgement]:
    sellers: dict[str, Maker] = {
        name: partial(
            lambda no: Front(
                embedded.SELLERS[api](),
                unreadable=no,
                encoded=None if no is BUSY else no,
                instructed=no,
                odd=no if (400 <= no.status < 500 or no is BLOCKED) and no.body else None,
            ),
            NOES[name],
        )
        for name in names
    }
    return judge(api, sellers, 4)


@pytest.mark.parametrize(("api", "name"), [(api, name) for api in MAY_DEPART for name in NOES])
def test_what_a_filter_answers_to_such_a_body_fails_nobody(api: str, name: str) -> None:
    judgement = judged(api, next(names for names in lots(NOES) if name in names))[name]
    worse = {clause: str(verdict) for clause, verdict in judgement.clauses.items() if verdict not in KEPT}
    reasons = [
        message
        for verdict, message in judgement.scenarios.values()
        if verdict in {Verdict.INCONCLUSIVE, Verdict.DOES_NOT_CONFORM}
    ]
    # Whoever hangs up has answered nothing: that is shown of the message with an instruction, and fails nobody.
    unanswered = {"ALA-ORD-01", "OSRS-REQ-04"} if name == "closed" else set()
    assert set(worse) <= MAY_DEPART[api] | unanswered, (worse, reasons)
    assert set(worse.values()) <= {"departs"}, reasons
    assert judgement.verdict is Verdict.CONFORMS


class Particular(Front):
    """Asks how a body comes before anybody asks whose it is."""

    def handle(self, request: Request) -> Response:
        if "transfer-encoding" in request.headers:
            return page(411, APACHE)
        usual = "xml" in request.headers.get("content-type", "xml") and "content-encoding" not in request.headers
        return super().handle(request) if usual else page(415, APACHE)


@pytest.mark.parametrize("api", list(MAY_DEPART))
def test_whoever_reads_no_chunks_and_no_other_label_says_nothing_of_who_asks(api: str) -> None:
    judgement = judge(api, {"particular": lambda: Particular(embedded.SELLERS[api]())})["particular"]
    reasons = {key: said for key, said in judgement.scenarios.items() if said[0] not in KEPT}
    assert judgement.verdict is Verdict.CONFORMS, reasons
    assert not reasons
