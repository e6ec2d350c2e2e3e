"""From how a scenario ended to what is said of a clause and of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from countermand.model.clause import Catalogue, Clause, Evidence
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.results import Results, Scenario, Target
from countermand.model.verdict import (
    WORST_FIRST,
    Departure,
    Inconclusive,
    Nonconformance,
    NotApplicable,
    Verdict,
    expect,
    worst,
)
from countermand.plugin.judging import judge

DOCUMENTED = Clause(
    "ALA-REQ-07",
    "ala",
    "a cancellation names the seller's reference of the order",
    Evidence.DOCUMENTED,
    "cancelOrder 2.30, request fields",
)
STANDARD = replace(DOCUMENTED, id="ALA-XML-01", evidence=Evidence.STANDARD)
INFERRED = replace(DOCUMENTED, id="ALA-TRC-01", evidence=Evidence.INFERRED)
OUTCOME = replace(DOCUMENTED, id="ALA-CAN-01", outcome=True)
UNTESTED = replace(DOCUMENTED, id="ALA-REQ-99", untested="nobody can")
AGAIN = "countermand run --target targets/staging.toml -m ALA-REQ-07"
WRONG = Nonconformance(
    "the seller took up a cancellation it must refuse",
    expected="refused",
    received="pending",
    at="/Envelope/Body/cancelOrderResponse/status, line 12",
)
CONFORMS, FAILS, DEPARTS, UNSURE, ABSENT = (
    Verdict.CONFORMS,
    Verdict.DOES_NOT_CONFORM,
    Verdict.DEPARTS,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_APPLICABLE,
)


def exchange(number: int) -> Exchange:
    request = Request("POST", "https://seller.example/cancelOrder", (), b"")
    return Exchange(
        number,
        "cancelOrder",
        "buyer",
        datetime(2026, 11, 21, tzinfo=UTC),
        0.1,
        request,
        Reply(200, "OK", "HTTP/1.1", (), b""),
    )


def judged(
    error: BaseException | None, clause: Clause = DOCUMENTED, *, in_given: bool = False, fail_on: str | None = None
) -> tuple[Verdict, str]:
    judgement = judge(
        error, clause, in_given=in_given, exchanges=[exchange(1), exchange(2)], again=AGAIN, fail_on=fail_on
    )
    return judgement.verdict, judgement.message or ""


def test_a_failure_has_the_one_shape() -> None:
    verdict, message = judged(WRONG)
    assert verdict is FAILS
    assert message == (
        "Nonconformance: the seller took up a cancellation it must refuse\n"
        "  expected  refused\n"
        "  received  pending\n"
        "  at        /Envelope/Body/cancelOrderResponse/status, line 12\n"
        "  clause    ALA-REQ-07: a cancellation names the seller's reference of the order "
        "(documented: cancelOrder 2.30, request fields)\n"
        "  exchange  2: cancelOrder -> 200\n"
        "  again     countermand run --target targets/staging.toml -m ALA-REQ-07"
    )


@pytest.mark.parametrize("error", [WRONG, Inconclusive("the seller throttles"), RuntimeError("boom"), Departure("odd")])
@pytest.mark.parametrize("in_given", [True, False])
def test_every_message_has_the_same_labels_in_the_same_order(error: BaseException, *, in_given: bool) -> None:
    _, message = judged(error, in_given=in_given)
    first, *rest = message.splitlines()
    assert first.startswith(("Nonconformance: ", "Inconclusive: "))
    labels = ["expected", "received", "at", "clause", "exchange", "again"]
    assert [line[2:12].strip() for line in rest] == [label for label in labels if f"\n  {label:<9} " in message]
    assert {"clause", "exchange", "again"} <= {line[2:12].strip() for line in rest}
    assert " nothing" not in message.partition("clause")[0], "a line that says nothing is left out"
    assert "None" not in message


@pytest.mark.parametrize(
    ("received", "word"),
    [(None, "nothing"), ("", "blank"), (" \n ", "blank"), ("two\n  lines", "two lines"), (0, "0"), (False, "False")],
)
def test_a_value_is_said_in_a_word_on_one_line(received: object, word: str) -> None:
    assert f"\n  received  {word}\n" in judged(Nonconformance("odd", expected="something", received=received))[1]


def test_a_message_without_an_exchange_names_none() -> None:
    judgement = judge(WRONG, DOCUMENTED, in_given=False, exchanges=[], again=AGAIN)
    assert judgement.message
    assert "exchange" not in judgement.message


@pytest.mark.parametrize(
    ("error", "clause", "fail_on", "verdict"),
    [
        (None, DOCUMENTED, None, CONFORMS),
        (WRONG, DOCUMENTED, None, FAILS),
        (WRONG, STANDARD, None, DEPARTS),
        (WRONG, INFERRED, None, DEPARTS),
        (WRONG, STANDARD, "standard", FAILS),
        (WRONG, INFERRED, "standard", DEPARTS),
        (WRONG, STANDARD, "inferred", FAILS),
        (WRONG, INFERRED, "inferred", FAILS),
        (Departure("odd"), DOCUMENTED, None, DEPARTS),
        (Departure("odd"), DOCUMENTED, "standard", FAILS),
        (Departure("odd"), INFERRED, "standard", DEPARTS),
        (Departure("odd"), INFERRED, "inferred", FAILS),
        (Inconclusive("unsure"), DOCUMENTED, "inferred", UNSURE),
        (NotApplicable("absent"), DOCUMENTED, None, ABSENT),
        (pytest.skip.Exception("absent"), DOCUMENTED, None, ABSENT),
        (AssertionError("a bare assert is our mistake"), DOCUMENTED, None, UNSURE),
        (KeyError("our mistake"), DOCUMENTED, None, UNSURE),
        (TimeoutError(), DOCUMENTED, None, UNSURE),
    ],
)
def test_evidence_decides_the_weight(
    error: BaseException | None, clause: Clause, fail_on: str | None, verdict: Verdict
) -> None:
    assert judged(error, clause, fail_on=fail_on)[0] is verdict


@pytest.mark.parametrize("clause", [DOCUMENTED, STANDARD, INFERRED])
@pytest.mark.parametrize("fail_on", [None, "standard", "inferred"])
def test_a_given_that_does_not_hold_never_accuses(clause: Clause, fail_on: str | None) -> None:
    verdict, message = judged(WRONG, clause, in_given=True, fail_on=fail_on)
    assert verdict is UNSURE
    assert message.startswith(
        "Inconclusive: what the scenario starts from could not be had: "
        "the seller took up a cancellation it must refuse\n"
    )


def test_our_own_mistake_is_owned_up_to() -> None:
    assert judged(KeyError("field"))[1].startswith(
        "Inconclusive: our own mistake, not the seller's: KeyError: 'field'\n"
    )


def test_what_is_not_applicable_says_only_why() -> None:
    assert judged(NotApplicable("no reply has status 403")) == (ABSENT, "no reply has status 403")


def test_expect_holds_to_one_value_or_to_one_of_several() -> None:
    expect("a", "a", otherwise="odd")
    expect({"a", "b"}, "b", otherwise="odd")
    with pytest.raises(Nonconformance) as caught:
        expect(("a", "b"), "c", otherwise="odd", at="/x, line 1")
    assert (caught.value.expected, caught.value.received, caught.value.at) == ("a or b", "c", "/x, line 1")


def test_the_worst_verdict_decides() -> None:
    assert WORST_FIRST == (FAILS, UNSURE, DEPARTS, CONFORMS, ABSENT)
    assert set(WORST_FIRST) == set(Verdict) - {Verdict.NOT_TESTED}  # said of runs that judged nothing
    for number, verdict in enumerate(WORST_FIRST):
        assert worst([*WORST_FIRST[number:], verdict][::-1]) is verdict
    assert worst([]) is UNSURE


def scenario(clause: Clause, verdict: Verdict, number: int = 0) -> Scenario:
    return Scenario(
        id=f"{clause.id}-{number}", name="a scenario", feature="a feature", file="features/ala/a.feature", line=1,
        rule="a rule", clause=clause.id, api="ala", target="staging", verdict=verdict, message=None,
        started="2026-11-21T00:00:00Z", elapsed=0.1,
    )  # fmt: skip


def results(verdicts: dict[Clause, list[Verdict]], *, complete: bool = True) -> Results:
    return Results(
        suite={"version": "0", "digest": "sha256:0"},
        targets=(Target("staging", "ala", "https://seller.example"),),
        started="",
        finished="",
        seed="",
        complete=complete,
        scenarios=tuple(
            scenario(clause, verdict, number)
            for clause, many in verdicts.items()
            for number, verdict in enumerate(many)
        ),
        catalogue=Catalogue([*verdicts, UNTESTED]),
    )


@pytest.mark.parametrize(
    ("outcome", "documented", "inferred", "complete", "verdict"),
    [
        ([CONFORMS], [CONFORMS], [CONFORMS], True, CONFORMS),
        ([CONFORMS], [CONFORMS], [DEPARTS], True, CONFORMS),
        ([CONFORMS], [CONFORMS], [UNSURE], True, CONFORMS),
        ([CONFORMS], [CONFORMS], [ABSENT], True, CONFORMS),
        ([CONFORMS], [CONFORMS, ABSENT], [], True, CONFORMS),
        ([CONFORMS], [ABSENT], [CONFORMS], True, CONFORMS),
        ([CONFORMS], [CONFORMS], [CONFORMS], False, UNSURE),
        ([CONFORMS], [UNSURE], [CONFORMS], True, UNSURE),
        ([CONFORMS], [CONFORMS, UNSURE], [CONFORMS], True, UNSURE),
        ([CONFORMS], [DEPARTS], [CONFORMS], True, UNSURE),
        ([CONFORMS], [], [CONFORMS], True, UNSURE),
        ([ABSENT], [CONFORMS], [CONFORMS], True, UNSURE),
        ([UNSURE], [CONFORMS], [CONFORMS], True, UNSURE),
        ([], [CONFORMS], [CONFORMS], True, UNSURE),
        ([FAILS], [CONFORMS], [CONFORMS], True, FAILS),
        ([CONFORMS], [CONFORMS, UNSURE, FAILS], [CONFORMS], True, FAILS),
        ([UNSURE], [FAILS], [UNSURE], False, FAILS),
        ([CONFORMS], [CONFORMS], [FAILS], True, FAILS),  # --fail-on inferred
    ],
)
def test_the_verdict_of_a_run(
    outcome: list[Verdict], documented: list[Verdict], inferred: list[Verdict], verdict: Verdict, *, complete: bool
) -> None:
    assert results({OUTCOME: outcome, DOCUMENTED: documented, INFERRED: inferred}, complete=complete).verdict is verdict


def test_a_run_of_nothing_is_inconclusive() -> None:
    assert results({}).verdict is UNSURE


def test_the_verdict_is_said_with_its_coverage() -> None:
    said = results({OUTCOME: [CONFORMS], DOCUMENTED: [ABSENT], INFERRED: [DEPARTS]})
    assert said.sentence == "conforms: 1 of 2 documented clauses decided, 1 not applicable; 1 departure"
    assert said.coverage == {"documented": 2, "decided": 1, "not applicable": 1}  # what cannot be tested is not counted
    assert said.counts == {CONFORMS: 1, FAILS: 0, DEPARTS: 1, UNSURE: 0, ABSENT: 1}
