"""No run destroys the evidence of another."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from running import countermand

from countermand.guard import claim, placing
from countermand.model.verdict import Verdict
from countermand.nightly import badge
from countermand.provider import embedded, serving
from countermand.provider.deviants import deviants
from countermand.records import finished
from countermand.report import outputs, page, shelf, untested


def left(
    folder: Path, name: str, started: str = "2026-11-25T22:31:43.000000Z", *, complete: bool = True, **more: object
) -> None:
    """Leave a run as results tell it."""
    folder.mkdir(parents=True, exist_ok=True)
    document = (
        {key: {} for key in outputs.KEYS}
        | {"targets": [{"name": name}], "started": started, "complete": complete}
        | more
    )
    (folder / "results.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "tickets").mkdir(exist_ok=True)
    (folder / "tickets" / "ALA-REQ-07.md").write_text("a ticket", encoding="utf-8")
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    (folder / "history.jsonl").write_text("{}", encoding="utf-8")


def test_an_earlier_run_is_set_aside_whole_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    left(tmp_path, "staging")
    aside = shelf.set_aside(tmp_path)
    assert aside == tmp_path / "earlier" / "2026-11-25T22-31-43-staging"
    assert sorted(path.name for path in aside.iterdir()) == ["results.json", "tickets"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["earlier", "history.jsonl", "mine.txt"]


def test_what_no_run_has_written_is_never_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.KEEP, "1")
    theirs = ("tickets/notes.txt", "allure-results/notes.txt", "allure-results/mine-result.json", "badge.svg")
    for second in range(4):
        left(tmp_path, "staging", f"2026-11-25T22:31:4{second}.000000Z")
        (tmp_path / "allure-results").mkdir(exist_ok=True)
        for name in theirs if second == 0 else ():
            (tmp_path / name).write_text("mine", encoding="utf-8")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    kept = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert kept >= {*theirs[:3], "earlier/2026-11-25T22-31-40-staging/badge.svg"}
    runs = [path.name for path in (tmp_path / "earlier").iterdir() if (path / "results.json").is_file()]
    assert runs == ["2026-11-25T22-31-43-staging"]


def test_a_badge_of_ours_goes_with_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.KEEP, "1")
    drawn = badge.said({"ala"}, Verdict.CONFORMS, "2026-11-25")
    for second in range(2):
        left(tmp_path, "staging", f"2026-11-25T22:31:4{second}.000000Z")
        (tmp_path / badge.SVG).write_text(badge.picture(drawn), encoding="utf-8")
        (tmp_path / badge.JSON).write_text(badge.endpoint(drawn), encoding="utf-8")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    assert [path.name for path in (tmp_path / "earlier").iterdir()] == ["2026-11-25T22-31-41-staging"]


def test_two_runs_of_one_second_are_both_kept(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        left(tmp_path, "staging", complete=False, asked=["OSRS-CAN-01"])
        names.append((shelf.set_aside(tmp_path) or tmp_path).name)
    assert names == [f"2026-11-25T22-31-43-staging-part{suffix}" for suffix in ("", "-2", "-3")]
    left(tmp_path, "staging", complete=False, asked=[])  # which was interrupted
    assert (shelf.set_aside(tmp_path) or tmp_path).name == "2026-11-25T22-31-43-staging-incomplete"


def test_the_oldest_go_beyond_the_limit_and_nobody_elses_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(shelf.KEEP, "2")
    (tmp_path / "earlier" / "1999-my-own").mkdir(parents=True)
    for second in range(4):
        left(tmp_path, "staging", f"2026-11-25T22:31:4{second}.000000Z")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    kept = sorted(path.name for path in (tmp_path / "earlier").iterdir())
    assert kept == ["1999-my-own", "2026-11-25T22-31-42-staging", "2026-11-25T22-31-43-staging"]


@pytest.mark.parametrize("setting", ["all", "-1", "0", "1.5", "9" * 5000])
def test_a_limit_that_is_none_pushes_nobody_out_and_is_told_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv(shelf.KEEP, setting)
    for second in range(22):
        left(tmp_path, "staging", f"2026-11-25T22:31:{second:02}.000000Z")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    assert len(list((tmp_path / "earlier").iterdir())) == 22
    done = countermand("run", "--embedded", "-m", "OSRS-CAN-01", cwd=tmp_path, COUNTERMAND_KEEP=setting)
    assert done.returncode == 4
    assert f"COUNTERMAND_KEEP={setting[:20]}" in done.stderr
    assert "a number of earlier runs from 1 on was expected" in done.stderr
    assert not (tmp_path / "reports").exists()
    (tmp_path / "broken.toml").write_text("", encoding="utf-8")
    left(tmp_path / "reports", "staging", "2026-11-25T22:31:40.000000Z")
    done = countermand("run", "--target", "broken.toml", cwd=tmp_path, COUNTERMAND_KEEP=setting)
    assert done.returncode == 4
    assert (tmp_path / "reports/results.json").is_file(), "a slip of the hand moves nothing"
    assert not (tmp_path / "reports/earlier").exists()


def test_runs_that_tested_nothing_push_out_none_that_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.KEEP, "2")
    left(tmp_path, "staging", "2026-11-25T22:31:40.000000Z")
    shelf.set_aside(tmp_path)
    shelf.prune(tmp_path)
    for second in range(1, 5):
        left(tmp_path, "staging", f"2026-11-25T22:31:4{second}.000000Z", untested="the target file is broken")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    kept = sorted(path.name[:19] for path in (tmp_path / "earlier").iterdir())
    assert kept == ["2026-11-25T22-31-40", "2026-11-25T22-31-43", "2026-11-25T22-31-44"]
    assert (shelf.last_tested(tmp_path) or tmp_path).name.startswith("2026-11-25T22-31-40")


def test_a_name_leads_nowhere_else(tmp_path: Path) -> None:
    left(tmp_path, "../../../etc/passwd")
    aside = shelf.set_aside(tmp_path)
    assert aside is not None
    assert aside.parent == tmp_path / "earlier"


def test_two_runs_at_once_do_not_write_to_one_folder(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    with serving.serve("ala", embedded.SELLERS["ala"](), tmp_path) as up:
        end = claim.claim(reports)  # as a run that goes on does
        asked = ("run", "--target", up.target, "--no-page", "-m", "ALA-CAN-01", "--reports", reports)
        held = [countermand(*asked, cwd=tmp_path) for _ in "ab"]
        assert [done.returncode for done in held] == [4, 4]
        assert "another run is writing there: wait for it, or name another folder" in held[0].stderr
        assert list(reports.iterdir()) == []  # nothing is set aside, and nobody is called untested
        end()
        done = countermand(*asked, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (reports / "results.json").is_file()


def test_a_part_and_the_embedded_sellers_stand_beside_a_targets_run(tmp_path: Path) -> None:
    assert shelf.place(tmp_path, part=False, embedded=True) == tmp_path
    left(tmp_path, "embedded-ala")
    assert shelf.place(tmp_path, part=False, embedded=True) == tmp_path
    left(tmp_path, "staging")
    assert shelf.place(tmp_path, part=False, embedded=True) == tmp_path / "embedded"
    assert shelf.place(tmp_path, part=True, embedded=True) == tmp_path / "part"
    assert shelf.place(tmp_path, part=False, embedded=False) == tmp_path


def test_the_line_under_again_leaves_the_report_of_the_whole_run_alone(tmp_path: Path) -> None:
    (tmp_path / "seller").mkdir()
    with serving.serve("ala", deviants("ala")["Careless"](), tmp_path / "seller") as served:
        text = served.target.read_text(encoding="utf-8").replace("embedded-ala", "staging")
        served.target.write_text(text, encoding="utf-8")
        whole = countermand("run", f"--target={served.target}", "--no-page", cwd=tmp_path)
        before = (tmp_path / "reports" / "results.json").read_bytes()
        countermand("run", f"--target={served.target}", "--no-page", "-m", "ALA-REQ-07", cwd=tmp_path)
    assert whole.returncode == 1
    assert (tmp_path / "reports" / "results.json").read_bytes() == before
    assert json.loads((tmp_path / "reports" / "part" / "results.json").read_bytes())["complete"] is False
    countermand("run", "--api", "opensrs", "--no-page", cwd=tmp_path)
    assert (tmp_path / "reports" / "results.json").read_bytes() == before
    assert (tmp_path / "reports" / "embedded" / "results.json").is_file()


def test_a_file_in_the_place_of_the_folder_is_called_one_and_stays(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    for place in ("taken", "taken/below"):
        done = countermand("run", "--api", "ala", "-m", "ALA-CAN-01", "--reports", place, cwd=tmp_path)
        assert done.returncode == 4
        assert "taken is a file, and a folder was expected: choose another name" in done.stdout + done.stderr
    assert (tmp_path / "taken").read_text() == "mine"


FOREIGN = {
    "index.html": "<p>mine</p>",
    "results.json": '{"mine": true}',
    "junit.xml": '<testsuites name="pytest tests"/>',
    "conformance.md": "# Mine\n\nNotes.\n",
    "given.json": "{}",
    "record.jsonl": '{"id": 1}\n',
    "allure.html": "<!DOCTYPE html><p>mine</p>",
    "AGENTS.md": "# Mine\n\nNotes.\n",
    "allure-results/0a1b2c3d-0000-4000-8000-00000000000a-result.json": (
        '{"labels": [{"name": "framework", "value": "pytest"}]}'
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_no_run_has_written_is_known(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(FOREIGN[name], encoding="utf-8")
    assert outputs.not_ours(tmp_path) == tmp_path / name


def test_files_of_somebody_else_keep_a_run_from_the_folder_and_stay(tmp_path: Path) -> None:
    for name, text in FOREIGN.items():
        (tmp_path / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / name).write_text(text, encoding="utf-8")
    with serving.serve("ala", embedded.SELLERS["ala"](), tmp_path) as up:
        done = countermand(
            "run", "--target", up.target, "--no-page", "-m", "ALA-CAN-01", "--reports", "site", cwd=tmp_path
        )
    assert done.returncode == 4
    assert "results.json is there already, and was not written by a run: name another folder" in done.stderr
    assert sorted(path for path in (tmp_path / "site").rglob("*") if path.is_file()) == sorted(
        tmp_path / "site" / name for name in FOREIGN
    )
    assert all((tmp_path / "site" / name).read_text(encoding="utf-8") == text for name, text in FOREIGN.items())


def test_what_a_killed_run_has_left_keeps_no_other_from_the_folder(tmp_path: Path) -> None:
    with serving.serve("ala", deviants("ala")["Careless"](), tmp_path) as up:
        asked = (
            "run",
            "--target",
            up.target,
            "--no-page",
            "-m",
            "ALA-CAN-01 or ALA-REQ-07",
            "--reports",
            tmp_path / "kept",
        )
        assert countermand(*asked, cwd=tmp_path).returncode == 1
    page.front(finished.read(tmp_path / "kept" / "results.json"), tmp_path / "kept")
    untested.leave(tmp_path / "empty", [], "it ended early")
    for folder in (tmp_path / "kept", tmp_path / "empty"):
        whole = {path.name: path.read_bytes() for path in folder.iterdir() if path.name in outputs.BEGINNINGS}
        assert len(whole) >= 6
        (folder / "results.json").unlink()
        assert outputs.not_ours(folder) is None
        for name, text in whole.items():
            for size in (0, 1, 9, 60, 200, 900, 5000):
                (folder / name).write_bytes(text[:size])
                assert outputs.not_ours(folder) is None, (name, size)


#: What somebody may have laid into a folder of reports for the next run, and what a run wrote through before.
LAID: dict[str, tuple[str, Callable[[Path, Path], None]]] = {
    "a link to a file": ("junit.xml", lambda path, away: path.symlink_to(away / "file")),
    "a link to none": ("conformance.md", lambda path, away: path.symlink_to(away / "new")),
    "a link to a folder": ("allure-results", lambda path, away: path.symlink_to(away)),
    "a link within one": ("tickets/ALA-CAN-01.md", lambda path, away: path.symlink_to(away / "new")),
    "a link where earlier runs are kept": ("earlier", lambda path, away: path.symlink_to(away)),
    "a link to a device": ("results.json", lambda path, _: path.symlink_to("/dev/zero")),
    "a pipe": ("results.json", lambda path, _: os.mkfifo(path)),
    "a pipe within": ("allure-results/0-result.json", lambda path, _: os.mkfifo(path)),
    "a folder": ("record.jsonl", lambda path, _: path.mkdir()),
}


@pytest.mark.parametrize("laid", LAID)
def test_nothing_that_was_laid_into_the_folder_leads_a_report_elsewhere(laid: str, tmp_path: Path) -> None:
    name, lay = LAID[laid]
    reports, away = tmp_path / "reports", tmp_path / "away"
    away.mkdir()
    (away / "file").touch()
    (reports / name).parent.mkdir(parents=True)
    assert outputs.astray(reports) is None
    lay(reports / name, away)
    done = countermand("run", "--api", "ala", "-m", "ALA-CAN-01", "--reports", "reports", cwd=tmp_path)
    assert done.returncode == 4, done.stdout + done.stderr
    assert f"{name} is a link or no plain file, and would lead elsewhere what a run writes" in done.stderr
    assert [path.name for path in away.iterdir()] == ["file"]
    assert (away / "file").read_bytes() == b""


def test_without_this_guard_a_report_is_written_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "astray", lambda _folder: None)
    monkeypatch.setattr(placing, "see", lambda _path: None)
    monkeypatch.setattr(placing, "_replace", lambda path, data, _mode: path.write_bytes(data))
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "junit.xml").symlink_to(tmp_path / "away")
    untested.leave(tmp_path / "reports", [], "it ended early")
    assert (tmp_path / "away").is_file()


def test_a_link_in_the_place_of_the_folder_of_reports_leads_to_nobodys_home(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "reports").symlink_to("home")
    done = countermand("run", "--api", "ala", "-m", "ALA-CAN-01", cwd=tmp_path, HOME=str(tmp_path / "home"))
    assert done.returncode == 4
    assert "reports: is somebody's home" in done.stderr
    assert list((tmp_path / "home").iterdir()) == []


def test_a_link_in_the_place_of_the_folder_of_parts_leads_to_nobodys_project(tmp_path: Path) -> None:
    (tmp_path / "project" / ".git").mkdir(parents=True)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "part").symlink_to("../project")
    done = countermand("run", "--api", "ala", "-m", "ALA-CAN-01", cwd=tmp_path)
    assert done.returncode == 4
    assert "is a project" in done.stderr
    assert [path.name for path in (tmp_path / "project").iterdir()] == [".git"]


def test_what_no_run_has_set_aside_is_never_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shelf.KEEP, "1")
    (tmp_path / "earlier" / "2020-01-01T00-00-00").mkdir(parents=True)
    for second in range(3):
        left(tmp_path, "staging", f"2026-11-25T22:31:4{second}.000000Z")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    kept = sorted(path.name for path in (tmp_path / "earlier").iterdir())
    assert kept == ["2020-01-01T00-00-00", "2026-11-25T22-31-42-staging"]


@pytest.mark.parametrize("kind", ["root", "home", "git", "python", "keys"])
@pytest.mark.parametrize("command", ["run", "certify"])
def test_reports_go_to_no_root_home_or_project(command: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    if kind == "keys":
        (tmp_path / "project" / "mine.pem").write_text("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n")
    if kind == "git":
        (tmp_path / "project" / ".git").mkdir()
    (
        tmp_path / "project" / ("pyproject.toml" if kind == "python" else "conformance.md")
    ).touch()  # which a run would set aside
    folder = {"root": "/", "home": str(tmp_path / "project")}.get(kind, "project")
    before = sorted(tmp_path.rglob("*"))
    key = ("--key", "absent.pem") if command == "certify" else ()
    home = tmp_path / "project" if kind == "home" else Path.home()
    done = countermand(command, *key, "--embedded", "--reports", folder, cwd=tmp_path, HOME=str(home))
    assert done.returncode == 4
    assert f"--reports {folder}: is " in done.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_a_certificate_alone_is_no_private_key(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    assert shelf.unfit(tmp_path) is None
    (tmp_path / "buyer.p12").touch()
    assert "where private keys lie" in (shelf.unfit(tmp_path) or "")


@pytest.mark.parametrize("before", [True, False])
def test_a_run_that_is_still_going_is_told_from_one_that_was_killed(tmp_path: Path, *, before: bool) -> None:
    if before:
        left(tmp_path, "staging")
        shelf.set_aside(tmp_path)
        shelf.prune(tmp_path)
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with pytest.raises(finished.FinishedError, match="a run is writing there now: wait for it"):
            finished.read(tmp_path)
    finally:
        os.close(held)
    words = "as one that is killed" if before else "and this one has none"
    with pytest.raises(finished.FinishedError, match=words):
        finished.read(tmp_path)
