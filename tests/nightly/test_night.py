"""A week of nights: what the first line says each morning, and whether the job is red."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from running import ROOT

from countermand import cli
from countermand.model.exchange import timestamp
from countermand.model.results import Results, Target
from countermand.model.verdict import Verdict
from countermand.model.waiver import Waiver
from countermand.nightly import history, night, night_words
from countermand.nightly.history import Entry
from countermand.nightly.night import Change, Kind, changes
from countermand.records import finished
from countermand.report import outputs, shelf
from countermand.report.markdown import plain as plain_markdown

from .conftest import Night, plain

SCHEMA = Path(finished.__file__).parents[1] / "schemas" / "night.schema.json"
BROKEN, DEPARTS, UNKNOWN = Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS, Verdict.INCONCLUSIVE
REQ, TRC = "ALA-REQ-07", "ALA-TRC-01"
WAIVED = {"ALA-REQ-10": "ALA-REQ-10 is waived by anna@ourco.example until 2026-12-20: FIB-4711"}


def said(target: str, day: int, clauses: Mapping[str, Verdict] | None = None, **other: object) -> Entry:
    shown = clauses or {}
    verdict = BROKEN if BROKEN in shown.values() else Verdict.CONFORMS
    made = Entry(
        target, "ala", f"2026-11-{day:02d}T02:00:00.000000Z", verdict, clauses=shown, documented=frozenset({REQ})
    )
    return replace(made, **other)  # type: ignore[arg-type]


def morning(*nights: list[Entry], expected: tuple[tuple[str, str], ...] = ()) -> list[Change]:
    """What is said after the last of some nights, as the history has it."""
    new = {entry.key: entry for entry in nights[-1]}
    past = [entry for some in nights[:-1] for entry in some]
    return night.changes(history.before(past, new), new, [*past, *nights[-1]], expected)


def test_a_week_is_told_morning_by_morning() -> None:
    """op-01 is right, op-02 always broken and waived, op-04 departs from night 3, op-07 flips, op-09 is down once."""
    known = {"ALA-REQ-10": BROKEN}
    week = [
        [
            said("op-01", day),
            said("op-02", day, known, waived=WAIVED),
            said("op-04", day, {TRC: DEPARTS} if day > 2 else {}),
            said("op-07", day, {REQ: BROKEN} if flips else {}),
            said("op-09", day, verdict=Verdict.NOT_TESTED, untested="unreachable") if day == 4 else said("op-09", day),
        ]
        for day, flips in enumerate((False, False, True, True, False, True, False), 1)
    ]
    mornings = {day: morning(*week[:day]) for day in range(1, 8)}
    red = {
        day: [(change.target, change.clause) for change in changes if change.red] for day, changes in mornings.items()
    }
    assert red == {1: [], 2: [], 3: [("op-07", REQ)], 4: [("op-09", None)], 5: [], 6: [("op-07", REQ)], 7: []}
    assert all(
        [(change.target, change.words) for change in changes if change.kind is Kind.WAIVED]
        == [("op-02", WAIVED["ALA-REQ-10"])]
        for changes in mornings.values()
    )
    assert [day for day, changes in mornings.items() if any(change.kind is Kind.DEPARTS for change in changes)] == [3]
    assert [day for day, changes in mornings.items() if any(change.kind is Kind.RECOVERED for change in changes)] == [
        5,
        7,
    ]
    (still,) = [change for change in mornings[4] if change.kind is Kind.STILL]
    assert (still.target, still.since) == ("op-07", "2026-11-03")
    (again,) = [change for change in mornings[6] if change.kind is Kind.BROKEN]
    assert again.flaky == "changed 3 times in 6 nights"
    assert (
        night_words.sentence(mornings[6])
        == "Last night: 1 newly broken (op-07 ALA-REQ-07); 1 waived (op-02 ALA-REQ-10)."
    )
    assert night_words.sentence(mornings[4]).startswith(
        "Last night: 1 newly not tested (op-09); 1 still broken (op-07 ALA-REQ-07)"
    )


def test_what_is_newly_not_tested_is_told_from_what_was_not_tested_yesterday_either() -> None:
    nights = [
        [said("down1", 1, untested="down"), said("down2", 1, {})],
        [said("down1", 2, untested="down"), said("down2", 2, untested="down")],
        [said("down1", 3, untested="down"), said("down2", 3, untested="down")],
    ]
    assert (
        night_words.sentence(morning(*nights[:2]))
        == "Last night: 1 newly not tested (down2); 1 still not tested (down1)."
    )
    assert night_words.sentence(morning(*nights)) == "Last night: 2 still not tested (down1, down2)."


def test_a_night_that_tested_nothing_mends_nothing() -> None:
    nights = [[said("op", 1, {REQ: BROKEN})], [said("op", 2, untested="down")], [said("op", 3, {REQ: BROKEN})]]
    (down,) = morning(*nights[:2])
    assert (down.kind, down.words, down.red) == (Kind.UNTESTED, "down", True)
    (still,) = [change for change in morning(*nights) if change.clause == REQ]
    assert (still.kind, still.since, still.red) == (Kind.STILL, "2026-11-01", False)
    (again,) = [change for change in morning(*nights) if change.clause is None]
    assert (again.kind, again.words) == (Kind.RECOVERED, "it is tested again")


def test_a_part_mends_nothing_that_it_has_not_asked() -> None:
    part = frozenset({"ALA-REQ-08"})
    waived = {"ALA-REQ-10": "waived"}
    nights = [
        [said("op", 1, {REQ: BROKEN, "ALA-REQ-08": BROKEN, "ALA-REQ-10": BROKEN}, waived=waived)],
        [said("op", 2, {}, asked=part)],
        [said("op", 3, {REQ: BROKEN, "ALA-REQ-10": BROKEN}, waived=waived)],
        [said("op", 4, {}, asked=frozenset())],
        [said("op", 5, {})],
    ]
    asked = {change.clause: change for change in morning(*nights[:2])}
    assert {clause: change.kind for clause, change in asked.items()} == {
        REQ: Kind.STILL,
        "ALA-REQ-08": Kind.RECOVERED,
        "ALA-REQ-10": Kind.WAIVED,
    }
    assert (asked[REQ].words, asked[REQ].since, asked[REQ].new) == (night.UNASKED, "2026-11-01", False)
    (again,) = [change for change in morning(*nights[:3]) if change.clause == REQ]
    assert (again.kind, again.since, again.flaky, again.red) == (Kind.STILL, "2026-11-01", None, False)
    assert {change.kind for change in morning(*nights)} == {Kind.RECOVERED}
    whole = [*nights[0], *nights[1]]
    assert [Entry.of_json(json.loads(json.dumps(entry.as_json()))).asked for entry in whole] == [None, part]
    notes = [*night_words.parts({entry.key: entry for entry in nights[1]})]
    assert "Of op not everything was asked" in notes[0]
    assert not [*night_words.parts({entry.key: entry for entry in nights[0]})]


def test_what_could_not_be_found_out_for_a_night_is_neither_mended_nor_broken_anew() -> None:
    nights = [
        [said("op", 1, {REQ: BROKEN})],
        [said("op", 2, {REQ: UNKNOWN})],
        [said("op", 3, {REQ: BROKEN})],
        [said("op", 4, {REQ: UNKNOWN})],
        [said("op", 5, {})],
    ]
    seen = [change for day in range(2, 6) for change in morning(*nights[:day]) if change.clause == REQ]
    assert [change.kind for change in seen] == [Kind.UNKNOWN, Kind.STILL, Kind.UNKNOWN, Kind.RECOVERED]
    assert (seen[1].since, seen[1].red) == ("2026-11-01", False)
    assert {change.flaky for change in seen} == {None}
    for lasting in ([*nights[:2], [said("op", 3, {REQ: UNKNOWN})]], [nights[0], [said("op", 2, {TRC: UNKNOWN})]]):
        broken = [[replace(entry, clauses={TRC: BROKEN, **entry.clauses}) for entry in lasting[0]], *lasting[1:]]
        kinds = {change.clause: change for change in morning(*broken) if change.clause in lasting[-1][0].clauses}
        assert {change.kind for change in kinds.values()} == {Kind.STILL}  # it is documented once alone, and no news
        assert not any(change.red or change.new for change in kinds.values())


@pytest.mark.parametrize("between", [{}, WAIVED, {REQ: "waived"}])
def test_a_waiver_that_ends_in_a_night_that_found_nothing_out_is_told_of(between: dict[str, str]) -> None:
    nights = [
        [said("op", 1, {REQ: BROKEN}, waived={REQ: "waived"})],
        [said("op", 2, {REQ: UNKNOWN}, waived=between, documented=frozenset())],
        [said("op", 3, {REQ: BROKEN}, lapsed={REQ: "it was waived until yesterday"})],
        [said("op", 4, {REQ: BROKEN})],
    ]
    (lapsed,) = morning(*nights[:3])
    assert (lapsed.kind, lapsed.red) == (Kind.LAPSED, True)
    (still,) = morning(*nights)
    assert (still.kind, still.red) == (Kind.STILL, False)


def test_a_part_is_laid_over_the_whole_run_of_its_night(night: Night, tmp_path: Path) -> None:
    whole = plain(finished.read(night(1, {REQ: BROKEN, "ALA-REQ-08": BROKEN}, "op")))
    part = replace(plain(finished.read(night(1, {}, "op"))), complete=False, asked=("ALA-REQ-08",))
    outputs.write(replace(whole, started="2026-11-01T02:00:00.000000Z"), tmp_path / "whole")
    outputs.write(replace(part, started="2026-11-01T03:00:00.000000Z"), tmp_path / "part")
    outputs.write(replace(part, started="2026-11-02T03:00:00.000000Z"), tmp_path / "later")
    runs = {name: finished.read(tmp_path / name) for name in ("whole", "part", "later")}
    (both,) = history.entries([runs["part"], runs["whole"]]).values()
    assert (both.clauses, both.verdict, both.asked) == ({REQ: BROKEN}, BROKEN, None)
    (alone,) = history.entries([runs["whole"], runs["later"]]).values()
    assert (alone.clauses, alone.asked) == ({}, frozenset({"ALA-REQ-08"}))


@pytest.mark.parametrize(
    ("unplayed", "asked", "kind"),
    [((), (), Kind.STILL), ((), (REQ,), Kind.RECOVERED), ((REQ,), (), Kind.STILL), ((TRC,), (), Kind.RECOVERED)],
)
def test_a_run_that_was_ended_mends_what_it_has_asked_all_of(
    unplayed: tuple[str, ...], asked: tuple[str, ...], kind: Kind, night: Night, tmp_path: Path
) -> None:
    before = night(1, {REQ: BROKEN}, "op")
    run = replace(plain(finished.read(night(2, {}, "op"))), complete=False, unplayed=unplayed, asked=asked)
    outputs.write(run, tmp_path / "ended")
    old, new = (history.entries([finished.read(folder)]) for folder in (before, tmp_path / "ended"))
    (change,) = [change for change in changes(old, new, [*old.values(), *new.values()]) if change.clause == REQ]
    assert change.kind is kind


def test_the_morning_a_waiver_ends_is_red_and_names_who_waived_it() -> None:
    lapsed = {REQ: "ALA-REQ-07 was waived by anna@ourco.example until 2026-11-02, and is no more: FIB-4711"}
    nights = [
        [said("op", 1, {REQ: BROKEN}, waived={REQ: "waived"})],
        [said("op", 2, {REQ: BROKEN}, lapsed=lapsed)],
        [said("op", 3, {REQ: BROKEN}, lapsed=lapsed)],
    ]
    (ended,) = morning(*nights[:2])
    assert (ended.kind, ended.red, ended.words) == (Kind.LAPSED, True, lapsed[REQ])
    (still,) = morning(*nights)
    assert (still.kind, still.red, still.words) == (Kind.STILL, False, lapsed[REQ])


def test_a_waiver_of_what_is_mended_is_told_of_with_its_owner_until_it_is_taken_out(
    right: Path, tmp_path: Path
) -> None:
    waiver = Waiver("fails", REQ, "@anna", "they mend it", "2026-12-20", "stale")
    outputs.write(replace(plain(finished.read(right)), waivers=(waiver,)), tmp_path / "run")
    (entry,) = history.entries([finished.read(tmp_path / "run")]).values()
    words = "ALA-REQ-07 is waived by @anna and conforms now, or is gone: take the entry out (they mend it)"
    assert Entry.of_json(json.loads(json.dumps(entry.as_json()))).stale == {REQ: words}
    nights = [
        [said("op", 1, {REQ: BROKEN}, waived=WAIVED)],
        [said("op", 2, stale={REQ: words})],
        [said("op", 3, stale={REQ: words})],
    ]
    for said_there, fresh in ((morning(*nights[:2]), True), (morning(*nights), False)):
        (stale,) = [change for change in said_there if change.kind is Kind.STALE]
        assert (stale.words, stale.new, stale.red) == (words, fresh, False)


def test_what_could_not_be_found_out_is_red_where_it_is_documented_alone() -> None:
    (change,) = morning([said("op", 1)], [said("op", 2, {REQ: UNKNOWN, TRC: UNKNOWN})])
    assert (change.kind, change.clause, change.red) == (Kind.UNKNOWN, REQ, True)


def test_an_expected_target_that_is_missing_is_red() -> None:
    changes = morning([said("op-01", 1)], [said("op-01", 2)], expected=(("ala", "op-01"), ("ala", "op-02")))
    assert [(change.target, change.kind, change.red) for change in changes] == [("op-02", Kind.UNTESTED, True)]


@pytest.mark.parametrize("year", ["0001", "2099", "9999"])
def test_nights_of_a_clock_that_was_wrong_make_a_history_forget_nothing(year: str, tmp_path: Path) -> None:
    path, nights = tmp_path / "nights.jsonl", [said("op", 1), said("op", 2)]
    wrong = [replace(said("op", 3), started=f"{year}-12-{day}T00:00:00.000000Z") for day in (30, 31)]
    history.keep(path, nights, wrong[:1])
    history.keep(path, history.read(path), wrong[1:])
    kept = history.keep(path, history.read(path), [said("op", 4)])
    assert sorted(kept, key=lambda entry: entry in wrong) == [*nights, said("op", 4), *wrong]


def test_a_history_keeps_as_many_nights_as_a_year_has(tmp_path: Path) -> None:
    first = datetime(2026, 1, 1, 2, tzinfo=UTC)
    nights = [
        replace(said(name, 1), started=timestamp(first + timedelta(days=day)))
        for day in range(368)
        for name in ("op", "other")
    ]
    kept = history.keep(tmp_path / "nights.jsonl", nights[:-2], nights[-2:])
    assert kept == nights[4:]
    assert history.keep(tmp_path / "nights.jsonl", kept, nights[-1:]) == kept


def test_a_history_keeps_each_run_once_and_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "nights.jsonl"
    kept = history.keep(path, [said("op", 1)], [said("op", 1), said("op", 2, {REQ: BROKEN}, waived=WAIVED)])
    assert [entry.night for entry in kept] == ["2026-11-01", "2026-11-02"]
    assert history.read(path) == kept
    assert all(len(line) < 1000 for line in path.read_text().splitlines())
    whole = path.read_text()
    impossible = whole.splitlines()[0].replace("-01T02:", "-01T99:")
    for line in ("{}", "5", "null", "garbage", "[" * 100_000, '{"clauses": 5}', impossible):
        path.write_text(f"{whole}{line}\n")
        with pytest.raises(
            history.HistoryError,
            match=r"nights\.jsonl:3: is no night of this suite: remove the line, or move the file away$",
        ):
            history.read(path)


def test_the_command_compares_two_folders_of_many_runs(
    night: Night, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day, verdicts in ((1, {}), (2, {REQ: BROKEN})):
        for target in ("op-01", "op-07"):
            made = night(day, verdicts if target == "op-07" else {}, target)
            made.rename(tmp_path / f"night-{day}-{target}")
        folder = tmp_path / f"night-{day}"
        folder.mkdir()
        for target in ("op-01", "op-07"):
            (tmp_path / f"night-{day}-{target}").rename(folder / target)
    old, new = str(tmp_path / "night-1"), str(tmp_path / "night-2")
    assert cli.main(["night", old, new, "--json", str(tmp_path / "told.json")]) == 1
    assert capsys.readouterr().out.startswith("# Last night: 1 newly broken (op-07 ALA-REQ-07).")
    document = json.loads((tmp_path / "told.json").read_text())
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(document)] == []
    assert schema["$defs"]["change"]["properties"]["kind"]["enum"] == [str(kind) for kind in Kind]
    assert [(row["target"], row["clause"], row["red"]) for row in document["changes"]] == [("op-07", REQ, True)]
    assert cli.main(["night", old, old]) == 0
    history = str(tmp_path / "nights.jsonl")
    assert cli.main(["night", old, "--history", history]) == 0
    assert cli.main(["night", new, "--history", history]) == 1
    assert cli.main(["night", new, "--history", history]) == 1
    assert cli.main(["night", new]) == 4
    assert cli.main(["night", str(tmp_path / "absent"), new]) == 4


def test_waivers_and_what_was_not_tested_survive_being_written(right: Path, tmp_path: Path) -> None:
    waiver = Waiver(
        "fails",
        REQ,
        "anna@ourco.example",
        "they mend it",
        "2026-12-20",
        "excused",
        target="embedded-ala",
        scenarios=("a",),
    )
    whole = replace(plain(finished.read(right)), waivers=(waiver,))
    outputs.write(whole, tmp_path / "waived")
    assert finished.read(tmp_path / "waived").waivers == (waiver,)
    lost = Results(
        suite=whole.suite, targets=(Target("op-09", "ala", "https://127.0.0.1:1"),), started=whole.started,
        finished=whole.finished, seed="", complete=False, scenarios=(), catalogue=whole.catalogue,
        untested="unreachable",
    )  # fmt: skip
    outputs.write(lost, tmp_path / "lost")
    read = finished.read(tmp_path / "lost")
    assert (read.verdict, read.sentence) == (Verdict.NOT_TESTED, "not tested: unreachable")


def _nightly(night: Night, folder: Path, **runs: tuple[int, dict[str, Verdict]]) -> str:
    """Lay runs of targets into one folder, each of a day of its own."""
    for name, (day, verdicts) in runs.items():
        made, there = night(day, verdicts, name), folder / name
        if there.exists():
            shutil.rmtree(there)
        folder.mkdir(exist_ok=True)
        made.rename(there)
    return str(folder)


def _expected(folder: Path, *names: str) -> str:
    """Write target files of such names, and return the pattern that finds them."""
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        text = (ROOT / "targets" / "ala.toml").read_text(encoding="utf-8")
        (folder / f"{number}-{name}.toml").write_text(re.sub(r'(?m)^name = "[^"]*"', f'name = "{name}"', text))
    return str(folder / "*.toml")


def test_a_run_that_was_left_from_an_earlier_night_is_no_run_of_this_one_and_news_only_once(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights, expect = str(tmp_path / "nights.jsonl"), _expected(tmp_path / "targets", "op-01", "op-07")

    def said(**runs: tuple[int, dict[str, Verdict]]) -> tuple[int, str]:
        folder = _nightly(night, tmp_path / "runs", **runs)
        code = cli.main(["night", folder, "--history", nights, "--expect", expect])
        return code, capsys.readouterr().out

    assert said(**{"op-01": (1, {}), "op-07": (1, {})})[0] == 0
    code, words = said(**{"op-01": (2, {})})  # what op-07 left yesterday lies there still
    assert "| op-07 | ala | not tested |  |" in words  # the run that began tonight was another's
    assert code == 1
    assert "1 newly not tested (op-07)" in words
    code, words = said(**{"op-01": (3, {})})
    assert code == 0
    assert "1 still not tested (op-07)" in words
    assert "| op-07 |  | 2026-11-02 |" in words
    code, words = said(**{"op-01": (4, {}), "op-07": (4, {})})
    assert code == 0
    assert "it is tested again" in words


def test_a_target_whose_run_is_older_than_the_night_and_that_no_history_knows_is_not_passed_over(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights = str(tmp_path / "nights.jsonl")
    runs = _nightly(night, tmp_path / "runs", **{"op-01": (4, {}), "op-07": (1, {REQ: BROKEN})})
    assert cli.main(["night", runs, "--history", nights]) == 1
    words = "no run of it was found but one that began at 2026-11-01T"
    assert f"| op-07 |  | 2026-11-04 |  | {words}" in capsys.readouterr().out
    _nightly(night, tmp_path / "runs", **{"op-01": (5, {})})
    assert cli.main(["night", runs, "--history", nights]) == 0  # it was told, and nobody expects it
    assert "op-07" not in capsys.readouterr().out.partition("## Targets")[0]
    before = _nightly(night, tmp_path / "before", **{"op-01": (3, {})})
    assert cli.main(["night", before, runs]) == 1  # of two folders alike
    assert words in capsys.readouterr().out


def test_a_run_of_an_earlier_night_is_told_of_where_the_history_knows_its_target_but_not_that_run(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights = str(tmp_path / "nights.jsonl")

    def said(**runs: tuple[int, dict[str, Verdict]]) -> tuple[int, str]:
        code = cli.main(["night", _nightly(night, tmp_path / "runs", **runs), "--history", nights])
        return code, capsys.readouterr().out.partition("## Targets")[0].replace("\\_", "_")

    assert said(**{"op-01": (1, {}), "op-07": (1, {})})[0] == 0
    assert [said(**{"op-01": (day, {})})[0] for day in (2, 3)] == [1, 0]  # tested no more, and forgotten
    _nightly(night, tmp_path / "runs", **{"op-07": (4, {REQ: BROKEN})})  # somebody has tried it once more
    code, page = said(**{"op-01": (5, {})})
    words = f"one that began at 2026-11-04T02:00:00.000000Z, in {tmp_path}/runs/op-07 (does not conform)"
    assert (code, words in page) == (1, True)
    code, page = said(**{"op-01": (6, {})})
    assert (code, "op-07" in page) == (0, False)
    code, page = said(**{"op-01": (7, {}), "op-07": (7, {REQ: BROKEN})})
    assert (code, "1 newly broken (op-07 ALA-REQ-07)" in page) == (1, True)


def test_a_run_of_an_earlier_night_is_told_of_again_where_the_same_night_is() -> None:
    new, left = said("op-01", 5), said("op-07", 2, {REQ: BROKEN})
    nights, earlier = {new.key: new}, {left.key: left}
    assert history.unheard(earlier, [], nights) == earlier
    (missed,) = history.absent([left.key], nights, "", earlier)
    assert history.unheard(earlier, [new, missed], nights) == earlier
    assert history.unheard(earlier, [new, missed], {new.key: said("op-01", 6)}) == {}


def test_that_the_same_runs_are_given_again_is_said_in_the_first_lines(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights, written = str(tmp_path / "nights.jsonl"), tmp_path / "night.json"
    folder = _nightly(night, tmp_path / "runs", **{"op-01": (1, {}), "op-07": (1, {REQ: BROKEN})})

    def said(*arguments: str) -> tuple[int, bool]:
        code = cli.main(["night", *arguments, "--json", str(written)])
        third = capsys.readouterr().out.splitlines()[2]
        notes = json.loads(written.read_text())["notes"]
        again = [words for words in notes if words.endswith(" already: nothing was tested since.")]
        assert (third == f"> {plain_markdown(again[0])}") if again else ("already" not in third)
        return code, bool(again)

    new = f"{nights} is new: nothing is known of earlier nights."
    assert said(folder, "--history", nights) == (1, False)
    assert new in json.loads(written.read_text())["notes"]  # its name may be mistyped, or it may be lost
    assert said(folder, "--history", nights)[1]
    assert new not in json.loads(written.read_text())["notes"]
    assert said(str(tmp_path / "runs/op-07"), "--history", nights)[1]
    _nightly(night, tmp_path / "runs", **{"op-07": (2, {})})
    assert not said(folder, "--history", nights)[1]  # one was tested again
    newer = _nightly(night, tmp_path / "newer", **{"op-01": (3, {})})
    assert said(newer, newer) == (0, False)  # of two folders whoever names them knows which they are
    assert not said(folder, newer)[1]


def test_a_night_that_is_long_over_is_said_to_be(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, nights = _nightly(night, tmp_path / "runs", **{"op-01": (1, {})}), str(tmp_path / "nights.jsonl")
    results = tmp_path / "runs/op-01/results.json"
    assert cli.main(["night", runs, "--history", nights]) == 0
    said = capsys.readouterr().out.splitlines()[2]
    assert re.fullmatch(r"> None of these runs is of last night: the newest began \d+ days ago\.", said)
    now = timestamp(datetime.now(UTC))
    results.write_text(re.sub(r'"started": "2026-11-01T[^"]*"', f'"started": "{now}"', results.read_text("utf-8")))
    assert cli.main(["night", runs, "--history", nights]) == 0
    assert "days ago" not in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["2026-11-01T99:41:00Z", "9999-99-99T99:99:99Z", "0000-00-00T00:00:00Z"])
@pytest.mark.parametrize("key", ["started", "finished"])
def test_a_time_that_does_not_exist_is_refused_by_whoever_reads_a_run(
    key: str, wrong: str, night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, nights = Path(_nightly(night, tmp_path / "runs", **{"op-01": (1, {})})), str(tmp_path / "nights.jsonl")
    results = runs / "op-01/results.json"
    document = json.loads(results.read_text("utf-8"))
    for changed in ({**document, key: wrong}, _of_first_scenario(document, wrong)):
        results.write_text(json.dumps(changed), encoding="utf-8")
        for words in (["night", "--history", nights], ["matrix", "--out", str(tmp_path / "page.html")], ["report"]):
            assert cli.main([words[0], str(runs / "op-01"), *words[1:]]) == 4
            heard = capsys.readouterr().err
            assert f"is no time: '{wrong}', where one was expected as in 2012-01-20T18:30:43Z" in heard
            assert str(results.parent) in heard


def _of_first_scenario(document: dict[str, Any], started: str) -> dict[str, Any]:
    """Return results whose first scenario began at another time."""
    changed = json.loads(json.dumps(document))
    next(clause for clause in changed["clauses"] if clause["scenarios"])["scenarios"][0]["started"] = started
    return dict(changed)


def test_what_a_killed_run_has_found_there_is_no_news_of_its_target(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights, expect = str(tmp_path / "nights.jsonl"), _expected(tmp_path / "targets", "op-01")
    folder = _nightly(night, tmp_path / "runs", **{"op-01": (1, {})})
    assert cli.main(["night", folder, "--history", nights, "--expect", expect]) == 0
    assert shelf.set_aside(tmp_path / "runs/op-01")  # as a run does that is killed before it writes any results
    capsys.readouterr()
    assert cli.main(["night", folder, "--history", nights, "--expect", expect]) == 1
    heard = capsys.readouterr()
    assert "1 newly not tested (op-01)" in heard.out
    assert "op-01: the run that began there last has left no results.json" in heard.err
    page = str(tmp_path / "page.html")
    assert cli.main(["matrix", folder, "--out", page, "--expect", expect]) == 1
    assert cli.main(["night", folder, "--history", nights]) == 4  # nothing was expected
    _nightly(night, tmp_path / "runs/earlier", **{"op-02": (1, {})})  # a name that is somebody's own
    assert cli.main(["matrix", folder, "--out", page]) == 10
    heard = capsys.readouterr()
    assert "1 column of 1 run" in heard.out
    assert "not read: " in heard.err


def test_what_was_told_of_the_night_before_is_no_run_of_this_one() -> None:
    entry = said("op-01", 1, {})
    new = {entry.key: entry}
    assert history.since([entry], new, "2026-11-02T02:00:00.000000Z") == {}
    assert history.since([entry], new, "2026-11-01T08:00:00.000000Z") == new  # the same morning, once more
    assert history.since([], new, "2026-11-09T02:00:00.000000Z") == new  # a history that is made of what was kept


def test_a_target_that_is_tested_no_more_is_news_once_and_then_forgotten(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nights, codes = str(tmp_path / "nights.jsonl"), []
    for day in (1, 2, 3):
        runs: dict[str, tuple[int, dict[str, Verdict]]] = {
            "op-01": (day, {}),
            **({"op-07": (1, {})} if day == 1 else {}),
        }
        codes.append(cli.main(["night", _nightly(night, tmp_path / "runs", **runs), "--history", nights]))
        said = capsys.readouterr().out
        assert ("op-07" in said.partition("## Targets")[0]) is (day == 2), said
    assert codes == [0, 1, 0]


def test_two_targets_of_one_name_are_refused_where_one_would_hide_the_other(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _nightly(night, tmp_path / "runs", op=(1, {}))
    other = night(1, {REQ: BROKEN}, "op")
    outputs.write(
        replace(plain(finished.read(other)), targets=(Target("op", "ala", "https://other.example"),)),
        tmp_path / "runs/other",
    )
    page = str(tmp_path / "page/index.html")
    for command in (["night", folder, "--history", str(tmp_path / "n.jsonl")], ["matrix", folder, "--out", page]):
        assert cli.main(command) == 4
        assert "two targets are called 'op'" in capsys.readouterr().err
    expect = _expected(tmp_path / "targets", "op", "op")
    assert cli.main(["night", folder, folder, "--expect", expect]) == 4
    assert "has the name of" in capsys.readouterr().err
    assert cli.main(["targets", expect, "--json"]) == 4
    rows = json.loads(capsys.readouterr().out)["include"]
    assert "has the name of" in rows[1]["error"]
    assert len({row["slug"] for row in rows}) == 2


@pytest.mark.parametrize("hides", [True, False])
def test_an_embedded_seller_of_another_port_is_refused_where_it_hides_something(
    hides: bool, night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, verdicts in enumerate(({REQ: BROKEN} if hides else {}, {} if hides else {REQ: BROKEN})):
        run = plain(finished.read(night(1, verdicts, "embedded-ala")))
        place = (Target("embedded-ala", "ala", f"https://127.0.0.1:4000{number}"),)
        started = f"2026-11-01T0{number + 2}:00:00.000000Z"
        outputs.write(replace(run, targets=place, started=started), tmp_path / f"runs/{number}")
    code = cli.main(["night", str(tmp_path / "runs"), "--history", str(tmp_path / "n.jsonl")])
    said = capsys.readouterr()
    assert (code, "two targets are called 'embedded-ala'" in said.err) == ((4, True) if hides else (1, False)), said


def test_a_night_in_which_nothing_ran_says_so_of_every_target_that_was_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expect = _expected(tmp_path / "targets", "op-01", "op-07")
    (tmp_path / "runs").mkdir()
    assert cli.main(["night", str(tmp_path / "runs"), "--history", str(tmp_path / "n"), "--expect", expect]) == 1
    assert "2 newly not tested (op-01, op-07)" in capsys.readouterr().out
    page = tmp_path / "page.html"
    assert cli.main(["matrix", str(tmp_path / "runs"), "--out", str(page), "--expect", expect]) == 1
    assert all(f"{name}" in page.read_text(encoding="utf-8") for name in ("op-01", "op-07"))
    assert cli.main(["night", str(tmp_path / "runs"), "--history", str(tmp_path / "n")]) == 4  # nothing was expected


def test_what_is_newly_broken_says_what_was_seen(
    night: Night, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = _nightly(night, tmp_path / "old", op=(1, {}))
    new = _nightly(night, tmp_path / "new", op=(2, {REQ: BROKEN}))
    written = tmp_path / "night.json"
    assert cli.main(["night", old, new, "--json", str(written)]) == 1
    assert json.loads(written.read_text())["changes"][0]["words"] == "it did otherwise"
    assert "it did otherwise" in capsys.readouterr().out


def test_a_target_file_that_a_shell_would_split_is_listed_with_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _expected(tmp_path / "targets", "op")
    (tmp_path / "targets/0-op.toml").rename(tmp_path / "targets/my op.toml")
    for form in ("--lines", "--json"):
        assert cli.main(["targets", str(tmp_path / "targets/*.toml"), form]) == 4
        assert "my op.toml: has a blank in its name" in capsys.readouterr().err
    assert cli.main(["targets", str(tmp_path / "targets/*.toml")]) == 4
    assert "has a blank in its name" in capsys.readouterr().out
