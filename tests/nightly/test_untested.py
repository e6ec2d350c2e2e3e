"""A target that was not tested stays on every page: real runs that come to nothing, and the reports they leave."""

from __future__ import annotations

import json
import socket
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from running import countermand, rewritten, run, served

from countermand import cli
from countermand.commands import last
from countermand.exits import CommandError
from countermand.model.results import Target
from countermand.model.secret import Masker
from countermand.model.verdict import Verdict
from countermand.nightly import history, matrix, matrix_page, night
from countermand.nightly.night import Kind
from countermand.provider.deviants import deviants
from countermand.records import finished
from countermand.report import leaks, untested
from countermand.targetfile import glimpse

SCHEMA = Path(finished.__file__).parents[1] / "schemas" / "results.schema.json"
KEY = "0" * 112
PARTY = f'[buyer]\nusername = "a"\napi_key = "{KEY}"\n'


def written(path: Path, head: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + PARTY, encoding="utf-8")
    return path


def left(folder: Path) -> finished.Finished:
    """The run that was left, once every report of it is known to say that it was not tested."""
    results = finished.read(folder)
    jsonschema.validate(json.loads((folder / "results.json").read_text("utf-8")), json.loads(SCHEMA.read_text("utf-8")))
    assert results.verdict is Verdict.NOT_TESTED
    assert (folder / "conformance.md").read_text("utf-8").startswith("# not tested: ")
    page = (folder / "index.html").read_text("utf-8")
    assert "not tested: " in page
    assert "only a whole run says more" not in page  # no part was asked for, and no exchange shows anything
    assert "recorded exchanges" not in page
    (error,) = ET.parse(folder / "junit.xml").getroot().iter("error")
    assert error.get("message") == results.sentence
    return results


def test_a_target_that_shares_a_run_with_one_that_is_down_is_said_to_be_left_out(tmp_path: Path) -> None:
    """One run of both APIs is one verdict; whoever wants that of the other has it in a run of its own."""
    with socket.socket() as closed, served("ala", tmp_path / "up") as up:
        closed.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{closed.getsockname()[1]}"
        down = written(tmp_path / "op-09.toml", f'name = "op-09"\napi = "opensrs"\nurl = "{url}"\n')
        for targets in ((up, down), (down, up)):
            done = run(tmp_path, *(f"--target={target}" for target in targets), "-m", "ALA-REQ-07 or OSRS-REQ-06")
            assert done.code == 13, done.said
            assert "op-09 cannot be tested: " in done.said
            assert "\nembedded-ala was not tested either: one run asks both" in done.said
            assert "see countermand doctor --target op-09.toml" in done.said
            assert "embedded-ala was not tested either" in finished.read(tmp_path / "reports").sentence
        assert run(tmp_path, f"--target={up}", "-m", "ALA-REQ-07").code == 0


