"""Allure's page opens everywhere.

It stays small, shows as many earlier runs as there is room for, and says where it was shortened.
"""

from __future__ import annotations

import base64
import json
import re
import tomllib
from pathlib import Path

import pytest
from running import countermand, run, served

from countermand.records import finished
from countermand.report import exchanges, history, page, room


def test_the_last_runs_are_shown_that_there_is_room_for() -> None:
    lines = ["a" * 100, "b" * 100, "c" * 100]
    assert room.past(lines, room.PAST * 250) == lines[1:]
    assert room.past(lines, room.PAST * 1000) == lines
    assert room.past(lines, -1) == []


def attachments(folder: Path, number: int, size: int) -> Path:
    folder.mkdir()
    for index in range(number):
        body = {"contentType": "text/plain", "value": "x" * size, "size": size}
        exchange = {"request": {"body": dict(body)}, "response": {"body": dict(body)}}
        (folder / f"{index}-attachment.{exchanges.EXTENSION}").write_text(json.dumps(exchange), encoding="utf-8")
    return folder


def test_bodies_are_shortened_in_a_copy_that_says_so_until_the_page_has_room(tmp_path: Path) -> None:
    source = attachments(tmp_path / "source", 300, 16_000)
    before = {path.name: path.read_bytes() for path in source.iterdir()}
    assert room.left(source) < 0
    made = room.fitting(source, tmp_path / "scratch")
    assert made == tmp_path / "scratch"
    assert room.left(made) >= 0
    for path in made.iterdir():
        exchange = json.loads(path.read_text(encoding="utf-8"))
        for name in ("request", "response"):
            assert exchange[name]["body"]["value"].count(exchanges.SHORTENED) == 1
            assert "16000 bytes in all; the whole is in record.jsonl" in exchange[name]["body"]["value"]
    assert before == {path.name: path.read_bytes() for path in source.iterdir()}


def test_what_somebody_has_to_look_at_is_shortened_last(tmp_path: Path) -> None:
    source = attachments(tmp_path / "source", 300, 16_000)
    for status, number in (("passed", 7), ("failed", 8), ("skipped", 9)):
        step = {"attachments": [{"source": f"{number}-attachment.{exchanges.EXTENSION}"}]}
        result = {"status": status, "steps": [{"steps": [step]}]}
        (source / f"{number}-result.json").write_text(json.dumps(result), encoding="utf-8")
    made = room.fitting(source, tmp_path / "scratch")
    whole = {path.name for path in made.glob(f"*.{exchanges.EXTENSION}") if exchanges.SHORTENED not in path.read_text()}
    assert whole == {f"{number}-attachment.{exchanges.EXTENSION}" for number in (8, 9)}


def in_page(name: str, value: object) -> str:
    return f'd("{name}","{base64.b64encode(json.dumps(value).encode()).decode()}")'


def test_what_allure_writes_for_each_environment_is_kept_once_where_it_is_the_same() -> None:
    first, again = in_page("widgets/tree.json", [{"a": 1}, {"b": [2, 3]}]), [{"b": [3, 2]}, {"a": 1}]
    other, more = in_page("widgets/nav.json", [1]), in_page("widgets/default/nav.json", [2])
    page_of = f"[{first},{in_page('widgets/default/tree.json', again)},{other},{more}]"
    led = 'd("widgets/default/tree.json",window.allureReportData["widgets/tree.json"])'
    assert room.said_once(page_of) == f"[{first},{led},{other},{more}]"
    torn = 'd("widgets/a.csv","YQ==")d("widgets/default/a.csv","Yg==")d("widgets/b","a")d("widgets/default/b","b")'
    assert room.said_once(torn) == torn


def test_what_there_is_room_for_is_drawn_as_it_is(tmp_path: Path) -> None:
    source = attachments(tmp_path / "source", 20, 1000)
    assert room.fitting(source, tmp_path / "scratch") == source


def test_the_page_of_the_embedded_sellers_stays_below_8_mb_whatever_its_history(tmp_path: Path) -> None:
    done = run(tmp_path)
    rendered = page.allure(finished.read(done.reports), done.reports)
    if not rendered.paths:
        pytest.skip(rendered.notice)
    made = (done.reports / history.NAME).read_text("utf-8")
    (done.reports / history.NAME).write_text(
        "".join(re.sub(r'"start":\d', f'"start":{n % 9}', made) for n in range(history.LIMIT)), "utf-8"
    )
    (path,) = page.allure(finished.read(done.reports), done.reports).paths
    assert path.stat().st_size < 8_000_000
    assert 'window.allureReportData["widgets/tree.json"]' in path.read_text(encoding="utf-8")


WATCHING = """
from countermand.report import page
def allure(results, folder, patience=0, *, alone=False):
    (folder / "seen").write_text(" ".join(sorted(path.name for path in folder.iterdir())))
    {does}
page.allure = allure
"""
FAILS = 'return page.Rendered((), "allure.html was not drawn: for this test")'
SHOWS = """path = folder / "allure.html"
    path.write_text("it shows {secret} here")
    return page.Rendered((path,))"""
FEW = "OSRS-CAN-01 or OSRS-REQ-01"


def page_on(tmp_path: Path, target: Path, does: str) -> tuple[int, str, Path]:
    (tmp_path / "watching.py").write_text(WATCHING.replace("{does}", does), encoding="utf-8")
    done = countermand("run", "--reports", "reports", f"--target={target}", "-m", FEW, "-p", "watching", cwd=tmp_path)
    return done.returncode, done.stdout + done.stderr, tmp_path / "reports"


def test_the_verdict_is_said_before_the_page_is_drawn_and_does_not_hang_on_it(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller") as target:
        code, said, reports = page_on(tmp_path, target, FAILS)
    assert code == 0, said  # what was asked is kept
    assert {"results.json", "index.html", "junit.xml", "record.jsonl", "conformance.md"} <= set(
        (reports / "seen").read_text().split()
    )
    assert (
        0
        < said.index("OSRS-REQ-01 is kept now; OSRS-CAN-01 is kept in what was asked here")
        < said.index("exit 0: ")
        < said.index("note: allure.html was not drawn: for this test")
    )


def test_a_page_that_shows_a_secret_is_withheld_and_the_run_withdrawn(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller") as target:
        secret = tomllib.loads(target.read_text("utf-8"))["buyer"]["api_key"]
        code, said, reports = page_on(tmp_path, target, SHOWS.format(secret=secret))
    assert code == 12, said
    assert "withheld, since a secret was found in it: allure.html" in said
    assert not (reports / "allure.html").exists()
    assert json.loads((reports / "results.json").read_text("utf-8"))["verdict"] == "not tested"
    assert all(secret.encode() not in path.read_bytes() for path in reports.rglob("*") if path.is_file())
    assert secret not in said
