"""A finished run that somebody has damaged.

Every command that reads one says what is wrong with it, and never that it got worse.
"""

from __future__ import annotations

import builtins
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import pytest

from countermand import cli
from countermand.model.clause import Catalogue
from countermand.records import finished, inputs
from countermand.report import front

WRONG: tuple[Any, ...] = (None, 5, "x", [1], {}, [{}])
#: What Python calls its exceptions, which tells nobody what to mend.
PYTHON = re.compile("|".join(["Traceback", *(name for name in dir(builtins) if name.endswith("Error"))]))


def keys(value: object, *above: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where a value holds others: every key of an object, and the first of each list."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*above, key)
        yield from keys(item, *above, key)


def damaged(row: object, at: tuple[str | int, ...], wrong: object) -> object:
    holder = made = json.loads(json.dumps(row))
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = wrong
    return made


def commands(folder: Path, whole: Path, out: Path) -> list[list[str]]:
    return [
        ["ticket", "--reports", str(folder)],
        ["compare", str(whole), str(folder)],
        ["compare", str(folder), str(whole)],
        ["matrix", str(folder), "--out", str(out / "lone.html")],
        ["report", str(folder)],
        ["baseline", "--update", str(out / "known.toml"), str(folder)],
        ["night", str(whole), str(folder)],
        ["run", "--embedded", "--failed", str(folder)],
    ]


@pytest.fixture
def folder(wrong: Path, tmp_path: Path) -> Path:
    """A run with the first rows of its record: they are what is damaged."""
    folder = Path(shutil.copytree(wrong, tmp_path / "damaged", ignore=shutil.ignore_patterns("allure-results")))
    rows = (folder / "record.jsonl").read_text(encoding="utf-8").split("\n")
    (folder / "record.jsonl").write_text("\n".join(rows[:3]) + "\n", encoding="utf-8")
    return folder


def test_a_row_that_is_damaged_anywhere_is_refused_with_its_line_and_key_by_every_command(
    folder: Path, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = folder / "record.jsonl"
    lines = record.read_text(encoding="utf-8").split("\n")
    row = json.loads(lines[1])
    places = sorted({tuple(path) for path in keys(row)}, key=str)
    assert {
        ("steps",),
        ("exchanges", 0, "reply"),
        ("exchanges", 0, "request", "body", "masked"),
        ("drawn", "clock"),
    } <= set(places)
    refused = 0
    for number, at in enumerate(places):
        for place, value in enumerate(WRONG):
            lines[1] = json.dumps(damaged(row, at, value))
            record.write_text("\n".join(lines), encoding="utf-8")
            said = _refused(folder)
            if not said:
                continue
            refused += 1
            assert re.search(
                rf"record\.jsonl: line 2: .*{next((key for key in reversed(at) if isinstance(key, str)), '')}", said
            ), (
                at,
                value,
                said,
            )
            if place == number % len(WRONG):  # each place once: what all commands read is read above
                asked = commands(folder, right, tmp_path)
                _holds(asked[number % len(asked)], capsys)
    assert refused > len(places) * 4


def _refused(folder: Path) -> str:
    try:
        finished.read(folder)
    except finished.FinishedError as error:
        return str(error)
    return ""


def _holds(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(command)
    said = "".join(capsys.readouterr())
    assert code not in {0, 1}, (command, said)
    assert not PYTHON.search(said), (command, said)
    assert "record.jsonl: line 2" in said, (command, said)


def test_a_request_of_a_record_was_made_at_a_time_that_was(folder: Path) -> None:
    record = folder / "record.jsonl"
    lines = record.read_text(encoding="utf-8").split("\n")
    row = json.loads(lines[1])
    row["drawn"]["clock"] = ["9999-99-99T99:99:99Z"]
    lines[1] = json.dumps(row)
    record.write_text("\n".join(lines), encoding="utf-8")
    assert _refused(folder).startswith(f"{folder}: record.jsonl: line 2: drawn: clock 1: a time, as in ")


@pytest.mark.parametrize("line", ["5", '{"steps": null}', "[" * 100_000], ids=lambda line: line[:9])
def test_a_line_that_is_no_row_is_refused_by_every_command(
    line: str, folder: Path, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = folder / "record.jsonl"
    first, _, rest = record.read_text(encoding="utf-8").split("\n", 2)
    record.write_text(f"{first}\n{line}\n{rest}", encoding="utf-8")
    for command in commands(folder, right, tmp_path):
        _holds(command, capsys)


def test_a_damaged_run_among_others_is_named_and_the_page_is_written_of_the_others(
    folder: Path, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = folder / "record.jsonl"
    rows = [json.loads(line) for line in record.read_text(encoding="utf-8").split("\n")[:-1]]
    record.write_text("".join(json.dumps({**row, "steps": None}) + "\n" for row in rows), encoding="utf-8")
    page = tmp_path / "all.html"
    assert cli.main(["matrix", str(right), str(folder), "--out", str(page)]) == 10
    assert "record.jsonl: line 1: steps: " in capsys.readouterr().err
    assert page.is_file()
    record.unlink()
    assert cli.main(["matrix", str(right), str(folder), "--out", str(page)]) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: {**row, "name": "another"}, "of a scenario of ALA-[A-Z]+-[0-9]+ at 'embedded-ala', which is not"),
        (lambda row: {**row, "api": "opensrs"}, "of a scenario of ALA-[A-Z]+-[0-9]+ at 'embedded-ala', which is not"),
        (None, "of two targets of ala, 'embedded-ala' and 'another'"),
    ],
    ids=["a name", "an API", "a second one"],
)
def test_scenarios_at_no_target_of_the_run_are_refused_by_every_command(
    change: Callable[[dict[str, Any]], dict[str, Any]] | None,
    words: str,
    folder: Path,
    right: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    (target,) = results["targets"]
    results["targets"] = [target, {**target, "name": "another"}] if change is None else [change(target)]
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    for command in commands(folder, right, tmp_path):
        assert cli.main(command) == 4, command
        assert re.search(f"results.json: it tells {words}", "".join(capsys.readouterr())), command


def test_a_night_tells_of_the_others_and_is_not_green_where_a_run_cannot_be_read(
    folder: Path, right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(right, tmp_path / "runs/right", ignore=shutil.ignore_patterns("allure-results"))
    night = ["night", str(right), str(tmp_path / "runs")]
    assert cli.main(night) == 0
    (tmp_path / "runs/odd").mkdir()
    (tmp_path / "runs/odd/results.json").write_text('{"version": 1}', encoding="utf-8")
    capsys.readouterr()
    assert cli.main(night) == 10
    heard = capsys.readouterr()
    assert "not read: " in heard.err
    assert "Last night: " in heard.out


def test_what_a_record_lacks_of_a_run_is_said_by_whoever_shows_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shows = (["ticket"], ["report", str(folder)], ["matrix", str(folder), "--out", str(tmp_path / "page.html")])
    total = sum(len(row["scenarios"]) for row in json.loads((folder / "results.json").read_text("utf-8"))["clauses"])
    for kept, lacking in ((3, total - 3), (0, total)):
        if not kept:
            (folder / "record.jsonl").write_text("", encoding="utf-8")
        for command in shows:
            cli.main([*command, *(["--reports", str(folder)] if command == ["ticket"] else [])])
            said = capsys.readouterr().err
            assert f"note: {folder}: record.jsonl lacks {lacking} of {total} scenarios, of which no steps" in said
    assert cli.main(["run", "--replay", str(folder), "--reports", str(tmp_path / "again")]) == 4
    (folder / "record.jsonl").unlink()
    cli.main(["ticket", "--reports", str(folder)])
    assert "record.jsonl" not in capsys.readouterr().err


def test_a_target_of_given_json_that_is_damaged_is_left_out(folder: Path) -> None:
    given = folder / "given.json"
    document = json.loads(given.read_text(encoding="utf-8"))
    assert inputs.target_tables(folder)
    for value in WRONG:
        for at in (("targets",), ("targets", 0), ("targets", 0, "name"), ("targets", 0, "url")):
            if not (at[-1] in {"name", "url"} and value == "x") and (at, value) != (("targets",), []):
                given.write_text(json.dumps(damaged(document, at, value)), encoding="utf-8")
                assert inputs.target_tables(folder) == [], (at, value)


@pytest.mark.parametrize("words", ["![x](https://evil.example/x.png)", "[mend](https://evil.example)", "<img src=x>"])
def test_no_words_of_others_are_a_link_a_picture_or_an_element_in_a_ticket(
    words: str, wrong: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(wrong, tmp_path / "theirs", ignore=shutil.ignore_patterns("allure-results")))
    for name in ("results.json", "record.jsonl"):
        text = (folder / name).read_text(encoding="utf-8")
        lie = text.replace("Nonconformance: ", f"Nonconformance: {words} ").replace(
            '"identity": "buyer"', f'"identity": {json.dumps(words)}'
        )
        (folder / name).write_text(lie, encoding="utf-8")
    assert cli.main(["ticket", "ALA-REQ-07", "--reports", str(folder)]) == 0
    around = re.sub(r"(?s)```.*?```", "", capsys.readouterr().out)
    assert words[-10:] in around.replace("\\", "")
    assert not re.search(r"(?<!\\)<img|\]\(https", around)
    assert re.search(r"(?<!\\)<img|\]\(https", words)  # as it would stand there


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", " https://x.example"]
)
def test_what_is_clicked_on_in_a_report_leads_to_the_web_or_nowhere(link: str, wrong: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(wrong, tmp_path / "theirs", ignore=shutil.ignore_patterns("allure-results")))
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    for clause in results["clauses"]:
        clause["url"] = link
    (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    run = finished.read(folder)
    assert {
        clause.url for clause in run.catalogue.values() if clause.id in {row["id"] for row in results["clauses"]}
    } == {""}
    assert link not in front.page(run)
    mended = replace(run, catalogue=Catalogue([replace(clause, url=link) for clause in run.catalogue.values()]))
    assert f'href="{escape(link)}"' in front.page(mended)  # as it would stand there