def test_a_target_where_nobody_listens_is_left_as_not_tested_and_the_run_before_is_kept(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        url = f"https://127.0.0.1:{closed.getsockname()[1]}"
        target = written(tmp_path / "op-09.toml", f'name = "op-09"\napi = "opensrs"\nurl = "{url}"\n')
        assert [run(tmp_path, f"--target={target}").code for _ in range(2)] == [13, 13]
    results = left(tmp_path / "reports")
    assert [(target.name, target.api, target.url) for target in results.targets] == [("op-09", "opensrs", url)]
    assert "connect" in str(results.untested)
    (earlier,) = (tmp_path / "reports" / "earlier").iterdir()
    assert left(earlier).started < results.started


def test_a_served_seller_that_is_down_cannot_be_tested_like_any_other(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller") as target:
        pass
    assert run(tmp_path, f"--target={target}").code == 13
    results = left(tmp_path / "reports")
    assert "nobody listens" in str(results.untested)
    assert results.targets[0].name == "embedded-opensrs"


@pytest.mark.parametrize(
    ("head", "seen"),
    [
        (
            'name = "op-05"\napi = "opensrs"\nurl = "https://u:hunter22@127.0.0.1:1/x"\ntypo = 1\n',
            ("op-05", "opensrs", "https://127.0.0.1:1/x"),
        ),
        ('name = "op-05"\napi = "opensrs"\nurl = nonsense\n', ("op-05", "opensrs", "")),
        ("\0\0\0", ("mine", "unknown", "")),
        ('name = 5\napi = "fax"\nurl = "https://127.0.0.1:1"\n', ("mine", "unknown", "https://127.0.0.1:1")),
    ],
)
def test_what_a_file_that_cannot_be_used_says_of_its_target_is_seen(
    tmp_path: Path, head: str, seen: tuple[str, str, str]
) -> None:
    glimpsed = glimpse(written(tmp_path / "mine.toml", head))
    assert (glimpsed.name, glimpsed.api, glimpsed.url) == seen
    assert glimpse(tmp_path / "absent.toml").name == "absent"


def test_a_misconfigured_target_is_left_as_not_tested_with_the_reason_and_no_secret(tmp_path: Path) -> None:
    target = written(
        tmp_path / "op-05.toml", 'name = "op-05"\napi = "opensrs"\nurl = "https://u:hunter22@127.0.0.1:1"\ntypo = 1\n'
    )
    assert run(tmp_path, f"--target={target}").code == 4
    results = left(tmp_path / "reports")
    assert [(target.name, target.api) for target in results.targets] == [("op-05", "opensrs")]
    assert "op-05.toml" in str(results.untested)
    assert not any(
        word in path.read_bytes() for path in (tmp_path / "reports").iterdir() for word in (b"hunter22", KEY.encode())
    )


def test_a_wrong_baseline_leaves_the_target_as_not_tested(tmp_path: Path) -> None:
    target = written(tmp_path / "op-05.toml", 'name = "op-05"\napi = "opensrs"\nurl = "https://127.0.0.1:1"\n')
    (tmp_path / "known.toml").write_text('[[fails]]\nclause = "OSRS-CAN-01"\n')
    assert run(tmp_path, f"--target={target}", f"--baseline={tmp_path / 'known.toml'}").code == 4
    assert "owner: is missing" in str(left(tmp_path / "reports").untested)


def test_a_mistake_begins_alike_wherever_it_is_found(tmp_path: Path) -> None:
    target = written(tmp_path / "op-05.toml", 'name = "op-05"\napi = "opensrs"\nurl = "https://127.0.0.1:1"\n')
    (tmp_path / "known.toml").write_text('[[fails]]\nclause = "OSRS-CAN-01"\n')
    (tmp_path / "empty").mkdir()
    for words in (
        ("--target=absent.toml",),
        (f"--target={target}", "--baseline=known.toml"),
        ("--replay=empty",),
        (f"--target={target}",),
    ):
        done = countermand("run", *words, cwd=tmp_path)
        assert done.returncode in {4, 13}
        assert done.stderr.startswith("countermand run: "), done.stderr
        assert not any(line.startswith(("ERROR", "Exit")) for line in done.stderr.splitlines())


def test_an_option_that_nobody_knows_is_named_without_the_usage_of_pytest(tmp_path: Path) -> None:
    for word in ("--nonsense", "--lf"):
        done = countermand("run", "--embedded", word, cwd=tmp_path)
        assert done.returncode == 4
        words = (
            f"countermand run: no option {word}; "
            "countermand run --help and countermand run --help-pytest list all options"
        )
        assert done.stderr.strip().splitlines()[0] == words
        assert not any(word in done.stderr for word in ("usage:", "inifile", "rootdir"))


def test_a_mistake_before_a_target_is_named_and_a_dry_run_leave_nothing(tmp_path: Path) -> None:
    broken = written(tmp_path / "broken.toml", "typo = 1\n")
    for words in (("--nonsense",), ("--target", str(broken), "--dry-run")):
        assert countermand("run", *words, cwd=tmp_path).returncode == 4
    assert not (tmp_path / "reports").exists()


def test_each_of_several_targets_is_left_where_its_own_run_would_have_been(tmp_path: Path) -> None:
    heads = {name: f'name = "{name}"\napi = "opensrs"\nurl = "https://127.0.0.1:1"\n' for name in ("op-01", "op-02")}
    targets = [
        written(tmp_path / f"{name}.toml", head + ("typo = 1\n" if name == "op-02" else ""))
        for name, head in heads.items()
    ]
    assert countermand("run", *(f"--target={path}" for path in targets), cwd=tmp_path).returncode == 4
    assert {left(tmp_path / "reports" / name).targets[0].name for name in heads} == set(heads)


UNMASKED = """
from countermand.model.results import Target
from countermand.model.secret import Masker
Masker.mask = lambda self, data: data
Masker.text = Masker.message = lambda self, words: words
import pytest
def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line("the key is the-seller-says-it-back")
"""


def test_a_run_whose_output_shows_a_secret_counts_as_not_tested_on_every_report(tmp_path: Path) -> None:
    (tmp_path / "unmasked.py").write_text(UNMASKED, encoding="utf-8")
    with served("opensrs", tmp_path / "seller") as path:
        rewritten(path, ('"embedded-opensrs"', '"staging"'))
        path.write_text(
            path.read_text("utf-8") + '\n[unknown_buyer]\nusername = "nobody"\napi_key = "the-seller-says-it-back"\n',
            "utf-8",
        )
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-CAN-01", "-p", "unmasked")
    assert done.code == 12
    results = finished.read(done.reports)
    assert (results.verdict, "a secret was found" in results.sentence) == (Verdict.NOT_TESTED, True)
    assert (done.reports / "conformance.md").read_text("utf-8").startswith("# not tested: a secret was found")
    assert not any(
        leaks.shows(path.read_bytes(), Masker(["the-seller-says-it-back"]))
        for path in done.reports.rglob("*")
        if path.is_file()
    )


def test_each_attempt_at_what_tested_nothing_does_not_quote_the_one_before(tmp_path: Path) -> None:
    reason = "no such clause"
    for words in (f"{last.NOTHING}: no such clause", last.NOTHING, last.NOTHING):
        untested.leave(tmp_path, [Target("staging", "ala", "")], reason)
        with pytest.raises(CommandError) as refused:
            last.tested(tmp_path, "countermand ticket --reports {}")
        reason = str(refused.value)
        assert reason == f"{tmp_path}: {words}"


def test_a_night_and_a_matrix_find_the_target_that_is_meant_though_its_file_says_no_api(
    right: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = finished.read(right)
    (name,) = {target.name for target in whole.targets}
    written(tmp_path / "targets" / f"{name}.toml", "nonsense\n")
    untested.leave(tmp_path / "down", [_seen(tmp_path / "targets" / f"{name}.toml")], "it is not TOML")
    lost = finished.read(tmp_path / "down")
    made = matrix.matrix([whole, lost], expected=[("unknown", name)])
    (table,) = made.tables
    assert [column.verdict for column in table.columns] == [whole.verdict, Verdict.NOT_TESTED]
    assert [(change.kind, change.api, change.red) for change in made.changes] == [(Kind.UNTESTED, "ala", True)]
    alone = matrix_page.page(matrix.matrix([lost]))
    assert 'aria-label="It is not known which API they speak, by run"' in alone
    past = history.entries([whole])
    changes = night.changes(past, history.entries([lost]), list(past.values()), [("unknown", name)])
    assert [(change.kind, change.api) for change in changes] == [(Kind.UNTESTED, "ala")]
    pattern = str(tmp_path / "targets" / "*.toml")
    assert cli.main(["night", str(right), str(tmp_path / "down"), "--expect", pattern]) == 1
    assert f"1 newly not tested ({name})" in capsys.readouterr().out


def _seen(path: Path) -> Target:
    seen = glimpse(path)
    return Target(seen.name, seen.api, seen.url)


def test_whoever_takes_the_last_run_up_is_told_that_it_tested_nothing_and_where_the_one_before_is(
    tmp_path: Path,
) -> None:
    broken = next(made for made in deviants("opensrs").values() if vars(made).get("breaks") == "OSRS-REQ-01")
    with served("opensrs", tmp_path / "seller", broken()) as target:
        assert run(tmp_path, f"--target={target}", "-m", "OSRS-REQ-01").code == 1
        good = target.read_text(encoding="utf-8")
        rewritten(target, ("[trust]", "[trsut]"))
        mistaken = countermand("run", f"--target={target}", cwd=tmp_path)
        target.write_text(good, encoding="utf-8")
        [kept] = (tmp_path / "reports" / "earlier").iterdir()
        before = str(kept.relative_to(tmp_path))
        words = f"note: reports says now that nothing was tested; the last run that tested anything is kept: {before}"
        assert (mistaken.returncode, words in mistaken.stderr) == (4, True), mistaken.stderr
        replayed = countermand("run", "--replay", "reports", "--reports", "again", cwd=tmp_path)
        assert replayed.returncode == 4
        assert (
            f"the last run that tested anything is kept: countermand run --replay {before}"
            in replayed.stdout + replayed.stderr
        )
        for command, again in (
            (("ticket",), ("ticket", "--reports", before)),
            (("ticket", "OSRS-REQ-01"), ("ticket", "OSRS-REQ-01", "--reports", before)),
            (
                ("run", f"--target={target}", "--dry-run", "--failed"),
                ("run", f"--target={target}", "--dry-run", "--failed", before),
            ),
            (("run", f"--target={target}", "--dry-run", "-m", "broken"), None),
            (("baseline", "--update", "known.toml", "reports"), ("baseline", "--update", "known.toml", before)),
            (("compare", "reports", before), ("compare", before, before)),
        ):
            done = countermand(*command, cwd=tmp_path)
            assert done.returncode == 4, command
            assert "reports: the last run there tested nothing: " in done.stderr
            assert "trsut: unknown key" in done.stderr
            assert before in done.stderr
            assert again is None or countermand(*again, cwd=tmp_path).returncode == 0


def test_a_baseline_finds_a_run_that_tested_nothing_inconclusive_as_its_help_says(tmp_path: Path) -> None:
    target = written(tmp_path / "op-05.toml", 'name = "op-05"\napi = "opensrs"\nurl = nonsense\n')
    assert run(tmp_path, f"--target={target}").code == 4
    (tmp_path / "known.toml").write_text("", encoding="utf-8")
    done = countermand("baseline", "known.toml", "reports", cwd=tmp_path)
    assert (done.returncode, "not tested: " in done.stdout) == (10, True), done.stderr
    usage = " ".join(countermand("baseline", "--help", cwd=tmp_path).stdout.split())
    assert "a run that tested nothing, whatever kept it from that, is inconclusive" in usage
