"""A baseline makes a run red for what is new, stale or expired, and for nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermand import cli
from countermand.baseline import apply as baseline
from countermand.baseline import file as waiver_file
from countermand.baseline import update as baseline_update
from countermand.baseline.apply import Baseline, Entry, List
from countermand.baseline.rewriting import rewritten
from countermand.model.verdict import Verdict
from countermand.records import finished

from .conftest import Night, changed, plain

TODAY = date(2026, 11, 21)
CLAUSE = "ALA-REQ-07"
FAILS, UNKNOWN = Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE
SCHEMA = Path(waiver_file.__file__).parent.parent / "schemas" / "baseline.schema.json"


def entry(clause: str = CLAUSE, days: int = 30, **other: object) -> Entry:
    return replace(Entry(List.FAILS, clause, TODAY + timedelta(days), "ana", "known since May"), **other)  # type: ignore[arg-type]


def code(night: Path, *entries: Entry) -> int:
    return baseline.apply(finished.read(night), Baseline(entries), TODAY).exit_code


def test_a_listed_failure_does_not_turn_the_run_red(night: Night) -> None:
    outcome = baseline.apply(finished.read(night(1, {CLAUSE: FAILS})), Baseline((entry(),)), TODAY)
    assert (outcome.exit_code, outcome.new, len(outcome.excused)) == (0, (), 1)


def test_another_failure_does(night: Night) -> None:
    outcome = baseline.apply(finished.read(night(1, {CLAUSE: FAILS, "ALA-REQ-02": FAILS})), Baseline((entry(),)), TODAY)
    assert (outcome.exit_code, [scenario.clause for scenario in outcome.new]) == (1, ["ALA-REQ-02"])


def test_one_that_passes_now_is_stale(night: Night) -> None:
    assert code(night(1), entry()) == 11


def test_one_that_has_expired_ends_with_11_and_not_as_a_new_failure(night: Night) -> None:
    failing = night(1, {CLAUSE: FAILS})
    assert (code(failing, entry(days=0)), code(failing, entry(days=-1))) == (0, 11)
    lapsed = baseline.apply(finished.read(failing), Baseline((entry(days=-1),)), TODAY)
    assert re.match(r"baseline: 0 known to fail, 0 disputed, \d+ no longer waived, 0 not listed$", lapsed.lines[0])


def test_a_new_failure_and_the_inconclusive_come_before_what_is_stale(night: Night) -> None:
    stale = entry("ALA-REQ-01")
    assert code(night(1, {CLAUSE: FAILS}), stale) == 1
    assert code(night(2, {CLAUSE: UNKNOWN}), stale) == 10


def test_a_listed_failure_that_is_inconclusive_now_is_neither_stale_nor_hidden(night: Night) -> None:
    outcome = baseline.apply(finished.read(night(1, {CLAUSE: UNKNOWN})), Baseline((entry(),)), TODAY)
    assert (outcome.exit_code, outcome.stale, [scenario.clause for scenario in outcome.new]) == (10, (), [CLAUSE])


def test_what_is_listed_as_inconclusive_may_not_fail(night: Night) -> None:
    listed = entry(verdict=UNKNOWN)
    assert code(night(1, {CLAUSE: UNKNOWN}), listed) == 0
    assert code(night(2, {CLAUSE: FAILS}), listed) == 1


def test_the_two_lists_are_told_apart(night: Night) -> None:
    entries = (entry(), entry("ALA-REQ-02", list=List.DISPUTED))
    outcome = baseline.apply(finished.read(night(1, {CLAUSE: FAILS, "ALA-REQ-02": FAILS})), Baseline(entries), TODAY)
    assert outcome.exit_code == 0
    assert outcome.lines[0] == "baseline: 1 known to fail, 1 disputed, 0 not listed"


def test_an_entry_of_another_target_says_nothing_here(night: Night) -> None:
    assert code(night(1, {CLAUSE: FAILS}), entry(target="elsewhere")) == 1
    assert code(night(2), entry(target="elsewhere")) == 0


def test_an_entry_for_a_scenario_excuses_that_scenario_alone(night: Night) -> None:
    failing = night(1, {"ALA-SEC-02": FAILS})
    name = "A stranger with a self-signed certificate"
    left = baseline.apply(finished.read(failing), Baseline((entry("ALA-SEC-02", scenario=name),)), TODAY).new
    assert name not in {scenario.name for scenario in left}
    assert (
        code(
            failing,
            *(entry("ALA-SEC-02", scenario=scenario.id) for scenario in left),
            entry("ALA-SEC-02", scenario=name),
        )
        == 0
    )


def test_a_scenario_gone_from_a_complete_run_makes_its_entry_stale_and_from_a_partial_one_does_not(
    night: Night,
) -> None:
    gone = entry(scenario="There is no such scenario")
    assert code(night(1), gone) == 11
    run = plain(finished.read(night(2, complete=False)))
    outcome = baseline.apply(run, Baseline((gone,)), TODAY)
    assert (outcome.exit_code, outcome.stale) == (10, ())


def test_a_run_that_is_not_complete_is_not_excused(night: Night) -> None:
    assert code(night(1, {CLAUSE: FAILS}, complete=False), entry()) == 10


def test_no_verdict_is_changed(night: Night) -> None:
    run = finished.read(night(1, {CLAUSE: FAILS}))
    before = json.dumps(run.as_json())
    baseline.apply(run, Baseline((entry(),)), TODAY)
    assert json.dumps(run.as_json()) == before


def test_an_update_does_not_call_a_failure_what_could_not_be_found_out(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, reports = tmp_path / "known.toml", night(1, {CLAUSE: UNKNOWN, "ALA-REQ-09": FAILS})
    assert cli.main(["baseline", "--update", str(path), str(reports)]) == 0
    assert {entry.clause for entry in waiver_file.read(path, unfilled=True).entries} == {"ALA-REQ-09"}
    assert "could not be found out: that is no failure of the provider" in capsys.readouterr().err
    stands = waiver_file.dumps(Baseline((entry(), entry(clause="ALA-REQ-09"))))
    stands = stands.replace(f'clause = "{CLAUSE}"', f'clause = "{CLAUSE}"\nverdict = "inconclusive"')
    path.write_text(stands, encoding="utf-8")
    assert cli.main(["baseline", "--update", str(path), str(reports)]) == 0
    assert path.read_text(encoding="utf-8") == stands  # what a person has listed stays
    assert "could not be found out" not in capsys.readouterr().err


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_baseline_of_a_run_excuses_all_that_was_found_out_and_is_never_stale(
    right: Path, data: st.DataObject
) -> None:
    run = finished.read(right)
    given = st.sampled_from([verdict for verdict in Verdict if verdict is not Verdict.NOT_TESTED])
    verdicts = data.draw(
        st.dictionaries(st.sampled_from([scenario.id for scenario in run.scenarios]), given, max_size=40)
    )
    made = changed(run, verdicts)
    update = baseline_update.update(Baseline(), made, TODAY)
    listed = update.baseline
    outcome = baseline.apply(made, listed, TODAY)
    assert (outcome.exit_code, outcome.stale, outcome.expired) == (10 if update.unknown else 0, (), ())
    assert {scenario.id for scenario in outcome.new} == {scenario.id for scenario in update.unknown}
    assert all(scenario.verdict is UNKNOWN for scenario in update.unknown)
    assert baseline_update.update(listed, made, TODAY).baseline == listed


def test_a_baseline_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    made = Baseline(
        (
            entry(scenario='it says "so"\n\x7f \\ é', link="https://tracker.example/1"),
            entry(list=List.DISPUTED, verdict=UNKNOWN),
        )
    )
    path = tmp_path / "baseline.toml"
    path.write_text(waiver_file.dumps(made), encoding="utf-8")
    assert waiver_file.read(path) == made


KEPT = """\
# ours: see the wiki
[[fails]] # first
clause = "ALA-REQ-07"  # of May
owner = "ana"
reason = '''known'''
expires = 2027-01-31

