"""Two runs are compared by what they say of the seller, not by ids and times."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermand import cli
from countermand.model.results import Results
from countermand.model.verdict import Verdict
from countermand.nightly import compare_words
from countermand.nightly.compare import CompareError, Kind, compare, kind_of
from countermand.nightly.sameness import normal
from countermand.records import finished

from .conftest import Night, changed, plain

SCHEMA = Path(finished.__file__).parent.parent / "schemas" / "compare.schema.json"
CLAUSE = "ALA-REQ-07"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_run_does_not_differ_from_itself_and_worse_is_better_seen_from_the_other_side(
    right: Path, data: st.DataObject
) -> None:
    run = finished.read(right)
    verdicts = data.draw(
        st.dictionaries(
            st.sampled_from([scenario.id for scenario in run.scenarios]),
            st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.NOT_TESTED]),
            max_size=20,
        )
    )
    made = changed(run, verdicts)
    assert compare(made, made).scenarios == compare(made, made).clauses == ()
    there, back = compare(run, made), compare(made, run)
    assert {difference.id for difference in there.scenarios} == {difference.id for difference in back.scenarios}
    assert {difference.id for difference in back.of(Kind.BETTER)} <= {difference.id for difference in there.scenarios}
    jsonschema.validate(json.loads(json.dumps(compare_words.as_json(there))), json.loads(SCHEMA.read_text("utf-8")))


def test_a_clause_that_breaks_is_worse_and_one_that_is_mended_better(
    right: Path, wrong: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "compare.json"
    assert cli.main(["compare", str(right), str(wrong), "--json"]) == 1
    alone = json.loads(capsys.readouterr().out)
    assert cli.main(["compare", str(right), str(wrong), "--json", str(file)]) == 1
    assert CLAUSE in capsys.readouterr().out
    assert alone == json.loads(file.read_text("utf-8"))
    assert CLAUSE in {
        clause["clause"] for clause in json.loads(file.read_text("utf-8"))["clauses"] if clause["kind"] == "worse"
    }
    assert cli.main(["compare", str(wrong), str(right)]) == 0
    assert capsys.readouterr().out.startswith("# Not worse: ")


def test_two_runs_the_wrong_way_round_are_called_so(night: Night) -> None:
    old, new = finished.read(night(1)), finished.read(night(2))
    words = "The new run began before the old one"
    assert words in compare_words.markdown(compare(new, old))
    assert words not in compare_words.markdown(compare(old, new))
    assert words not in compare_words.markdown(compare(old, old))


def test_a_failure_that_cannot_be_found_out_any_more_is_not_mended() -> None:
    conforms, fails, unknown, departs, absent = (
        Verdict.CONFORMS,
        Verdict.DOES_NOT_CONFORM,
        Verdict.INCONCLUSIVE,
        Verdict.DEPARTS,
        Verdict.NOT_APPLICABLE,
    )
    assert {kind_of(fails, verdict) for verdict in (unknown, absent, departs)} == {Kind.CHANGED}
    assert {kind_of(conforms, verdict) for verdict in (fails, unknown, departs, absent)} == {Kind.WORSE}
    assert {kind_of(verdict, conforms) for verdict in (fails, unknown, departs, absent)} == {Kind.BETTER}
    assert {kind_of(verdict, fails) for verdict in (unknown, departs, absent)} == {Kind.WORSE}
    assert kind_of(departs, unknown) is Kind.WORSE


def test_a_run_from_which_scenarios_vanish_is_worse(right: Path) -> None:
    run = plain(finished.read(right))
    less = replace(run, scenarios=run.scenarios[1:])
    assert compare(run, less).regresses
    assert [difference.kind for difference in compare(run, less).scenarios] == [Kind.VANISHED]
    assert [difference.kind for difference in compare(less, run).scenarios] == [Kind.APPEARED]
    assert not compare(less, run).regresses


def test_what_could_not_be_judged_may_vanish(right: Path) -> None:
    run = changed(finished.read(right), {CLAUSE: Verdict.NOT_APPLICABLE})
    less = replace(
        run, scenarios=tuple(scenario for scenario in run.scenarios if scenario.verdict is not Verdict.NOT_APPLICABLE)
    )
    assert len(less.scenarios) < len(run.scenarios)
    assert not compare(run, less).regresses


def test_a_scenario_that_moves_to_another_file_is_still_itself(right: Path) -> None:
    run = plain(finished.read(right))
    moved = replace(
        run,
        scenarios=tuple(
            replace(scenario, id=scenario.id.replace("features/", "features/new/")) for scenario in run.scenarios
        ),
    )
    assert compare(run, moved).scenarios == ()


def test_ids_times_and_targets_do_not_make_a_difference(right: Path) -> None:
    words = (
        "Nonconformance: late\n  expected  {0}\n  received  {1} after {2} s\n"
        "  at        {3}/cancelOrder\n  again     countermand run {3}"
    )
    old = changed(finished.read(right), {CLAUSE: Verdict.DOES_NOT_CONFORM}, message="")
    first, second = (
        _saying(
            old,
            words.format(
                "476135ad-29da-402e-8f7c-6b4af7564ef9", "2026-11-21T18:30:00Z", 0.12, "https://a.example:8443"
            ),
            "a",
        ),
        _saying(
            old,
            words.format(
                "01234567-29da-402e-8f7c-6b4af7564ef9", "2026-11-22T18:30:00.5Z", 1.5, "https://b.example:8444"
            ),
            "b",
        ),
    )
    assert compare(first, second).scenarios == ()
    third = _saying(old, words.format("nothing", "2026-11-22T18:30:00.5Z", 1.5, "https://b.example:8444"), "b")
    assert [difference.kind for difference in compare(first, third).scenarios] == [Kind.CHANGED]
    assert not compare(first, third).regresses


def _saying(results: Results, message: str, host: str) -> Results:
    targets = tuple(
        replace(target, name=f"target-{host}", url=f"https://{host}.example:844{'34'[host == 'b']}")
        for target in results.targets
    )
    scenarios = tuple(
        replace(scenario, message=message if scenario.clause == CLAUSE else scenario.message)
        for scenario in results.scenarios
    )
    return replace(results, targets=targets, scenarios=scenarios)


def test_a_status_is_never_taken_for_an_id(right: Path) -> None:
    old = changed(finished.read(right), {CLAUSE: Verdict.DOES_NOT_CONFORM})
    first, second = _saying(old, "the refusal has status 400", "a"), _saying(old, "the refusal has status 500", "a")
    assert (
        normal(first, next(scenario for scenario in first.scenarios if scenario.clause == CLAUSE))
        == "the refusal has status 400"
    )
    assert len(compare(first, second).scenarios) == 1


def test_comparing_nothing_is_an_error(right: Path) -> None:
    run = plain(finished.read(right))
    with pytest.raises(CompareError, match="nothing to compare"):
        compare(run, replace(run, scenarios=()))
    other = replace(
        run,
        scenarios=tuple(
            replace(scenario, id=f"x{scenario.id}", name=f"{scenario.name} x") for scenario in run.scenarios
        ),
    )
    with pytest.raises(CompareError, match="no scenario in common"):
        compare(run, other)


def test_a_certificate_compares_like_a_folder(right: Path, wrong: Path, tmp_path: Path) -> None:
    path = tmp_path / "wrong.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(wrong / "results.json", "certificate/results.json")
        archive.write(wrong / "record.jsonl", "certificate/record.jsonl")
    assert cli.main(["compare", str(right), str(path)]) == 1
    assert cli.main(["compare", str(wrong), str(path)]) == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "this one has none"),
        (lambda _: None, "no such file or folder"),
        (lambda path: path.write_text("{"), "is not JSON"),
        (lambda path: path.write_text('{"version": 2}'), "of version 2; this suite reads version 1"),
        (lambda path: path.write_text('{"version": 1}'), "is a required property"),
        (lambda path: path.write_bytes(b"\xff\x00"), "cannot be read"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "the zip holds no results.json"),
    ],
)
def test_what_is_no_run_is_named(
    right: Path, tmp_path: Path, make: Callable[[Path], object], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "it"
    make(path)
    assert cli.main(["compare", str(right), str(path)]) == 4
    said = capsys.readouterr().err
    assert words in said
    assert str(path) in said


def test_a_week_of_nights_is_worse_on_the_night_the_clause_breaks_and_no_other(night: Night) -> None:
    nights = [night(day, {CLAUSE: Verdict.DOES_NOT_CONFORM} if 3 <= day < 6 else {}) for day in range(1, 8)]
    codes = [cli.main(["compare", str(old), str(new)]) for old, new in pairwise(nights)]
    assert codes == [0, 1, 0, 0, 0, 0]


def test_what_only_follows_from_another_fault_is_no_difference(right: Path) -> None:
    run = plain(finished.read(right))
    follower = next(scenario for scenario in run.scenarios if scenario.clause == "ALA-REQ-15")
    for reason in ("follows from ALA-REQ-07: as was shown", "not repeated: as was shown"):
        spared = replace(follower, verdict=Verdict.NOT_APPLICABLE, message=reason)
        other = replace(run, scenarios=tuple(spared if row.id == follower.id else row for row in run.scenarios))
        assert compare(run, other).scenarios == compare(run, other).clauses == ()
        assert compare(other, run).scenarios == ()
    declared = replace(follower, verdict=Verdict.NOT_APPLICABLE, message="the target file declares it away")
    lost = replace(run, scenarios=tuple(declared if row.id == follower.id else row for row in run.scenarios))
    assert compare(run, lost).regresses


def test_a_part_is_compared_with_the_same_part(right: Path, wrong: Path) -> None:
    whole, broken = plain(finished.read(right)), plain(finished.read(wrong))
    asked = tuple(scenario for scenario in whole.scenarios if scenario.clause == CLAUSE)
    part = replace(whole, scenarios=asked, complete=False)
    assert compare(whole, part).scenarios == compare(whole, part).clauses == ()
    mended = compare(broken, part)
    assert {difference.clause for difference in mended.scenarios} == {CLAUSE}
    assert not mended.regresses
    assert "One of these runs is not complete: only" in compare_words.markdown(mended)
    both = compare(replace(mended.old, complete=False), replace(mended.new, complete=False))
    assert "Neither of these runs is complete: only" in compare_words.markdown(both)


def test_documented_clauses_come_before_the_others(right: Path) -> None:
    run = plain(finished.read(right))
    worse = changed(
        run, {scenario.id: Verdict.INCONCLUSIVE for scenario in run.scenarios if scenario.verdict is Verdict.CONFORMS}
    )
    evidence = [str(difference.evidence) for difference in compare(run, worse).of(Kind.WORSE)]
    assert evidence == sorted(evidence, key=["documented", "standard", "inferred"].index)
    assert len(set(evidence)) == 3
