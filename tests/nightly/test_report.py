"""A page can be drawn again, and the history of a target outlives its runs."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from countermand import cli
from countermand.records import finished
from countermand.report import front, history, outputs, page


def point(start: int, name: str = "a") -> str:
    return json.dumps({"uuid": "u", "testResults": {"key": {"fullName": name, "start": start}}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    results = tmp_path / "allure-results"
    results.mkdir()
    result = {"fullName": "a", "start": 5}
    (results / "01234567-0123-0123-0123-0123456789ab-result.json").write_text(json.dumps(result), encoding="utf-8")
    return tmp_path


def test_a_run_drawn_again_is_not_its_own_past(folder: Path) -> None:
    (folder / history.NAME).write_text(f"{point(4)}\n{point(5)}\n{point(5, 'b')}\n", encoding="utf-8")
    assert history.earlier(folder) == [point(4), point(5, "b")]


def test_a_broken_history_costs_its_broken_lines_alone(folder: Path) -> None:
    (folder / history.NAME).write_text(f'{point(4)}\n{{"uuid"\n[]\n3\n{{"testResults": [1]}}\n\n', encoding="utf-8")
    assert history.earlier(folder) == [point(4)]
    (folder / history.NAME).write_bytes(b"\xff\xfe")
    assert history.earlier(folder) == []


@pytest.mark.parametrize("kind", ["a pipe", "a link"])
def test_nothing_is_drawn_of_a_folder_that_leads_elsewhere(
    kind: str, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(right, folder)
    (folder / "allure-results").mkdir(exist_ok=True)
    planted = folder / "allure-results" / "01234567-0123-0123-0123-0123456789ab-attachment.txt"
    (tmp_path / "secret").write_text("of the machine, and none of the page's")
    os.mkfifo(planted) if kind == "a pipe" else planted.symlink_to(tmp_path / "secret")
    assert cli.main(["report", str(folder)]) == 4
    assert "is a link or no plain file" in capsys.readouterr().err


def test_the_history_outlives_the_cleaning_of_what_is_stale(right: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(right, folder)
    (folder / history.NAME).write_text(point(4), encoding="utf-8")
    outputs.clean(folder)
    assert [path.name for path in folder.iterdir()] == [history.NAME]


def test_a_run_read_back_draws_the_page_it_drew(right: Path) -> None:
    run = finished.read(right)
    assert all(scenario.steps for scenario in run.scenarios)
    assert run.sentence in front.page(run)
    assert json.loads(json.dumps(run.as_json())) == json.loads((right / "results.json").read_text("utf-8"))


def test_the_command_draws_the_page_again(right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(right, folder)
    shutil.rmtree(folder / "allure-results")
    assert cli.main(["report", str(folder)]) == 0
    assert "there are no Allure results" in capsys.readouterr().out
    assert (folder / "index.html").is_file()
    assert cli.main(["report", str(tmp_path)]) == 4
    assert cli.main(["report", str(folder / "results.json")]) == 4


def test_allure_keeps_a_history_of_runs(right: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    shutil.copytree(right, folder)
    rendered = page.allure(finished.read(folder), folder)
    if not rendered.paths:
        pytest.skip(rendered.notice)
    first = (folder / history.NAME).read_text("utf-8")
    assert first.count("\n") == 1
    earlier = first.replace('"start":1', '"start":2') * history.LIMIT
    (folder / history.NAME).write_text(earlier, encoding="utf-8")
    page.allure(finished.read(folder), folder)
    assert (folder / history.NAME).read_text("utf-8").count("\n") == history.LIMIT


def test_what_is_drawn_anew_is_written_over_nobody_elses_file_and_over_no_report_of_a_run(
    right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, target = tmp_path / "reports", tmp_path / "mine.toml"
    shutil.copytree(right, folder)
    target.write_text("name = 'mine'\n", encoding="utf-8")
    for first, kind in (
        (["matrix", str(folder), "--out"], "page.html"),
        (["matrix", str(folder), "--out", str(tmp_path / "all.html"), "--json"], "all.json"),
        (["compare", str(folder), str(folder), "--json"], "compared.json"),
        (["night", str(folder), str(folder), "--json"], "night.json"),
    ):
        for place, why in (
            (folder / "results.json", "is a report of a run"),
            (target, "was not written by this command"),
        ):
            before = place.read_bytes()
            assert cli.main([*first, str(place)]) == 4
            assert why in capsys.readouterr().err
            assert place.read_bytes() == before
        assert [cli.main([*first, str(tmp_path / kind)]) for _ in range(2)] == [0, 0]  # over its own
