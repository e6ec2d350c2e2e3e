"""What `-m` and `--failed` select, and what is said where they select nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from countermand import cli
from countermand.commands import last as last_run
from countermand.commands import selection
from countermand.exits import CommandError
from countermand.model import clause, suite
from countermand.model.results import Results, Scenario, Target
from countermand.model.verdict import Verdict

CATALOGUE = clause.read(suite.root() / "features")
BROKEN, UNSURE = "ALA-REQ-07", "ALA-SEC-01"


def _scenario(key: str, verdict: Verdict, target: Target) -> Scenario:
    where = ("a name", "a feature", f"features/{target.api}/x.feature", 1, "", key, target.api, target.name)
    return Scenario(key, *where, verdict, "words", "2026-11-21T09:30:00Z", 0.1)


def _finished(folder: Path, *scenarios: tuple[str, Verdict, Target]) -> Path:
    made = "2026-11-21T09:30:00.000000Z"
    results = Results(
        {"version": "0.1.0", "digest": f"sha256:{'0a' * 32}"},
        tuple(dict.fromkeys(target for _, _, target in scenarios)),
        made,
        made,
        "seed",
        complete=True,
        scenarios=tuple(_scenario(*row) for row in scenarios),
        catalogue=CATALOGUE,
    )
    (folder / "results.json").write_text(json.dumps(results.as_json()), encoding="utf-8")
    return folder


QA, OTHER = Target("qa", "ala", "https://qa.example"), Target("other", "opensrs", "https://other.example")


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """The reports of a run in which one clause was broken and one not found out."""
    verdicts = {BROKEN: Verdict.DOES_NOT_CONFORM, UNSURE: Verdict.INCONCLUSIVE, "ALA-REQ-08": Verdict.CONFORMS}
    return _finished(tmp_path, *((key, verdict, QA) for key, verdict in verdicts.items()))


def chosen(words: str, last: Path, *apis: str) -> list[str]:
    return selection.chosen(words, selection.known(last, ["qa"]), apis or ("ala",))


@pytest.mark.parametrize(
    ("words", "clauses"),
    [
        ("ALA-REQ-07", ["ALA-REQ-07"]),
        ("ala-req-07", ["ALA-REQ-07"]),
        ("ALA-REQ-07 or ALA-REQ-08", ["ALA-REQ-07", "ALA-REQ-08"]),
        ("ALA-REQ-07, ALA-REQ-08", ["ALA-REQ-07", "ALA-REQ-08"]),
        (
            "ALA-SEC-0?",
            [entry.id for entry in CATALOGUE.of("ala") if entry.id.startswith("ALA-SEC-0") and entry.untested is None],
        ),
        ("ala-sec-* and not (ALA-SEC-02 or ALA-SEC-03)", None),
        ("inconclusive", [UNSURE]),
        ("broken", [BROKEN]),
        ("Does not conform or inconclusive", [BROKEN, UNSURE]),
        ("not inconclusive and ala-sec-01 or ALA-REQ-07", [BROKEN]),
    ],
)
def test_words_mean_clauses(words: str, clauses: list[str] | None, last: Path) -> None:
    selected = chosen(words, last)
    wanted = clauses or [key for key in chosen("ALA-SEC-*", last) if key not in {"ALA-SEC-02", "ALA-SEC-03"}]
    assert selected == wanted


@pytest.mark.parametrize("form", ["features/ala/{}.feature", "./features/ala/{}.feature", "ala/{}", "FEATURES/ala/{}"])
def test_a_feature_is_named_by_its_file_as_reports_name_it(form: str, last: Path) -> None:
    assert chosen(form.format("required_order"), last) == chosen("required_order", last)
    with pytest.raises(CommandError, match="no such clause, feature or verdict"):
        chosen(form.format("required_order").replace("ala", "opensrs"), last)


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("ALA-REG-07", "ALA-REQ-07"),
        ("ala_req_7", "ALA-REQ-07"),
        ("ALAREQ07", "ALA-REQ-07"),
        ("REQ-15", "ALA-REQ-15"),
        ("OSR-CAN-01", "OSRS-CAN-01"),
        ("ALA-REQ-99", "ALA-REQ-09"),
        ("ALA-NOPE-01", None),
        ("XML", None),
        ("nonsense", None),
    ],
)
def test_only_what_is_near_is_offered(word: str, near: str | None) -> None:
    assert CATALOGUE.nearest(word) == near
    assert CATALOGUE.advice(word).startswith(f"did you mean {near}?" if near else "there are ALA-CAN-*, ")


@pytest.mark.parametrize(
    "name",
    [
        "required_order",
        "required_order.feature",
        "The order a cancellation names, and why",
        "the ORDER a cancellation names, and why",
    ],
)
def test_a_feature_is_selected_by_its_file_or_its_title(name: str, last: Path) -> None:
    text = (suite.root() / "features/ala/required_order.feature").read_text(encoding="utf-8")
    assert chosen(name, last) == [key for key in CATALOGUE if f"@{key}" in text]
    assert chosen(f"{name} or ALA-SEC-01", last) == [*chosen(name, last), "ALA-SEC-01"]


@pytest.mark.parametrize(
    ("words", "all_but"),
    [
        ("ALA-CAN-01", False),
        ("not applicable or ALA-CAN-01", False),
        ("does not conform", False),
        ("NOT ALA-SEC-01", True),
        ("ALA-CAN-01 and not ALA-SEC-01", True),
        ("not (applicable)", True),
    ],
)
def test_who_leaves_clauses_out_is_known_by_the_word(words: str, *, all_but: bool) -> None:
    assert selection.excludes(words) is all_but


@pytest.mark.parametrize(
    ("again", "clauses"),
    [
        ("countermand run --target t.toml -m 'ALA-SCH-02 or ALA-SEC-01'", ["ALA-SCH-02", "ALA-SEC-01"]),
        ("countermand run --target targets/OSRS-RPL-02.toml -m ALA-SCH-02", ["ALA-SCH-02"]),
        ("countermand run -m", []),
        ("it 's torn", []),
        (None, []),
    ],
)
def test_what_a_line_repeats_stands_behind_its_option(again: str | None, clauses: list[str]) -> None:
    assert selection._repeated(again) == clauses


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("NOPE-1", "no such clause, feature or verdict"),
        ("ALA-REQ-99", "did you mean ALA-REQ-"),
        ("ALA-RQ-*", "did you mean ALA-"),
        ("ALA-NOPE-*", "verdict; there are ALA-CAN-*, ALA-REQ-*, "),
        ("inconclusiv", "did you mean inconclusive"),
        ("brokne", "did you mean broken"),
        ("requird_order", "did you mean required_order"),
        ("OSRS-REQ-01", "OSRS-REQ-01 is of opensrs, and ala is asked"),
        ("OSRS-REQ-*", "is of opensrs, and ala is asked"),
        ("ALA-REQ-07 and ALA-REQ-08", "selects no clause; did you mean ALA-REQ-07 or ALA-REQ-08?"),
        ("ALA-REQ-07 ALA-REQ-08", "several are joined with or"),
        ("ALA-REQ-07 or", "a clause is missing at the end"),
        ("(ALA-REQ-07", "a bracket is not closed"),
        pytest.param("(" * 5000, "-m: is nested too deep to be read", id="5000 brackets"),
        pytest.param("not " * 5000 + "ALA-REQ-07", "-m: is nested too deep to be read", id="5000 times not"),
        ("departs", "nothing there is departing; it says does not conform"),
    ],
)
def test_what_selects_nothing_is_told_with_what_would(words: str, said: str, last: Path) -> None:
    with pytest.raises(CommandError) as caught:
        chosen(words, last)
    assert said in str(caught.value)
    assert caught.value.code == 4


def test_a_clause_of_an_api_that_nobody_is_asked_by_is_left_out_in_so_many_words(
    last: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chosen("ALA-REQ-07 or osrs-req-01", last) == ["ALA-REQ-07"]
    assert "OSRS-REQ-01 is of opensrs, and ala is asked: it is left out" in capsys.readouterr().err
    assert chosen("ALA-REQ-07 or OSRS-*", last) == ["ALA-REQ-07"]
    assert capsys.readouterr().err == ""


def test_a_clause_that_another_target_of_the_command_is_asked_by_is_no_mistake(last: Path) -> None:
    words, known = "ALA-REQ-07 or OSRS-REQ-01", selection.known(last, ["qa"])
    assert selection.chosen(words, known, ["ala"], ["ala", "opensrs"]) == ["ALA-REQ-07"]
    assert selection.chosen(words, known, ["opensrs"], ["ala", "opensrs"]) == ["OSRS-REQ-01"]


def test_what_failed_is_what_failed_at_those_who_are_asked(tmp_path: Path) -> None:
    theirs = "OSRS-CAN-01"
    last = _finished(tmp_path, (BROKEN, Verdict.DOES_NOT_CONFORM, QA), (theirs, Verdict.DOES_NOT_CONFORM, OTHER))
    assert selection.of_verdict(last, selection.FAILED) == [BROKEN, theirs]
    assert selection.of_verdict(last, selection.FAILED, frozenset({"qa"})) == [BROKEN]
    assert selection.of_verdict(last, selection.FAILED, apis={"opensrs"}) == [theirs]
    assert chosen("broken", last, "ala") == [BROKEN]


@pytest.mark.parametrize("words", [[], ["--embedded"], ["--dry-run"], ["-m", "broken"]])
def test_what_failed_at_a_target_is_not_repeated_at_the_sellers_that_are_carried(
    last: Path, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert cli.main(["run", "--failed", str(last), *words]) == 4
    heard = capsys.readouterr().err
    assert "the last run there asked qa, not embedded-ala, embedded-opensrs; --target names who is asked" in heard
    assert not (tmp_path / "empty" / "reports").exists()


def test_what_was_broken_or_not_found_out_is_what_failed(last: Path) -> None:
    assert selection.of_verdict(last, selection.FAILED, frozenset({"qa"})) == [BROKEN, UNSURE]


def test_what_an_interrupted_run_has_not_played_is_repeated_as_well(last: Path) -> None:
    path = last / "results.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document |= {"complete": False, "unplayed": ["ALA-REQ-10", "OSRS-CAN-01", "ALA-GONE-99"]}
    path.write_text(json.dumps(document), encoding="utf-8")
    assert selection.of_verdict(last, selection.FAILED, frozenset({"qa"}), {"ala"}) == [BROKEN, "ALA-REQ-10", UNSURE]
    assert chosen("inconclusive", last) == [UNSURE]


def test_the_last_run_of_another_target_is_not_repeated(last: Path) -> None:
    with pytest.raises(CommandError, match="the last run there asked qa, not prod"):
        selection.of_verdict(last, selection.FAILED, frozenset({"prod"}))
    with pytest.raises(CommandError, match="there is no last run to repeat"):
        selection.of_verdict(last / "nowhere", selection.FAILED)


def test_a_run_that_was_killed_is_said_to_have_left_nothing_to_repeat(tmp_path: Path) -> None:
    (tmp_path / "reports/allure-results").mkdir(parents=True)
    with pytest.raises(CommandError, match=r"no last run to repeat: .*the run that began there has left no results"):
        selection.of_verdict(tmp_path / "reports", selection.FAILED, frozenset(), {"ala"})


@pytest.mark.parametrize("left", ["allure-results", "earlier/2026-11-30T22-26-02-qa"])
def test_the_folder_of_a_run_that_was_killed_stands_for_that_run_and_no_other(
    left: str, last: Path, tmp_path: Path
) -> None:
    """Where it lies is said, and not what another run has found."""
    killed = tmp_path / "named"
    (killed / left).mkdir(parents=True)
    if left != "allure-results":
        (killed / left / "results.json").write_bytes((last / "results.json").read_bytes())
    assert last_run.place([killed, last], {"qa"}) == killed
    assert last_run.place([tmp_path / "new", last], {"qa"}) == last
    (last / "part/allure-results").mkdir(parents=True)
    assert last_run.place([last / "part", last], {"qa"}) == last
