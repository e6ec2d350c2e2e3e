"""Slips of the hand on the command line: they are named at once, and nothing is moved or used up for them."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import countermand, rewritten, served

from countermand import cli, usage
from countermand.commands import serve, sessions
from countermand.exits import CommandError, Exit
from countermand.provider.deviants import deviants, slug


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target", "a/absent.toml"], "--target a/absent.toml: no such file"),
        (["--target", "a"], "--target a: is a folder, where a target file was expected"),
        (["--target", "a/mine.tml"], "--target a/mine.tml: no such file; did you mean 'mine.toml'?"),
        (["mine.toml"], "mine.toml: which is a target file is said with an option: --target mine.toml"),
        (["a/mine.toml"], "--target a/mine.toml"),
        (["-v", "a/mine.toml"], "--target a/mine.toml"),
        (
            ["--target", "a/mine.toml", "a/other.toml"],
            "--target a/other.toml for one more target, --baseline a/other.toml",
        ),
        (["ALA-REQ-07"], "ALA-REQ-07: no such file or folder; what is tested is said with --target, -m or -k"),
        (["--target", "a/mine.toml", "--embedded"], "--embedded is about the embedded sellers, and --target about"),
        (["--target", "a/mine.toml", "--api", "ala"], "--api ala is about the embedded sellers, and --target about"),
        (["features/no.feature::test_it"], "no such file or folder"),
    ],
)
def test_a_word_without_its_option_is_named_and_moves_nothing(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a/mine.toml").write_text("")
    (tmp_path / "reports").mkdir()
    last = tmp_path / "reports/results.json"
    last.write_text("{}")
    assert cli.main(["run", *words]) == 4
    assert said in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["results.json"]


@pytest.mark.parametrize(("words", "as_json"), [((), False), (("--json",), True), (("--json", "all.json"), False)])
@pytest.mark.parametrize("command", ["baseline", "compare", "doctor", "matrix", "night", "orders", "run", "ticket"])
def test_what_nobody_has_foreseen_is_no_verdict_and_says_where_it_came_about(
    command: str,
    words: tuple[str, ...],
    as_json: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> int:
        raise ValueError("min() arg\n::error::is empty")

    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"countermand.commands.{command}")
    monkeypatch.setattr(module, "_played" if command == "run" else "main", broken)
    needed = {"baseline": ["a", "b"], "compare": ["a", "b"], "matrix": ["a", "--out", "b"], "night": ["a"]}
    if words[1:] and command not in {"compare", "matrix", "night"}:
        pytest.skip("it writes JSON into no file")
    assert cli.main([command, *needed.get(command, []), *words]) == Exit.FAULT
    heard = capsys.readouterr()
    assert f"countermand {command}: a fault of ours, which says nothing of any target: ValueError: min()" in heard.err
    assert "countermand --version" in heard.err
    assert heard.err.endswith("in broken\n")
    assert "\n::" not in heard.err
    assert (json.loads(heard.out)["exit"] if as_json else heard.out) == (Exit.FAULT if as_json else "")


def test_what_nobody_has_foreseen_outside_a_command_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(usage, "general", lambda: "".index("x"))
    assert cli.main(["--help"]) == Exit.FAULT
    assert "countermand: a fault of ours, which says nothing of any target: ValueError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("doctor", "mine.toml: which is a target file is said with an option: --target mine.toml"),
        ("orders", "mine.toml: which is a target file is said with an option: --target mine.toml"),
        ("serve", "unrecognized arguments: mine.toml"),
        ("keygen", "unrecognized arguments: mine.toml"),
    ],
)
def test_a_target_file_without_its_option_is_named_by_every_command_that_has_one(
    command: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "mine.toml"]) == 4
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["doctor", "orders"])
def test_a_second_target_file_is_not_told_to_take_the_option_that_was_given(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "--target", "mine.toml", "other.toml"]) == 4
    assert "other.toml: one file too many" in capsys.readouterr().err


def test_what_belongs_to_an_option_of_pytest_is_no_path(tmp_path: Path) -> None:
    done = countermand("run", "--embedded", "--api", "ala", "-k", "no-such-words", "--dry-run", cwd=tmp_path)
    assert "no such file" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "reference and (",
            "-k reference and (: cannot be read at column 16: parts of names of scenarios were expected",
        ),
        ("foreign order", "-k foreign order: cannot be read at column 9"),
        pytest.param("not " * 5000 + "x", "...: is nested too deep to be read", id="5000 times not"),
        pytest.param("(" * 5000, "...: is nested too deep to be read", id="5000 brackets"),
        ("refernce", "-k refernce: selects no scenario; did you mean 'reference'?"),
        ("reference and not e", "selects no scenario; it looks at the names of scenarios, and -m at clauses"),
    ],
)
def test_words_that_select_no_scenario_are_named_in_our_own(words: str, said: str, tmp_path: Path) -> None:
    done = countermand("run", "--api", "ala", "-k", words, "--reports", "part", cwd=tmp_path)
    assert (done.returncode, said in done.stdout + done.stderr) == (4, True), done.stdout + done.stderr
    assert "pytest" not in done.stdout + done.stderr
    assert "were tested, and nobody else" not in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed"], "argument --seed: expected one argument; see countermand run --help and"),
        (["--ledger"], "argument --ledger: expected one argument"),
        (["-k"], "argument -k: expected one argument"),
        (["--junitxml"], "argument --junitxml/--junit-xml: expected one argument"),
        (["-p"], "argument -p: expected one argument"),
        (["-c"], "argument -c/--config-file: expected one argument"),
        (["--maxfail=x"], "argument --maxfail: invalid int value: 'x'"),
        (["--lf"], "no option --lf; countermand run --help and"),
        (["--timeout", "5"], "no option --timeout 5; countermand run --help and"),
        (["-k", "no-such-words"], "what is wrong with the command line is said on standard error"),
        (["-m", "no-such-words"], "-m no-such-words: no such clause, feature or verdict"),
        (["--failed", "absent"], "there is no last run to repeat: absent: no such file or folder"),
        (["--baseline", "absent.toml"], "absent.toml: no such file; countermand baseline --update absent.toml"),
        (["--ledger", "absent/ledger.sqlite"], "--ledger absent/ledger.sqlite: there is no folder absent for a ledger"),
        (["--production", "other"], "--production other: no target of that name"),
    ],
)
def test_a_mistake_on_the_command_line_leaves_the_last_run_where_it_is(
    words: list[str], said: str, last_run: Path, tmp_path: Path
) -> None:
    shutil.copytree(last_run, tmp_path / "copy")
    before = {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    target = f"--target={last_run.parent / 'seller/target.toml'}"
    done = countermand("run", "--json", "--no-page", target, "--reports", "copy", *words, cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["exit"]) == (4, 4), done.stderr
    assert said in json.loads(done.stdout)["error"]
    assert not any(word in done.stderr for word in ("pytest.main", "rootdir", "/features"))
    assert {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()} == before


@pytest.fixture(scope="module")
def last_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("last")
    with served("ala", folder / "seller") as target:
        done = countermand("run", "--no-page", f"--target={target}", "-m", "ALA-HTTP-01", "--reports=made", cwd=folder)
        assert done.returncode == 0, done.stderr
        yield folder / "made"


def test_a_certificate_is_not_begun_where_an_option_has_no_value(tmp_path: Path) -> None:
    assert countermand("keygen", "--out", "signing", cwd=tmp_path).returncode == 0
    done = countermand("certify", "--api", "ala", "--key", "signing.pem", "--ledger", cwd=tmp_path)
    assert done.returncode == 4
    assert "countermand certify: argument --ledger: expected one argument" in done.stderr


def test_who_selects_all_there_is_has_asked_for_a_part(tmp_path: Path) -> None:
    """It stands where parts do, and leans on what others have shown: no more is said of it."""
    done = countermand("run", "--api", "ala", "--no-page", "-k", "ala", cwd=tmp_path)
    results = json.loads((tmp_path / "reports/part/results.json").read_text(encoding="utf-8"))
    assert (done.returncode, results["complete"], results["verdict"]) == (0, False, "inconclusive")
    assert "clauses are kept now" in results["answer"]
    assert "no documented clause is broken" not in done.stdout


def test_of_three_targets_each_has_a_folder_by_its_own_name(tmp_path: Path) -> None:
    targets = [(api, tmp_path / f"{name}.toml") for api, name in (("ala", "a"), ("opensrs", "o"), ("ala", "b"))]
    assert sessions.sharing(targets[:2]) == [[path for _, path in targets[:2]]]
    assert sessions.sharing(targets) == [[path] for _, path in targets]


def test_a_target_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller") as target:
        (tmp_path / "again.toml").symlink_to(target)
        for again in (target, tmp_path / "again.toml"):
            with pytest.raises(CommandError, match="it is named twice"):
                sessions.grouped([target, again])
        assert len(sessions.grouped([target])) == 1


def test_two_targets_of_one_name_are_refused_for_their_reports_would_take_each_others_place(tmp_path: Path) -> None:
    with served("ala", tmp_path / "a") as first, served("ala", tmp_path / "b") as second:
        with pytest.raises(CommandError, match=r"is called 'embedded-ala' as .*target\.toml is: give each a name"):
            sessions.grouped([first, second])
        rewritten(second, ('"embedded-ala"', '"other"'))
        assert sessions.grouped([first, second]) == [[first], [second]]
        rewritten(second, ('"other"', '"Embedded/ALA"'))
        with pytest.raises(CommandError, match=r"folder is called 'embedded-ala', as that of .*target\.toml is: give"):
            sessions.grouped([first, second])


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("..", "2"),
        (".", "2"),
        ("../reports", "-reports"),
        (".hidden", "hidden"),
        ("earlier", "2-earlier"),
        ("Part", "2-Part"),
        ("embedded", "2-embedded"),
        ("staging 1.2", "staging-1.2"),
    ],
)
def test_no_name_of_a_target_leads_out_of_the_folder_of_reports_or_to_what_is_kept_there(
    name: str, folder: str
) -> None:
    assert sessions.folder_of([name], 2) == folder


def test_a_part_of_several_runs_leaves_the_whole_ones(tmp_path: Path) -> None:
    with served("ala", tmp_path / "a") as first, served("ala", tmp_path / "b") as second:
        rewritten(second, ('"embedded-ala"', '"other"'))
        targets = [f"--target={first}", f"--target={second}"]
        done = countermand("run", *targets, "-m", "ALA-HTTP-01", "--no-page", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in (tmp_path / "reports/part").iterdir()) == ["embedded-ala", "other"]
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["part"]


@pytest.mark.parametrize("part", [("-m", "ALA-HTTP-01"), ("-k", "nothing"), ("-knothing",), ("features::test_it",)])
def test_what_is_not_tested_of_a_part_leaves_the_whole_runs(part: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    targets = [f"--target={tmp_path / name}" for name in ("one.toml", "two.toml")]
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\napi = "ala"\nurl = "https://127.0.0.1:1"\n')
    assert countermand("run", *targets, *part, cwd=tmp_path).returncode in {4, 13}
    assert [path.name for path in (tmp_path / "reports").iterdir()] == ["part"]


def test_the_page_of_what_was_not_tested_leads_to_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text("")
    done = countermand("run", "--target", "empty.toml", cwd=tmp_path)
    assert done.returncode == 4
    page = (tmp_path / "reports/index.html").read_text(encoding="utf-8")
    assert '<a href="results.json">' in page
    assert 'href="allure.html"' not in page


def test_what_failed_at_several_targets_is_repeated_where_it_failed_alone(tmp_path: Path) -> None:
    """Orders are money: what one target keeps is not asked of it again because another breaks it."""
    broken = next(made for made in deviants("ala").values() if vars(made)["breaks"] == "ALA-REQ-07")
    with served("ala", tmp_path / "a") as first, served("ala", tmp_path / "b", broken()) as second:
        rewritten(second, ('"embedded-ala"', '"other"'))
        targets = [f"--target={first}", f"--target={second}"]
        which = ["-m", "ALA-HTTP-01 or ALA-REQ-07", "--no-page", "--reports=reports"]
        before = countermand("run", *targets, *which, cwd=tmp_path)
        assert before.returncode == 1, before.stdout + before.stderr
        again = countermand("run", *targets, "--failed", "--no-page", cwd=tmp_path)
        asked = sorted(path.name for path in (tmp_path / "reports/part").iterdir())
        strange = countermand("run", *targets, "-m", "OSRS-CAN-01", cwd=tmp_path)
    assert again.returncode == 1, again.stdout + again.stderr
    assert f"{first}: not asked: nothing of it is selected" in again.stdout
    assert asked == ["other"]
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == ["embedded-ala", "other", "part"]
    assert strange.returncode == 4
    assert "OSRS-CAN-01 is of opensrs, and ala is asked" in strange.stderr


@pytest.mark.parametrize("command", [["ticket"], ["report"], ["run", "--failed"], ["run", "-m", "broken"]])
def test_a_folder_of_several_runs_says_where_these_stand(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        (tmp_path / "reports" / name).mkdir(parents=True)
        (tmp_path / "reports" / name / "results.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    assert cli.main([*command, *(["--embedded"] if "run" in command else [])]) == 4
    assert "each in a folder of its own: name reports/a or reports/b" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run --target min.toml", "no such file; did you mean 'mine.toml'?"),
        ("run --target gone.toml", "no such file: it is a link to 'nowhere.toml', where nothing is"),
        ("run --api ala --baseline bas.toml", "bas.toml: no such file; did you mean 'base.toml'?"),
        ("run --replay nights", "nights: no such file or folder; did you mean 'night'?"),
        ("doctor --target min.toml", "no such file; did you mean 'mine.toml'?"),
        ("baseline base.toml nights", "nights: no such file or folder; did you mean 'night'?"),
        ("compare nights night", "nights: no such file or folder; did you mean 'night'?"),
        ("report nights", "nights: no such file or folder; did you mean 'night'?"),
        ("certify --api ala --key kye.pem", "no such file; did you mean 'key.pem'?"),
        ("verify shown.zip --key kye.pem", "no such file; did you mean 'key.pem'?"),
        ("verify shwon.zip --key key.public.pem", "no such file; did you mean 'shown.zip'?"),
        (
            "init --api ala --url https://staging.example --out new.toml --orders mine.txt",
            "no such file; did you mean 'mine.toml'?",
        ),
    ],
)
def test_a_file_that_is_not_there_is_asked_for_by_the_name_of_one_that_is(
    words: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mine.toml", "base.toml", "shown.zip"):
        (tmp_path / name).touch()
    (tmp_path / "night").mkdir()
    (tmp_path / "gone.toml").symlink_to("nowhere.toml")
    assert cli.main(["keygen", "--out", "key"]) == 0
    capsys.readouterr()
    assert cli.main(words.split()) != 0
    printed = capsys.readouterr()
    assert said in printed.out + printed.err


def test_a_deviant_is_known_by_its_words_wherever_something_else_is_expected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["explain", "takes-up-without-order-reference"]) == 4
    assert "it is a deviant, which breaks ALA-REQ-07" in capsys.readouterr().err
    assert cli.main(["explain", "takes-up-nothing-at-all"]) == 4
    assert "a deviant" not in capsys.readouterr().err
    assert serve._api_of(["takes-up-without-order-reference"]) == "ala"
    for words in ([], ["takes-up-without-order-reference", next(map(slug, deviants("opensrs").values()))]):
        with pytest.raises(CommandError, match="--api is missing"):
            serve._api_of(words)
    with pytest.raises(CommandError, match="did you mean 'takes-up-without-order-reference'"):
        serve._api_of(["takes-up-without-order-referense"])
