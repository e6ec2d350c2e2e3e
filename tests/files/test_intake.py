"""Files that are none, or hold what nobody expects, end in one sentence and an exit code."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import warm

from countermand import cli
from countermand.guard import intake
from countermand.records import inputs
from countermand.targetfile import TargetError, load

TARGET = """
name = "staging"
api = "opensrs"
url = "https://127.0.0.1:9"
[buyer]
username = "countermand"
api_key = "0123456789abcdef"
[trust]
ca = "ca.pem"
[orders]
pending = ["1001"]
"""
DEEP = 20_000

#: How each command is given a file that somebody names.
COMMANDS: dict[str, Callable[[str], list[str]]] = {
    "run --target": lambda path: ["run", "--target", path],
    "run --replay": lambda path: ["run", "--replay", path, "--reports", "again"],
    "night --history": lambda path: ["night", "absent", "--history", path],
    "ticket": lambda path: ["ticket", path],
    "run --baseline": lambda path: ["run", "--api", "ala", "-m", "ALA-CAN-01", "--no-page", "--baseline", path],
    "doctor": lambda path: ["doctor", "--target", path],
    "orders": lambda path: ["orders", "--target", path],
    "orders --ledger": lambda path: ["orders", "--target", "good.toml", "--ledger", path],
    "verify": lambda path: ["verify", path, "--key", "public.pem"],
    "verify --key": lambda path: ["verify", "ca.pem", "--key", path],
    "certify --key": lambda path: ["certify", "--key", path],
    "certify --target": lambda path: ["certify", "--key", "private.pem", "--target", path],
    "compare": lambda path: ["compare", path, path],
    "matrix": lambda path: ["matrix", path, "--out", "page.html"],
    "baseline": lambda path: ["baseline", path, "reports-of-none"],
    "baseline --update": lambda path: ["baseline", "--update", "known.toml", path],
    "report": lambda path: ["report", path],
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COUNTERMAND_LEDGER", str(tmp_path / "ledger"))
    (tmp_path / "ca.pem").write_text("none")
    (tmp_path / "good.toml").write_text(TARGET)
    assert cli.main(["keygen", "--out", "pair"]) == 0
    (tmp_path / "pair.pem").rename("private.pem")
    (tmp_path / "pair.public.pem").rename("public.pem")
    capsys.readouterr()
    return tmp_path


def _folder(here: Path) -> str:
    (here / "folder").mkdir()
    return "folder"


def _pipe(here: Path) -> str:
    os.mkfifo(here / "pipe")
    return "pipe"


def _door(here: Path) -> str:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("door")
    listener.close()
    return "door"


def _written(text: str | bytes) -> Callable[[Path], str]:
    def write(here: Path) -> str:
        (here / "written").write_bytes(text.encode() if isinstance(text, str) else text)
        return "written"

    return write


NOT_THERE: dict[str, Callable[[Path], str]] = {
    "nothing": lambda _: "nothing.toml",
    "a folder": _folder,
    "a pipe": _pipe,
    "a door": _door,
    "a device": lambda _: "/dev/zero",
    "a long name": lambda _: "x" * 5000,
    "a long path": lambda _: "y/" * 3000 + "z",
    "no folder": lambda _: "ca.pem/inside",
    "no text": _written(b"\xff\xfe\x00\xd8" * 9),
    "NUL": _written(b"\0" * 100),
    "empty": _written(""),
    "deep TOML": _written(f"a = {'[' * DEEP}{']' * DEEP}"),
    "deep keys": _written(f"{'a.' * (DEEP // 5)}a = 1"),  # the reader of TOML takes the square of them
    "deep JSON": _written("[" * DEEP + "]" * DEEP),
    "a large number": _written(f"name = {'9' * 5000}"),
    "a large number of JSON": _written('{"version": ' + "9" * 5000 + "}"),
}


#: pytest's own processes, which say their errors themselves; they take seconds each.
SLOW = {"run --replay", "run --baseline"}
TELLING = ("a folder", "a pipe", "a device", "a long path", "deep TOML", "deep JSON")


@pytest.mark.parametrize(
    ("command", "kind"),
    [(command, kind) for command in COMMANDS for kind in (TELLING if command in SLOW else NOT_THERE)],
)
def test_what_is_no_file_is_one_sentence(
    command: str, kind: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = NOT_THERE[kind](here)
    if command in SLOW:
        done = warm.done([*warm.COMMAND, *COMMANDS[command](named)])
        code, out, err = done.returncode, done.stdout, done.stderr
    else:
        code = cli.main(COMMANDS[command](named))
        out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert "INTERNALERROR" not in out + err
    harmless = {
        ("orders --ledger", "no folder"),
        ("orders --ledger", "nothing"),
        ("orders --ledger", "empty"),
        ("matrix", "a folder"),
    }
    if (command, kind) in harmless:
        return
    assert code in {4, 10, 13, 14}, out + err
    said = (out if command == "doctor" else err).strip()
    assert said
    assert max(map(len, said.splitlines())) < 1000


TABLES = {
    "a NUL in a path": (TARGET.replace("ca.pem", "ca\\u0000.pem"), "trust.ca: "),
    "a long path": (TARGET.replace("ca.pem", "x" * 5000), "trust.ca: "),
    "no home": (TARGET.replace("ca.pem", "~nobody-of-that-name/ca.pem"), "nobody here has that home"),
    "a folder": (
        TARGET.replace('"ca.pem"', '"."'),
        "trust.ca: .: cannot be read: is a folder, where a file was expected",
    ),
    "a pipe": (
        TARGET.replace("ca.pem", "pipe"),
        "trust.ca: pipe: cannot be read: is a pipe, where a file was expected",
    ),
    "a device": (
        TARGET.replace("ca.pem", "/dev/zero"),
        "trust.ca: /dev/zero: cannot be read: is a device, where a file was expected",
    ),
    "a NUL in a command": (TARGET.replace('"0123456789abcdef"', '{ command = ["a\\u0000b"] }'), "buyer.api_key: "),
    "a NUL in a variable": (TARGET.replace('"0123456789abcdef"', '{ env = "a\\u0000b" }'), "buyer.api_key: "),
    "infinite": (TARGET + "[limits]\nconnect = inf\n", "limits.connect: is inf: a number was expected"),
    "no number": (TARGET + "[limits]\ntotal = nan\n", "limits.total: is nan: a number was expected"),
    "less than nothing": (TARGET + "[limits]\ntotal = -inf\n", "limits.total: is -inf: a number was expected"),
    "too large to be told": (TARGET + "[safety]\nrate = 1e400\n", "safety.rate: is inf: a number was expected"),
    "for ever": (TARGET + "[limits]\ntotal = 1e12\n", "limits.total: "),
    "everything": (TARGET + "[limits]\nsize = 9223372036854775808\n", "limits.size: "),
    "all orders": (TARGET + "[safety]\ncancellations = 100000000000000000000000000\n", "safety.cancellations: "),
    "never": (TARGET + "[safety]\nrate = 1e-300\n", "safety.rate: "),
    "never dead": (TARGET + "[limits]\ndead = 99999999999\n", "limits.dead: "),
    "a number nobody can read": (
        TARGET + f"[limits]\ndead = {'9' * 5000}\n",
        "target.toml:13: limits.dead: a number has too many digits",
    ),
    "a hexadecimal one": (TARGET + f"[limits]\ndead = 0x{'f' * 5000}\n", "limits.dead: a number has too many digits"),
    "deep": (TARGET + f"x = {'[' * DEEP}", "is nested too deeply"),
    "deep keys": (TARGET + f"[{'a.' * (DEEP // 5)}a]\nx = 1", "target.toml:12: is nested too deeply"),
    "a deep list of orders": (
        TARGET.replace('["1001"]', f"[{'{seller=' * 5000}"),
        "target.toml:11: orders.pending: is nested too deeply",
    ),
    "a deep file of orders": (TARGET + 'file = "deep.json"', "cannot be read: it is nested too deeply"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_what_no_target_file_can_say_is_refused_by_name(kind: str, here: Path) -> None:
    text, words = TABLES[kind]
    os.mkfifo(here / "pipe")
    (here / "deep.json").write_text("[" * DEEP)
    (here / "target.toml").write_text(text)
    with pytest.raises(TargetError) as caught:
        load(here / "target.toml")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 12_000
    load(here / "good.toml")  # and without it, nothing is wrong


def test_a_home_that_is_not_there_is_one_sentence(here: Path) -> None:
    script = """