[[disputed]]
clause = "ALA-REQ-08"
owner = "bob"
reason = "asked"
expires = 2027-01-31
"""


def test_an_update_leaves_what_people_wrote_around_the_entries_that_stand(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(KEPT, encoding="utf-8")
    before = waiver_file.read(path)
    now = Baseline((before.entries[0], entry(clause="ALA-REQ-09", owner="", reason="")))
    text = rewritten(KEPT, before, now)
    assert text.startswith(KEPT.partition("[[disputed]]")[0].rstrip())
    assert "ALA-REQ-08" not in text
    assert 'owner = ""  # to be filled in' in text
    path.write_text(text, encoding="utf-8")
    assert waiver_file.read(path, unfilled=True) == now


def test_an_update_that_would_lose_an_entry_writes_the_file_anew() -> None:
    text = 'fails = [{ clause = "ALA-REQ-07", owner = "ana", reason = "known", expires = 2027-01-31 }] # in one line\n'
    before = Baseline(tuple(waiver_file.parsed(text)))
    now = Baseline((*before.entries, entry(clause="ALA-REQ-09")))
    assert rewritten(text, before, now) == waiver_file.dumps(now)  # [[fails]] cannot follow: TOML has the list closed


GOOD = 'clause = "ALA-REQ-07"\nowner = "ana"\nreason = "known"\nexpires = 2027-01-31\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[[fails]]\n" + GOOD.replace("07", "97"),
            ["baseline.toml:2: [[fails]] 1: clause: no clause 'ALA-REQ-97'; did you mean ALA-REQ-0"],
        ),
        (
            "[[fails]]\n" + GOOD + "\n[[fails]]\n" + GOOD.replace("owner", "ownr"),
            [":9: [[fails]] 2: ownr: unknown key", "did you mean 'owner'?"],
        ),
        ("[[failures]]\n" + GOOD, ["failures: unknown", "did you mean 'fails'?"]),
        ("[fails]\n" + GOOD, ["each under its own [[fails]]"]),
        ("[[fails]]\n" + GOOD.replace('"ana"', '" "'), ["owner: is blank"]),
        ("[[fails]]\n" + GOOD.replace('"known"', "3"), [":4: [[fails]] 1: reason: is text in quotes, not 3"]),
        (
            "[[fails]]\n" + GOOD.replace("expires = 2027-01-31\n", ""),
            ["baseline.toml:1: [[fails]] 1: expires: is missing"],
        ),
        (
            "[[fails]]\n" + GOOD.replace("2027-01-31", '"next year"'),
            ["expires: is a day, as in 2027-01-31, not 'next year'"],
        ),
        ("[[fails]]\n" + GOOD.replace("2027-01-31", "2027"), ["expires: is a day"]),
        ("[[fails]]\n" + GOOD + 'verdict = "inconclusve"\n', ["did you mean 'inconclusive'?"]),
        ("[[fails]]\n" + GOOD + 'link = "JIRA-1"\n', ["link: is an address"]),
        ("[[fails]]\n" + GOOD + "[[disputed]]\n" + GOOD, ["listed twice", "of line 1)"]),
        ("\n[[fail]]\n" + GOOD, [":2: fail: unknown", "did you mean 'fails'?"]),
        ("[[fails]\n", ["not TOML"]),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(baseline.BaselineError) as error:
        baseline.read(path)
    for part in words:
        assert part in str(error.value)


def test_the_published_schema_takes_what_the_reader_takes() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    good = {"clause": CLAUSE, "owner": "ana", "reason": "known", "expires": "2027-01-31"}
    jsonschema.validate({"fails": [good], "disputed": [{**good, "verdict": "inconclusive", "target": "t"}]}, schema)
    assert set(schema["$defs"]["entry"]["properties"]) == set(waiver_file.KNOWN)
    assert set(schema["$defs"]["entry"]["required"]) == set(waiver_file.NEEDED)
    assert sorted(schema["$defs"]["entry"]["properties"]["verdict"]["enum"]) == sorted(waiver_file.VERDICTS)


def test_the_command_writes_keeps_and_drops(
    wrong: Path, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "baseline.toml"
    assert cli.main(["baseline", "--update", str(path), str(wrong)]) == 0
    assert f"{path}: 1 entry\n" in capsys.readouterr().out
    (made,) = waiver_file.read(path, unfilled=True).entries
    assert (made.clause, made.owner, made.expires) == (CLAUSE, "", datetime.now(UTC).date() + timedelta(90))
    assert cli.main(["baseline", str(path), str(wrong)]) == 4
    assert "owner: is blank" in capsys.readouterr().err
    filled = (
        path.read_text("utf-8")
        .replace('owner = ""', 'owner = "ana"')
        .replace('reason = ""', 'reason = "known" # since May')
    )
    path.write_text(filled, encoding="utf-8")
    assert cli.main(["baseline", str(path), str(wrong)]) == 0
    assert cli.main(["baseline", str(path), str(right)]) == 11
    assert cli.main(["baseline", "--update", str(path), str(wrong)]) == 0
    assert path.read_text("utf-8") == filled  # what still stands is left alone, comments and all
    assert cli.main(["baseline", "--update", str(path), str(right)]) == 0
    assert waiver_file.read(path).entries == ()


def test_a_week_of_nights_is_red_only_when_something_changes(night: Night, tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    codes = []
    for day in range(
        1, 8
    ):  # the clause breaks in the third night and is mended in the sixth; once it cannot be found out
        verdict = UNKNOWN if day == 5 else FAILS if 3 <= day < 6 else Verdict.CONFORMS
        reports = night(day, {CLAUSE: verdict})
        known = waiver_file.read(path) if path.exists() else Baseline()
        codes.append(baseline.apply(finished.read(reports), known, TODAY).exit_code)
        if day in {3, 6}:  # somebody looks into it in the morning
            cli.main(["baseline", "--update", str(path), str(reports)])
            path.write_text(path.read_text("utf-8").replace('= ""', '= "seen to"'), encoding="utf-8")
    assert codes == [0, 0, 1, 0, 10, 11, 0]


def test_a_baseline_that_begins_with_a_byte_order_mark_keeps_what_people_have_written_into_it(
    right: Path, tmp_path: Path
) -> None:
    path = tmp_path / "known.toml"
    gone = waiver_file.dumps(Baseline((entry(),)))
    path.write_text(f"# ours: ask ana\n{gone}", encoding="utf-8-sig")
    assert cli.main(["baseline", "--update", str(path), str(right)]) == 0
    said = path.read_text(encoding="utf-8")
    assert ("# ours: ask ana" in said, CLAUSE in said) == (True, False)


def said(night: Path, *entries: Entry) -> str:
    return "\n".join(baseline.apply(finished.read(night), Baseline(entries), TODAY).lines)


def test_what_is_new_is_named(night: Night) -> None:
    failing = night(1, {CLAUSE: FAILS, "ALA-REQ-01": FAILS})
    assert said(failing, entry()).splitlines()[0].endswith(" not listed: ALA-REQ-01")


def test_an_entry_that_names_no_scenario_is_told_which_there_are(night: Night) -> None:
    failing = night(1, {"ALA-SEC-02": FAILS})
    mistyped = entry("ALA-SEC-02", scenario="A stranger with a selfsigned certificate")
    assert "ALA-SEC-02 has no such scenario; did you mean 'A stranger with a self-signed certificate'?" in said(
        failing, mistyped
    )
    assert "take the entry out" in said(failing, entry("ALA-SEC-02", scenario="Nothing of the kind at all"))


def test_an_entry_about_another_target_is_told_where_it_would_have_excused_something(night: Night) -> None:
    elsewhere = entry(target="elsewhere")
    assert "is about another target than" in said(night(1, {CLAUSE: FAILS}), elsewhere)
    assert "is about another target than" not in said(night(2), elsewhere)
