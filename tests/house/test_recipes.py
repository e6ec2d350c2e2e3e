"""The recipes for CI use versions and commands that there are."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import warm
from packaging.requirements import Requirement
from running import environment

from countermand import __version__
from countermand.provider import deviants, embedded, serving
from countermand.report import page

ROOT = Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name: str) -> str:
    return (CI / name).read_text(encoding="utf-8")


def pins() -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text("constraints.txt"), re.MULTILINE))


def test_all_that_the_wheel_brings_along_is_pinned_by_its_hash() -> None:
    parts = re.split(r"^(?=[\w.-]+==)", text("constraints.txt"), flags=re.MULTILINE)[1:]
    assert len(parts) == len(pins())
    assert [part for part in parts if "--hash=sha256:" not in part] == []
    assert "--require-hashes" in text("Dockerfile")
    assert "--require-hashes" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_image_is_of_this_version_and_fetches_the_allure_that_draws_the_page() -> None:
    assert f"countermand-{__version__}-py3-none-any.whl[report]" in text("Dockerfile")
    assert page.ALLURE in text("Dockerfile")


def test_the_image_runs_as_nobody_in_particular_and_keeps_reports_and_ledger() -> None:
    assert re.search(r"^USER 10001$", text("Dockerfile"), re.MULTILINE)
    assert 'VOLUME ["/work/reports", "/ledger"]' in text("Dockerfile")


@pytest.mark.parametrize("wanted", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["report"]])
def test_an_exact_version_is_within_what_the_suite_asks_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    assert pins()[requirement.name] in requirement.specifier


def test_every_image_names_the_same_exact_python() -> None:
    named = {*re.findall(r"python:(\S+)", text("Dockerfile")), *re.findall(r"python:(\S+)", text("gitlab.yml"))}
    assert len(named) == 1
    assert re.fullmatch(r"3\.\d+\.\d+-slim-\w+", named.pop())


def test_every_action_is_named_by_its_commit() -> None:
    used = re.findall(r"^[\s#]+(?:- )?uses: (\S+)", text("github.yml") + text("action/action.yml"), re.MULTILINE)
    assert used
    assert [action for action in used if not re.search(r"@[0-9a-f]{40}$", action)] == []


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_reports_are_kept_also_when_a_run_is_red(name: str) -> None:
    kept = {
        "github.yml": r"if: always\(\)\n\s+uses: actions/upload-artifact",
        "gitlab.yml": r"artifacts:\n\s+when: always",
    }
    assert len(re.findall(kept[name], text(name))) == 2


def test_only_what_is_inconclusive_may_fail_on_gitlab() -> None:
    assert re.search(r"allow_failure:\n\s+exit_codes: \[10\]\n", text("gitlab.yml"))


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_a_recipe_keeps_the_ledger_and_the_history(name: str) -> None:
    assert "COUNTERMAND_LEDGER: ledger/ledger.sqlite" in text(name)
    assert "history.jsonl" in text(name)
    assert "nights.jsonl" in text(name)


def script(name: str, start: str) -> str:
    """The lines of a recipe from a block that begins so."""
    lines = text(name).split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip() == start) + 1
    margin = len(lines[first]) - len(lines[first].lstrip())
    block = []
    for line in lines[first:]:
        if line.strip() and len(line) - len(line.lstrip()) < margin:
            break
        block.append(line[margin:])
    return "\n".join(block)


@contextmanager
def nightly(folder: Path) -> Iterator[Path]:
    """A repository with two targets, one of them wrong."""
    place = folder / "targets" / "nightly"
    place.mkdir(parents=True)
    with ExitStack() as stack:
        for name, seller in (("right", embedded.SELLERS["ala"]()), ("wrong", deviants.deviants("ala")["Careless"]())):
            (folder / name).mkdir()
            served = stack.enter_context(serving.serve("ala", seller, folder / name, target=place / f"{name}.toml"))
            served.target.write_text(served.target.read_text().replace("embedded-ala", f"op-{name}"))
        yield folder


def sh(folder: Path, lines: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run lines as a CI service would, with the command of this checkout on the path."""
    (folder / "bin").mkdir(exist_ok=True)
    warm.command(folder / "bin")
    env = {**environment(folder), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", **variables}
    return subprocess.run(
        ["bash", "-e", "-c", lines], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=600
    )


def test_the_night_of_the_gitlab_recipe_is_played(tmp_path: Path) -> None:
    with nightly(tmp_path):
        done = sh(tmp_path, script("gitlab.yml", "- |"), TARGETS="targets/nightly/*.toml")
        assert done.returncode == 1, done.stdout + done.stderr
        page = sh(
            tmp_path,
            "\n".join(re.findall(r"^    - (countermand (?:matrix|night) .*)$", text("gitlab.yml"), re.MULTILINE)),
        )
    assert "Last night: 1 newly broken (op-wrong ALA-REQ-07)" in page.stdout
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"op-right", "op-wrong"}
    links = re.findall(r'href="(index\.runs/[^"]+)"', (tmp_path / "page" / "index.html").read_text())
    assert links
    assert all((tmp_path / "page" / link).is_file() for link in links)