import os, sys
from countermand.cli import main
main(["orders", "--target", "good.toml", "--ledger", "elsewhere"])  # imports what a stranger may not read
os.setuid(54321)
sys.exit(main(["orders", "--target", "good.toml"]))
"""
    bare = {
        name: value
        for name, value in os.environ.items()
        if name not in {"HOME", "COUNTERMAND_LEDGER", "XDG_STATE_HOME"}
    }
    if os.geteuid() != 0:
        pytest.skip("needs a user whom nobody knows")
    here.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=bare, cwd=here, check=False
    )
    assert done.stderr == (
        "countermand orders: nobody knows where this user's home is: "
        "name a ledger of orders with --ledger or COUNTERMAND_LEDGER\n"
    )
    assert done.returncode == 4


def test_a_file_larger_than_anybody_writes_is_not_read(here: Path) -> None:
    with (here / "sparse").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(intake.IntakeError, match="has more than 64 MiB"):
        intake.read(here / "sparse")
    assert intake.read(here / "good.toml") == TARGET.encode()


def test_a_pipe_is_read_once_and_remembered(here: Path) -> None:
    os.mkfifo(here / "pipe")
    threading.Thread(target=(here / "pipe").write_text, args=(TARGET,), daemon=True).start()
    first = load(Path("pipe"))
    assert load(Path("pipe")) == first  # nobody writes any more: to read again would be an error
    assert load(here / "pipe").identities == first.identities
    assert first.ca == here / "ca.pem"  # beside whoever stands here: a pipe stands in no folder


def test_a_pipe_whose_writer_takes_its_time_is_waited_for(here: Path) -> None:
    os.mkfifo(here / "slow")

    def write() -> None:
        with (here / "slow").open("w") as pipe:
            for part in (TARGET[:40], TARGET[40:]):
                time.sleep(1)
                pipe.write(part)
                pipe.flush()

    threading.Thread(target=write, daemon=True).start()
    assert load(here / "slow").name == "staging"


def test_a_file_that_changes_is_read_again(here: Path) -> None:
    assert load(here / "good.toml").name == "staging"
    (here / "good.toml").write_text(TARGET.replace("staging", "another"))
    assert load(here / "good.toml").name == "another"


def test_whether_a_name_is_borne_is_said_only_where_somebody_can_tell(here: Path) -> None:
    assert intake.exists(here / "good.toml")
    assert not intake.exists(here / "nothing")
    assert not intake.exists(here / "good.toml" / "below")
    assert not intake.exists(here / "a\0b")
    with pytest.raises(OSError, match="too long"):
        intake.exists(here / ("x" * 5000))


def test_json_that_is_nested_too_deeply_is_a_value_error() -> None:
    for words in ("[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * 101 + "]" * 101):
        with pytest.raises(ValueError, match="nested too deeply"):
            intake.parsed(words)
    within = "[" * 100 + json.dumps("[" * DEEP) + "]" * 100
    assert str(intake.parsed(within)).count("[") == 100 + DEEP  # a string may hold what it likes
    assert intake.parsed(json.dumps({"a": 1})) == {"a": 1}


def test_a_pipe_in_a_folder_of_reports_is_not_waited_for(here: Path) -> None:
    os.mkfifo(here / inputs.FILE)
    assert inputs.target_tables(here) == []


#: How each command is given a file that people write, and may have saved in another encoding.
WRITTEN: dict[str, tuple[str, list[str]]] = {
    "a target file": ("mine.toml", ["doctor", "--target", "mine.toml"]),
    "a baseline": ("known.toml", ["run", "--api", "ala", "--no-page", "--baseline", "known.toml"]),
    "a history": ("nights.jsonl", ["night", ".", "--history", "nights.jsonl", "--expect", "good.toml"]),
    "what a project says": ("countermand.toml", ["run"]),
    "orders in CSV": ("orders.csv", ["doctor", "--target", "csv.toml"]),
    "orders in JSON": ("orders.json", ["doctor", "--target", "json.toml"]),
    "a key": ("key.txt", ["doctor", "--target", "key.toml"]),
    "orders for init": ("list.csv", ["init", "--from-flags", "--api", "opensrs", "--url", "https://127.0.0.1:9",
                                     "--username", "a", "--api-key", "env:KEY", "--orders", "list.csv"]),
}  # fmt: skip


@pytest.mark.parametrize("what", WRITTEN)
@pytest.mark.parametrize(
    ("data", "words"),
    [(b'# Bestellung\n# f\xfcr M\xfcller\n"1"\n', "line 2 is not UTF-8: save it as UTF-8"),
     ('# Bestellung\n"1"\n'.encode("utf-16"), "UTF-16: save it as UTF-8")],
    ids=["Latin-1", "UTF-16"],
)  # fmt: skip
def test_what_is_saved_in_another_encoding_is_said_so(
    data: bytes, words: str, what: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for end in ("csv", "json"):
        text = TARGET.replace('pending = ["1001"]', f'file = "orders.{end}"')
        (here / f"{end}.toml").write_text(text, encoding="utf-8")
    (here / "key.toml").write_text(TARGET.replace('"0123456789abcdef"', '{ file = "key.txt" }'), encoding="utf-8")
    name, command = WRITTEN[what]
    (here / name).write_bytes(data)
    assert cli.main(command) == 4
    heard = capsys.readouterr()
    assert words in heard.out + heard.err
    assert "codec" not in heard.out + heard.err


@pytest.mark.usefixtures("here")
def test_orders_on_standard_input_in_another_encoding_are_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"M\xfcller"), encoding="utf-8"))
    name, command = WRITTEN["orders for init"]
    assert cli.main(["-" if word == name else word for word in command]) == 4
    assert capsys.readouterr().err.endswith("--orders -: cannot be read: it is not UTF-8\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("nonsense", "it is no JSON: expecting value (line 1, column 1, where 'n' stands)"),
        ("[1,\n 2;3]", "it is no JSON: expecting ',' delimiter (line 2, column 3, where ';' stands)"),
        ('{"a": 1', "it is no JSON: expecting ',' delimiter (line 1, column 8, where it ends)"),
        ("", "it is no JSON: expecting value (line 1, column 1, where it ends)"),
        ("9" * 5000, "a number in it has more digits than anybody counts with"),
    ],
)
def test_of_what_is_no_json_it_is_said_where(words: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        intake.parsed(words)
