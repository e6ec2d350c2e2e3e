"""A few answers make a target file that the suite can use."""

from __future__ import annotations

import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from running import countermand, environment, served

from countermand import targetfile


def asked(folder: Path, answers: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "countermand", "init", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder),
        input=answers,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_a_file_from_flags_is_read_and_the_doctor_is_content(tmp_path: Path) -> None:
    with served("ala", tmp_path / "seller") as target:
        document = tomllib.loads(target.read_text(encoding="utf-8"))
        (tmp_path / "orders.csv").write_text(
            "seller,buyer\n" + "".join(f"{o['seller']},{o['buyer']}\n" for o in document["orders"]["in_flight"][:6])
        )
        done = countermand(
            *(
                "init",
                "--from-flags",
                "--api",
                "ala",
                "--url",
                f"{document['url']}/cancelOrder",
                "--ca",
                "seller/ca.pem",
                "--identifier",
                "SPDEV1",
            ),
            *(
                "--certificate",
                "seller/buyer.pem",
                "--private-key",
                "seller/buyer.key",
                "--orders",
                "orders.csv",
                "--name",
                "staging",
            ),
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The target can be tested." in done.stdout
    written = targetfile.load(tmp_path / "mine.toml")
    assert (written.url, written.name) == (document["url"], "staging")
    assert [order.seller for order in written.orders.listed] == [
        order["seller"] for order in document["orders"]["in_flight"][:6]
    ]
    assert (tmp_path / "mine.toml").read_text().startswith("#:schema file://")
    assert (tmp_path / "mine.toml").stat().st_mode & 0o077 == 0


def test_questions_make_the_same_file(tmp_path: Path) -> None:
    answers = "opensrs\nhttps://127.0.0.1:55443/\nhorizon\n\nreseller1\n\n578\n579\npending 580\n\n"
    done = asked(tmp_path, answers, "--no-doctor")
    assert done.returncode in {0, 4}, done.stdout + done.stderr
    document = tomllib.loads((tmp_path / "mine.toml").read_text())
    assert document["buyer"] == {"username": "reseller1", "api_key": {"env": "OPENSRS_KEY"}}
    assert document["orders"] == {"pending": ["578", "579", "580"]}


def test_an_api_that_is_none_is_asked_for_once_more_before_anything_else(tmp_path: Path) -> None:
    answers = "opensr\nfax\nopensrs\nhttps://127.0.0.1:55443/\nhorizon\n\nreseller1\n\n578\n\n"
    done = asked(tmp_path, answers, "--no-doctor")
    assert "there is no API 'opensr'; did you mean opensrs?" in done.stdout.replace("'opensrs'", "opensrs")
    assert "there is no API 'fax'; it is one of these" in done.stdout
    assert done.stdout.index("Which API") < done.stdout.index("'fax'") < done.stdout.index("The seller's address")
    assert tomllib.loads((tmp_path / "mine.toml").read_text())["api"] == "opensrs"


def test_what_cannot_be_used_is_asked_for_once_more_at_once(tmp_path: Path) -> None:
    wrong = {
        "http://127.0.0.1": "nothing is sent without TLS: an address with https:// was expected, not 'http://127.0.0.1'",
        "127.0.0.1:55443": "an address begins with https://, and '127.0.0.1:55443' does not",
        "https://[": "names no host, or a port that is none: 'https://['",
        "https://127.0.0.1:x": "names no host, or a port that is none: 'https://127.0.0.1:x'",
        "https://exa mple": "holds a blank, which is written %20 if it belongs there: 'https://exa mple'",
        "staging": "an address begins with https://, and 'staging' does not",
        "ftp://staging": "an address was expected, as in https://host:port, not 'ftp://staging'",
        "": "an address was expected, as in https://host:port",
    }
    answers = [
        "opensrs",
        *wrong,
        "https://127.0.0.1:55443/",
        "horizon",
        "",
        "",
        "reseller1",
        "7a11c0ffee",
        "",
        "578",
        "",
    ]
    done = asked(tmp_path, "\n".join([*answers, ""]), "--no-doctor")
    assert done.returncode in {0, 4}, done.stdout + done.stderr
    for words in wrong.values():
        assert f"The seller's address, as in https://staging.example: {words}\n" in done.stdout
    assert "say where it is, and not what it is: env:NAME, file:PATH or command:WORDS\nWhere the key is" in done.stdout
    assert "Our user name (X-Username): the file cannot do without it\nOur user name" in done.stdout
    assert "7a11c0ffee" not in done.stdout
    assert tomllib.loads((tmp_path / "mine.toml").read_text())["buyer"]["api_key"] == {"env": "OPENSRS_KEY"}


def test_a_flag_that_cannot_be_used_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    wrong = {
        ("--url", "https://["): "--url: names no host",
        ("--url", "http://127.0.0.1"): "--url: nothing is sent without TLS",
        ("--url", "https://exa mple"): "--url: holds a blank",
        ("--url", "https://gw:Word-1@seller:x"): "a port that is none: 'https://seller:x'",
        ("--api-key", "7a11c0ffee"): "say where it is",
    }
    for flags, words in wrong.items():
        done = asked(tmp_path, "", *flags)
        assert (done.returncode, done.stdout) == (4, "")
        assert words in done.stderr


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    done = asked(tmp_path, "", "--from-flags", "--api", "ala", "--url", "https://127.0.0.1:1")
    assert (done.returncode, "say --overwrite, or --out with another name" in done.stderr) == (4, True)
    assert (tmp_path / "mine.toml").read_text() == "mine"


def test_a_target_file_is_written_anew_on_request_and_what_a_link_leads_to_is_left(tmp_path: Path) -> None:
    (tmp_path / "theirs.toml").write_text("theirs")
    (tmp_path / "mine.toml").symlink_to("theirs.toml")
    flags = ("--from-flags", "--overwrite", "--no-doctor", "--api", "ala", "--url", "https://127.0.0.1:1")
    assert "mine.toml: written" in asked(tmp_path, "", *flags).stdout
    assert 'api = "ala"' in (tmp_path / "mine.toml").read_text()
    assert (tmp_path / "theirs.toml").read_text() == "theirs"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_on_a_full_disk_what_stood_there_stays_and_no_part_of_a_file_is_left(tmp_path: Path) -> None:
    """A limit on the size of files does the same to one process."""
    (tmp_path / "mine.toml").write_text("mine")
    (tmp_path / "orders.txt").write_text("".join(f"{number}\n" for number in range(100_000, 110_000)))
    flags = ("init", "--from-flags", "--api", "opensrs", "--url", "https://127.0.0.1:1", "--orders", "orders.txt")
    for more in (("--overwrite",), ("--out", "new.toml")):
        done = subprocess.run(
            [sys.executable, "-m", "countermand", *flags, "--username", "a", "--no-doctor", *more],
            cwd=tmp_path,
            env={**environment(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},  # of which a part would be left
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY)),
        )
        assert (done.returncode, "cannot be written: File too large" in done.stderr) == (4, True), done.stderr
    assert (tmp_path / "mine.toml").read_text() == "mine"
    assert {path.name for path in tmp_path.glob("*.*")} == {"mine.toml", "orders.txt"}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "--api is missing: one of ala, opensrs"),
        (("--api", "ala"), "--url is missing: an address"),
        (("--api", "ala", "--url", "http://127.0.0.1"), "--url: nothing is sent without TLS: an address with https://"),
        (
            ("--api", "opensrs", "--url", "https://127.0.0.1:1", "--api-key", "deadbeef"),
            "say where it is, and not what it is",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_told(flags: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = asked(tmp_path, "", "--from-flags", *flags)
    assert (done.returncode, said in done.stderr) == (4, True), done.stderr
    assert not (tmp_path / "mine.toml").exists()


def test_where_nobody_answers_the_command_ends(tmp_path: Path) -> None:
    done = asked(tmp_path, "ala\n")
    assert (done.returncode, "nobody answers: say --from-flags" in done.stderr) == (4, True)


LISTS = {
    "S-1;B-1\nS-2,B-2\n": "",
    "S-1,B-1\n\nS-2\n": "--orders o.txt: line 3: seller's reference and buyer's reference of an order were expected",
    "S-1,B-1,Complted\n": "--orders o.txt: line 1: 'Complted' is no state of ala; did you mean 'completed'?",
    "S-1,B-1\nS-2,B-2,issued\n": "line 2: 'issued' is no state of ala, and a line is about one order; there are",
    'S-1,B-1,"do not touch"\n': "--orders o.txt: line 1: 'do not touch' is no state of ala",
    "S-1,B-1,S-2,B-2\n": "--orders o.txt: line 1: 'S-2' is no state of ala, and a line is about one order",
    "sep=;\nS-1;B-1\nS-2;B-2\n": "",
    "seller,buyer\nS-1,B-1\nS-1,B-2\n": "--orders o.txt: line 3: 'S-1' is in line 2 as well",
    "# ours\nS-1,B-1\n  # S-3,B-3\n#S-4,B-4\nS-2,B-2\n": "",
    "S-1,B-1 # ours\n": "--orders o.txt: line 1: holds a comment beside its order; a comment stands on a line of",
    "S-1,B-1,# completed\n": "--orders o.txt: line 1: holds a comment beside its order; a comment stands on a line of",
    "S-1,B-1\n;S-2;B-2\n": "--orders o.txt: line 2: begins with ;, and not with an order; a comment stands on a line",
    "S-1,B-1\n//S-2,B-2\n": "--orders o.txt: line 2: begins with //, and not with an order; a comment stands on",
    "S-1,B-1\n;;\nS-2,B-2\n": "",
    "5.78E+14,B-1\n": "--orders o.txt: line 1: '5.78E+14' is a number that a spreadsheet has shortened, and its last",
    "seller,buyer\nS-\uff11,B-1\n": "o.txt: line 2: 'S-\uff11' is written in other letters or digits than 'S-1'",
}


@pytest.mark.parametrize("text", LISTS)
def test_a_list_of_orders_is_looked_at_before_anything_is_written(text: str, tmp_path: Path) -> None:
    (tmp_path / "o.txt").write_text(text)
    about = (
        "--from-flags",
        "--api",
        "ala",
        "--url",
        "https://127.0.0.1",
        "--identifier",
        "A",
        "--certificate",
        "a.pem",
    )
    done = countermand("init", *about, "--orders", "o.txt", "--no-doctor", cwd=tmp_path)
    assert LISTS[text] in done.stderr
    assert (tmp_path / "mine.toml").exists() is (LISTS[text] == "")
    if not LISTS[text]:
        orders = tomllib.loads((tmp_path / "mine.toml").read_text())["orders"]["in_flight"]
        assert orders == [{"seller": "S-1", "buyer": "B-1"}, {"seller": "S-2", "buyer": "B-2"}]


def test_a_list_says_what_of_it_is_no_order(tmp_path: Path) -> None:
    about = ("init", "--from-flags", "--api", "opensrs", "--url", "https://127.0.0.1", "--username", "a")
    (tmp_path / "o.txt").write_text("\ufeff# ours\r\n#577\r\n578\r\n")
    (tmp_path / "none.txt").write_text("#577\n")
    done = countermand(*about, "--orders", "o.txt", "--no-doctor", cwd=tmp_path)
    assert "--orders o.txt: 1 order, and 2 lines with a comment passed over" in done.stdout
    assert tomllib.loads((tmp_path / "mine.toml").read_text())["orders"] == {"pending": ["578"]}
    done = countermand(*about, "--orders", "none.txt", "--no-doctor", "--overwrite", cwd=tmp_path)
    assert "--orders none.txt: no orders, and 1 line with a comment passed over" in done.stdout


@pytest.mark.parametrize("line", ["578,active", "578,579,580", "578 579", "578,active,pending"])
def test_what_a_line_names_besides_an_order_and_its_state_is_not_dropped(line: str, tmp_path: Path) -> None:
    about = ("init", "--from-flags", "--api", "opensrs", "--url", "https://127.0.0.1", "--username", "a")
    (tmp_path / "o.txt").write_text(f"577\n{line}\n")
    done = countermand(*about, "--orders", "o.txt", "--no-doctor", cwd=tmp_path)
    assert (done.returncode, (tmp_path / "mine.toml").exists()) == (4, False)
    assert "--orders o.txt: line 2: " in done.stderr
    assert "is no state of opensrs, and a line is about one order; there are pending, in-progress, " in done.stderr


def test_what_a_line_of_the_answers_names_besides_is_not_dropped_either(tmp_path: Path) -> None:
    about = ("init", "--api", "opensrs", "--url", "https://127.0.0.1", "--username", "a", "--api-key", "env:KEY")
    (tmp_path / "o.txt").write_text("order_id\n578,issued\n")
    done = asked(tmp_path, "o.txt\n\n", *about[1:], "--name", "staging", "--ca", "a.pem")
    assert (done.returncode, "line 2: 'issued' is no state of opensrs" in done.stderr) == (4, True), done.stderr


def test_a_mistake_in_the_orders_loses_no_other_answer(tmp_path: Path) -> None:
    answers = "opensrs\nhttps://127.0.0.1:55443/\nhorizon\n\nreseller1\n\n577\n578,issued\n\n577\n578\n\n"
    done = asked(tmp_path, answers, "--no-doctor")
    assert "line 2 of the orders: 'issued' is no state of opensrs" in done.stdout
    assert "--orders" not in done.stdout + done.stderr
    assert tomllib.loads((tmp_path / "mine.toml").read_text())["orders"]["pending"] == ["577", "578"]


def test_a_mistake_in_the_orders_that_nobody_mends_writes_nothing(tmp_path: Path) -> None:
    done = asked(tmp_path, "opensrs\nhttps://127.0.0.1:55443/\nhorizon\n\nreseller1\n\n578,issued\n", "--no-doctor")
    assert (done.returncode, "line 1 of the orders: 'issued'" in done.stderr) == (4, True), done.stderr
    assert not (tmp_path / "mine.toml").exists()


def test_a_file_that_is_not_there_is_asked_for_again_and_may_be_yet_to_come(tmp_path: Path) -> None:
    (tmp_path / "there.pem").write_text("")
    files = ["ther.pem", "there.pem", "yet.pem", "yet.pem", "there.pem"]  # authority, certificate, its key
    answers = ["ala", "https://127.0.0.1:55443/", "carillon", *files, "", "A", "", ""]
    done = asked(tmp_path, "\n".join([*answers, "", ""]), "--no-doctor")
    assert "ther.pem: no such file; did you mean 'there.pem'?; if it is yet to come, say it once more" in done.stdout
    written = tomllib.loads((tmp_path / "mine.toml").read_text())
    assert written["trust"] == {"ca": "there.pem"}
    assert {key: written["buyer"][key] for key in ("certificate", "private_key")} == {
        "certificate": "yet.pem",
        "private_key": "there.pem",
    }


def test_what_is_of_another_api_is_refused_and_states_are_read_as_they_are_written(tmp_path: Path) -> None:
    about = ("init", "--from-flags", "--api", "opensrs", "--url", "https://127.0.0.1", "--username", "a")
    (tmp_path / "o.txt").write_text("578,Declined\nin_progress 579\n")
    done = countermand(*about, "--out", "states.toml", "--orders", "o.txt", "--no-doctor", cwd=tmp_path)
    written = tomllib.loads((tmp_path / "states.toml").read_text())["orders"]
    assert (written["declined"], written["in-progress"]) == (["578"], ["579"]), done.stderr
    for flag in ("--identifier", "--seller", "--reseller"):
        done = countermand(*about, flag, "X", cwd=tmp_path)
        assert (done.returncode, f"{flag}: is not for opensrs" in done.stderr) == (4, True), done.stderr
    both = ("--api", "ala", "--url", "https://127.0.0.1", "--certificate", "a.pem", "--pkcs12", "a.p12")
    assert "--pkcs12: that file holds" in countermand("init", "--from-flags", *both, cwd=tmp_path).stderr
    assert not (tmp_path / "mine.toml").exists()