def test_a_misconfigured_target_keeps_no_other_from_being_tested_and_stays_on_the_page(tmp_path: Path) -> None:
    with nightly(tmp_path):
        (tmp_path / "targets/nightly/broken.toml").write_text('name = "op broken"\napi = "ala"\nurl = nonsense\n')
        (tmp_path / "targets/nightly/wrong.toml").unlink()
        done = sh(tmp_path, script("gitlab.yml", "- |"), TARGETS="targets/nightly/*.toml")
        assert done.returncode == 4, done.stdout + done.stderr
        page = sh(tmp_path, *last_words("gitlab.yml", tmp_path), TARGETS="targets/nightly/*.toml")
    assert page.returncode == 1, page.stdout + page.stderr
    assert "Last night: 1 newly not tested (op broken)" in page.stdout
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"op-right", "op-broken"}


def last_words(name: str, folder: Path, state: str = ".") -> list[str]:
    """The scripts by which a recipe draws the page and says what is new, with the folder that a cluster keeps."""
    if name == "github.yml":
        steps = (
            r"- name: (?:Join them|Say what is new)\n(        if: always\(\)\n)?        run: \|\n((?:          .*\n)+)"
        )
        (_, first), (always, second) = re.findall(steps, text(name))
        assert always  # otherwise a page that cannot be drawn hides what is new
        return [first, second]
    if name == "Jenkinsfile":
        return jenkins()[1:]
    if name == "gitlab.yml":
        lines = re.search(r"    - (if compgen.*?)\n  cache:", text(name), re.DOTALL)
        assert lines
        telling = re.sub(r"(?m)^    # - bash ci/notify/(\w+).sh ", "    - echo told by \\1 of ", lines[1])
        return [re.sub(r"(?m)^    - ", "", telling)]
    kept = script(name, "- |").replace("/state", str(folder / state))
    return [kept.replace("/targets", str(folder / "targets/nightly"))]


