"""A run made by hand, with every verdict and everything that has broken a report before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from countermand.model.clause import Catalogue, Clause, Evidence
from countermand.model.exchange import Exchange, Reply, Request, Tls, Trouble
from countermand.model.results import Results, Scenario, Step, Target
from countermand.model.rows import ExchangeRow
from countermand.model.secret import Masker
from countermand.model.verdict import Verdict

SECRET = "correct-horse-battery"
MOMENT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)
HOSTILE = (
    "Nonconformance: the seller took up a cancellation it must refuse ]]> "
    "<script>alert(1)</script> \x00\x0b\ud800 100 % é 取消 | `x`\n"
    "  expected  refused\n  received  pending\n"
    "  at        /Envelope/Body/cancelOrderResponse/status, line 12\n"
    "  clause    ALA-REQ-07: a cancellation names the seller's reference (documented: cancelOrder 2.30)\n"
    "  exchange  2: cancelOrder -> 200\n"
    "  again     countermand run --target targets/staging.toml -m ALA-REQ-07"
)
BODY = (
    '<?xml version="1.0"?>\n<cancelOrderRequest>\n  <buyer>é 取消</buyer>\n  <key>'
    + SECRET
    + "</key>\n</cancelOrderRequest>\n"
)


def clause(
    key: str, api: str, evidence: Evidence = Evidence.DOCUMENTED, *, outcome: bool = False, source: str = "page 1"
) -> Clause:
    return Clause(
        id=key, api=api, says=f"what {key} says, <b>plainly</b>", evidence=evidence, source=source, outcome=outcome
    )


def exchange(number: int, reply: Reply | None, trouble: Trouble | None = None) -> ExchangeRow:
    headers = (("Content-Type", "application/xml"), ("X-Signature", "0123456789abcdef"))
    request = Request("POST", "https://127.0.0.1:8443/cancelOrder", headers, BODY.encode(), frozenset({"x-signature"}))
    tls = None if trouble else Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "ab" * 32)
    made = Exchange(
        number,
        "cancelOrder",
        "buyer",
        MOMENT,
        0.0123,
        request,
        reply,
        trouble,
        "tls alert <unknown ca>" if trouble else "",
        tls,
    )
    return made.masked(Masker([SECRET]))


def scenario(name: str, key: str, verdict: Verdict, message: str | None = None, **other: Any) -> Scenario:  # noqa: ANN401 - passed on
    api = "ala" if key.startswith("ALA") else "opensrs"
    steps = (Step("Given", "an order in flight", "passed"), Step("When", "the buyer cancels the order", "passed"))
    made = Scenario(
        id=f"features/{api}/cancel_order.feature::test_{name.lower().replace(' ', '_')}",
        name=name,
        feature="Cancelling an order" if api == "ala" else "Cancelling a certificate order",
        file=f"features/{api}/cancel_order.feature",
        line=12,
        rule=f"what {key} says",
        clause=key,
        api=api,
        target=f"embedded-{api}",
        verdict=verdict,
        message=message,
        started="2026-11-21T09:30:00.123456Z",
        elapsed=0.25,
        steps=steps,
        drawn={"clock": ["2026-11-21T09:30:00.000000Z"]},
    )
    return replace(made, **other)


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(
        [
            clause("ALA-CAN-01", "ala", outcome=True),
            clause("ALA-REQ-07", "ala", source="see https://docs.example.org/ala#cancelOrder."),
            clause("ALA-TRC-01", "ala", Evidence.INFERRED),
            clause("OSRS-CAN-01", "opensrs", outcome=True),
            clause("OSRS-REQ-01", "opensrs"),
            clause("OSRS-XML-01", "opensrs", Evidence.STANDARD),
        ]
    )


@pytest.fixture
def scenarios() -> tuple[Scenario, ...]:
    html = Reply(200, "OK", "HTTP/1.1", (("content-type", "text/html"),), b"<html><script>alert(1)</script></html>")
    utf16 = Reply(200, "OK", "HTTP/1.1", (("Content-Type", "application/xml"),), "<a>取消</a>".encode("utf-16"))
    failing = (
        Step("Given", "an order in flight", "passed"),
        Step("When", "the buyer cancels the order", "passed"),
        Step("Then", "the seller refuses the cancellation", "failed"),
        Step("And", "the order is untouched", "not reached"),
    )
    row = "features/ala/cancel_order.feature::test_a_required_field[{}]"
    departed = "Departure: no correlation\n  expected  the same\n  received  nothing"
    unreadable = "Inconclusive: the word 'Zurückgestellt' is declared nowhere; set [dialect] pending"
    return (
        scenario("A complete cancellation", "ALA-CAN-01", Verdict.CONFORMS, exchanges=(exchange(1, utf16),)),
        scenario("A required field", "ALA-REQ-07", Verdict.DOES_NOT_CONFORM, HOSTILE, id=row.format("buyer<1>"),
                 steps=failing, exchanges=(exchange(1, utf16), exchange(2, html))),
        scenario("A required field", "ALA-REQ-07", Verdict.CONFORMS, id=row.format("seller")),
        scenario("The correlation comes back", "ALA-TRC-01", Verdict.DEPARTS, departed),
        scenario("A complete order", "OSRS-CAN-01", Verdict.INCONCLUSIVE, unreadable,
                 exchanges=(exchange(1, None, Trouble.ALERT),)),
        scenario("An empty order", "OSRS-REQ-01", Verdict.NOT_APPLICABLE, 'the target declares takes_up = "no"'),
        scenario("A reply in UTF-8", "OSRS-XML-01", Verdict.INCONCLUSIVE, "Inconclusive: the seller throttled (429)"),
        scenario("A reply in UTF-16", "OSRS-XML-01", Verdict.INCONCLUSIVE, "Inconclusive: the seller throttled (429)"),
    )  # fmt: skip


@pytest.fixture
def results(catalogue: Catalogue, scenarios: tuple[Scenario, ...]) -> Results:
    targets = (
        Target("embedded-ala", "ala", "https://127.0.0.1:8443"),
        Target("embedded-opensrs", "opensrs", "https://127.0.0.1:8444/"),
    )
    return Results(
        suite={"version": "0.1.0", "digest": "sha256:" + "0a" * 32},
        targets=targets,
        started="2026-11-21T09:29:58.000000Z",
        finished="2026-11-21T09:31:00.000000Z",
        seed="seed-1",
        complete=True,
        scenarios=scenarios,
        catalogue=catalogue,
        notes=("the target claims <no> capability",),
    )
