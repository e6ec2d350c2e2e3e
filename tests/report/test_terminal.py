"""The end of a run as a person reads it: lines, widths and reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countermand.model.results import Results
from countermand.model.verdict import Verdict
from countermand.model.waiver import Waiver
from countermand.report import front, last_line, markdown, terminal

REQ, TRC, ORDER, XML = "ALA-REQ-07", "ALA-TRC-01", "OSRS-CAN-01", "OSRS-XML-01"


def part(results: Results, verdicts: dict[str, Verdict], **changes: object) -> Results:
    """Return a part of the suite: of each clause the first scenario, with a verdict."""
    first = {scenario.clause: scenario for scenario in reversed(results.scenarios)}
    scenarios = tuple(replace(first[key], verdict=verdict, message=None) for key, verdict in verdicts.items())
    parts = {"complete": False, "asked": tuple(verdicts), "scenarios": scenarios, **changes}
    return replace(results, **parts)  # type: ignore[arg-type] # whatever a field can hold


@pytest.mark.parametrize(
    ("verdicts", "answer", "kept"),
    [
        ({REQ: Verdict.CONFORMS}, "ALA-REQ-07 is kept now", True),
        ({REQ: Verdict.DOES_NOT_CONFORM}, "ALA-REQ-07 is broken", False),
        ({REQ: Verdict.INCONCLUSIVE}, "ALA-REQ-07 could not be found out", False),
        ({REQ: Verdict.NOT_APPLICABLE}, "ALA-REQ-07 is not applicable", False),
        ({TRC: Verdict.DEPARTS}, "ALA-TRC-01 is departed from, which fails nobody", True),
        (
            {REQ: Verdict.CONFORMS, TRC: Verdict.DEPARTS},
            "ALA-TRC-01 is departed from, which fails nobody; ALA-REQ-07 is kept now",
            True,
        ),
        ({REQ: Verdict.CONFORMS, ORDER: Verdict.CONFORMS}, "ALA-REQ-07 and OSRS-CAN-01 are kept now", True),
        (
            {REQ: Verdict.CONFORMS, XML: Verdict.INCONCLUSIVE},
            "OSRS-XML-01 could not be found out; ALA-REQ-07 is kept now",
            False,
        ),
    ],
)
def test_a_part_answers_what_it_was_asked_and_never_conforms(
    results: Results, verdicts: dict[str, Verdict], answer: str, *, kept: bool
) -> None:
    asked = part(results, verdicts)
    assert (asked.answer, asked.kept) == (answer, kept)
    assert asked.verdict is not Verdict.CONFORMS
    for text in (
        "\n".join(terminal.lines(asked)),
        front.page(asked).partition("</header>")[0],
        markdown.conformance(asked),
    ):
        assert answer in text.replace("\\", "")
    assert "conforms: " not in "\n".join(terminal.lines(asked))
    assert 'aria-label="conforms"' not in front.page(asked).partition("</header>")[0]


@pytest.mark.parametrize(
    "changes", [{"complete": True}, {"asked": ()}, {"asked": (TRC,)}], ids=["whole", "interrupted", "by a name"]
)
def test_only_a_part_that_was_asked_for_by_whole_clauses_has_an_answer(
    results: Results, changes: dict[str, object]
) -> None:
    asked = part(results, {REQ: Verdict.CONFORMS}, **changes)
    assert asked.answer is None
    assert not asked.kept
    assert asked.headline == asked.sentence


def test_a_line_that_is_to_be_copied_is_never_folded_and_others_are(results: Results) -> None:
    narrow = terminal.lines(results, width=60)
    again = [line for line in narrow if line.lstrip().startswith("again ")]
    assert again == ["      again     countermand run --target targets/staging.toml -m ALA-REQ-07"]
    assert all(
        len(line) <= 60 for line in narrow if not line.lstrip().startswith(("again ", "at ")) and "/" not in line
    )
    assert any(len(line) > 60 for line in terminal.lines(results) if "Nonconformance" in line)  # the guard switched off


def test_a_whole_run_that_conforms_with_departures_shows_no_red(results: Results) -> None:
    kept = tuple(
        replace(
            scenario,
            verdict=Verdict.CONFORMS if scenario.verdict is not Verdict.DEPARTS else scenario.verdict,
            message=None,
        )
        for scenario in results.scenarios
    )
    painted = "\n".join(terminal.lines(replace(results, scenarios=kept), colour=True))
    assert "conforms: " in painted
    assert "departs: 1 clause; they fail nobody" in painted
    red = "\x1b[1;31m"
    assert red not in painted
    assert red in "\n".join(terminal.lines(results, colour=True))


@pytest.mark.parametrize(
    ("code", "verdicts", "waivers", "line"),
    [
        (1, {REQ: Verdict.DOES_NOT_CONFORM}, (), "exit 1: a documented clause is broken: ALA-REQ-07"),
        (1, {TRC: Verdict.DOES_NOT_CONFORM}, (), "exit 1: a clause that --fail-on counts is broken: ALA-TRC-01"),
        (
            0,
            {REQ: Verdict.CONFORMS},
            (),
            "exit 0: what was asked is kept; only a whole run can say that a seller conforms",
        ),
        (
            0,
            {TRC: Verdict.DEPARTS},
            (),
            "exit 0: ALA-TRC-01 is departed from, which fails nobody; only a whole run can say that a seller conforms",
        ),
        (0, {REQ: Verdict.DOES_NOT_CONFORM}, ("ALA-REQ-07 is waived by anna",), "exit 0: ALA-REQ-07 is waived by anna"),
        (10, {REQ: Verdict.INCONCLUSIVE, XML: Verdict.CONFORMS}, (), "exit 10: ALA-REQ-07 could not be found out"),
        (2, {REQ: Verdict.CONFORMS}, (), "exit 2: the run was interrupted"),
        (12, {REQ: Verdict.CONFORMS}, (), "exit 12: a secret was found in what was written, and withheld"),
    ],
)
def test_the_last_line_says_the_exit_code_and_why(
    results: Results, code: int, verdicts: dict[str, Verdict], waivers: tuple[str, ...], line: str
) -> None:
    asked = part(results, verdicts)
    assert last_line.line(code, asked, waivers) == line
    assert (
        last_line.line(code, asked, waivers, embedded=True)
        == f"{line} (the embedded sellers were tested, and nobody else)"
    )


def test_the_last_line_names_what_nobody_answers_for_any_more(results: Results) -> None:
    asked = part(results, {REQ: Verdict.DOES_NOT_CONFORM, ORDER: Verdict.CONFORMS})
    ids = tuple(scenario.id for scenario in asked.scenarios if scenario.clause == REQ)
    expired = Waiver("fails", REQ, "anna", "known", "2000-01-31", "expired", scenarios=ids)
    stale = Waiver("fails", ORDER, "anna", "known", "2999-01-31", "stale")
    why = f"the waiver of what is not kept has expired: {REQ}"
    assert last_line.line(11, replace(asked, waivers=(expired,))) == f"exit 11: {why}"
    both = f"exit 11: {why}; an entry of the baseline is stale: {ORDER}"
    assert last_line.line(11, replace(asked, waivers=(expired, stale))) == both
    assert last_line.line(11, asked) == "exit 11: an entry of the baseline is stale or has expired"


def test_what_is_new_comes_before_what_is_waived(results: Results) -> None:
    asked = part(results, {REQ: Verdict.DOES_NOT_CONFORM, ORDER: Verdict.DOES_NOT_CONFORM})
    ids = {clause: tuple(each.id for each in asked.scenarios if each.clause == clause) for clause in (REQ, ORDER)}
    waiver = Waiver("fails", REQ, "anna", "known", "2999-01-31", "excused", scenarios=ids[REQ])
    waived = replace(asked, waivers=(waiver,))
    assert last_line.line(1, waived) == f"exit 1: a documented clause is broken: {ORDER} (waived besides: {REQ})"
    summary = "\n".join(terminal.lines(waived))
    assert summary.index(f"  {ORDER}  ") < summary.index(f"  {REQ}  waived: ")
    page = front.page(waived)
    assert "To act on (1)" in page
    assert "Broken, and waived (1)" in page
    assert "waived" not in "\n".join(terminal.lines(asked))