RECIPES = ["gitlab.yml", "github.yml", "Jenkinsfile", "kubernetes/cronjob.yml"]


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("drawn", [True, False])
def test_what_keeps_the_page_from_being_drawn_keeps_no_recipe_from_saying_what_is_new(
    name: str, drawn: bool, tmp_path: Path
) -> None:
    (tmp_path / "runs" / "cut").mkdir(parents=True)
    (tmp_path / "runs" / "cut" / "results.json").write_text('{"version":', encoding="utf-8")
    (tmp_path / "targets" / "nightly").mkdir(parents=True)
    (tmp_path / "targets" / "nightly" / "one.toml").write_text('name = "op one"\n', encoding="utf-8")
    (tmp_path / "page" / ("elsewhere" if drawn else "index.html")).mkdir(parents=True)
    variables = {"TARGETS": "targets/nightly/*.toml", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    done = [sh(tmp_path, lines, **variables) for lines in last_words(name, tmp_path)]
    said = "".join(step.stdout + step.stderr for step in done)
    assert "Last night: 1 newly not tested (op one)" in said, said
    assert "not read: " in said
    assert max(step.returncode for step in done) == (1 if drawn or name == "github.yml" else 4), said
    assert (tmp_path / "page" / "night.json").is_file()
    assert (tmp_path / "page" / "index.html").is_file() == drawn
    assert name != "gitlab.yml" or "told by chat of page/night.json" in said


def test_each_index_of_the_kubernetes_job_tests_its_own_target(tmp_path: Path) -> None:
    lines = text("kubernetes/countermand-index")
    with nightly(tmp_path):
        results = [
            sh(
                tmp_path,
                lines,
                JOB_COMPLETION_INDEX=str(index),
                TARGETS=str(tmp_path / "targets/nightly"),
                STATE=str(tmp_path / "state"),
            )
            for index in range(3)
        ]
    assert [done.returncode for done in results] == [0, 1, 4], results[0].stdout + results[0].stderr
    assert "there is no target file number 2" in results[2].stderr
    assert {path.name for path in (tmp_path / "state" / "runs").iterdir()} == {"right", "wrong"}
    assert {path.name for path in (tmp_path / "state" / "ledgers").glob("*.sqlite")} == {"right.sqlite", "wrong.sqlite"}
    missing_is_red(tmp_path, *last_words("kubernetes/cronjob.yml", tmp_path, "state"))


def missing_is_red(folder: Path, lines: str) -> None:
    """Let the lines that draw the page find a target file that no run was made for."""
    shutil.copy(folder / "targets/nightly/right.toml", folder / "targets/nightly/missing.toml")
    text = (folder / "targets/nightly/missing.toml").read_text(encoding="utf-8")
    (folder / "targets/nightly/missing.toml").write_text(text.replace("op-right", "op-missing"), encoding="utf-8")
    page = sh(folder, lines)
    assert page.returncode == 1, page.stdout + page.stderr
    assert "op-missing" in page.stdout
    assert "op-missing" in next(folder.rglob("page/index.html")).read_text(encoding="utf-8")


def jenkins() -> list[str]:
    """The scripts of the Jenkinsfile that test, draw the page, and make the job red at last."""
    kept, _, last = text("Jenkinsfile").partition("archiveArtifacts")[2].partition("sh '")
    assert "sh '" not in kept  # all is kept before what is new makes the job red
    test, page = re.findall(r"sh '''\n(.*?)'''", text("Jenkinsfile"), re.DOTALL)
    return [lines.replace(".venv/bin/", "") for lines in (test, page, last.partition("'")[0])]


def test_the_night_of_the_jenkins_recipe_is_played(tmp_path: Path) -> None:
    test, *page = jenkins()
    with nightly(tmp_path):
        done = sh(tmp_path, test)
        assert done.returncode == 1, done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"op-right", "op-wrong"}
    missing_is_red(tmp_path, "\n".join(page))


def test_a_notification_opens_and_closes_one_issue_per_target_and_clause(tmp_path: Path) -> None:
    change = {
        "target": "op-07",
        "api": "ala",
        "clause": "ALA-REQ-07",
        "since": "2026-11-25",
        "flaky": None,
        "words": "",
        "new": True,
        "red": True,
    }
    waived = {
        **change,
        "kind": "waived",
        "words": "ALA-REQ-07 is waived by anna@ourco.example until 2026-12-20: they mend it",
    }
    changes = [{**change, "kind": "newly broken"}, {**change, "kind": "recovered", "clause": "ALA-REQ-08"}, waived]
    (tmp_path / "night.json").write_text(json.dumps({"sentence": "Last night", "red": True, "changes": changes}))
    for name, tool in (("github.sh", "gh"), ("gitlab.sh", "glab")):
        done = sh(tmp_path, f"bash {CI / 'notify' / name} night.json", DRY="1")
        assert done.returncode == 0, done.stderr
        said = done.stdout.replace("\\", "").splitlines()
        assert [line.split()[:3] for line in said] == [[tool, "issue", "create"], [tool, "issue", "close"]]
        assert "conformance: op-07 ALA-REQ-07" in said[0]
        assert "<number of conformance: op-07 ALA-REQ-08>" in said[1]  # a title closes nothing
        assert ", since 2026-11-25" in said[0]
        assert "2026-11-25" not in said[1] or "recovered at op-07 on 2026-11-25" in said[1]
    done = sh(tmp_path, f"bash {CI / 'notify' / 'chat.sh'} night.json", DRY="1")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"text": "Last night"}), done.stderr


def test_no_recipe_installs_by_a_name_that_somebody_else_may_take() -> None:
    """The suite is on no registry: whoever took its name there would be given ledger and secrets."""
    for path in CI.rglob("*"):
        if path.is_file() and path.name != "constraints.txt":
            words = path.read_text(encoding="utf-8")
            assert not re.search(r"countermand(\[report\])?==|[\s\"']countermand\[report\]", words), path


def test_every_command_of_the_image_runs_in_a_bare_environment_by_name() -> None:
    """The image itself is not built here.

    What it installs and starts is what the wheel of .ci/run installs and starts.
    """
    assert 'ENTRYPOINT ["countermand"]' in text("Dockerfile")
    assert "countermand-index" in text("Dockerfile")
    assert (ROOT / "ci/kubernetes/countermand-index").stat().st_mode & 0o111
