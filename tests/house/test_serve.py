"""The tester's rehearsal: an embedded seller that overwrites nothing, says what it does, and can be started again."""

from __future__ import annotations

import json
import re
import shlex
import socket
import ssl
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running import countermand, environment, run

from countermand.model.apis import APIS
from countermand.provider import deviants


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[list[str]]:
    """Serve, and give the lines it has said so far; more come as it goes on."""
    command = [sys.executable, "-u", "-m", "countermand", "serve", *arguments]
    lines: list[str] = []
    with (folder / "said").open("w+") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdout=said, stderr=subprocess.STDOUT, text=True
        )
        try:
            deadline = time.monotonic() + 300
            while (
                "try: " not in (folder / "said").read_text() and process.poll() is None and time.monotonic() < deadline
            ):
                time.sleep(0.05)
            lines[:] = (folder / "said").read_text().splitlines()
            yield lines
        finally:
            process.terminate()
            process.wait(20)
            lines[:] = (folder / "said").read_text().splitlines()


def test_it_overwrites_nothing_it_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    refused = countermand("serve", "--api", "ala", "--target-out", "mine.toml", cwd=tmp_path)
    assert (refused.returncode, "was not written by countermand serve" in refused.stderr) == (4, True)
    assert (tmp_path / "mine.toml").read_text() == "mine"
    (tmp_path / "other.d").mkdir()
    (tmp_path / "other.d" / "ca.pem").write_text("somebody's")
    refused = countermand("serve", "--api", "ala", "--target-out", "other.toml", cwd=tmp_path)
    assert (refused.returncode, "holds files of somebody else" in refused.stderr) == (4, True)
    assert (tmp_path / "other.d" / "ca.pem").read_text() == "somebody's"


def test_it_writes_nothing_to_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("# Written by countermand serve\nmine")  # as a stranger may have it begin
    (tmp_path / "away").mkdir()
    (tmp_path / "linked.toml").symlink_to("theirs")
    (tmp_path / "new.toml").symlink_to("absent")
    (tmp_path / "other.d").symlink_to("away")
    for name, where in (("linked.toml", "linked.toml"), ("new.toml", "new.toml"), ("other.toml", "other.d")):
        refused = countermand("serve", "--api", "ala", "--target-out", name, "--overwrite", cwd=tmp_path)
        assert (refused.returncode, f"{where}: " in refused.stderr, "it is a link" in refused.stderr) == (4, True, True)
    assert (tmp_path / "theirs").read_text().endswith("mine")
    assert not [*(tmp_path / "away").iterdir(), *tmp_path.glob("absent")]


def test_the_line_to_try_works_in_a_folder_with_blanks(tmp_path: Path) -> None:
    (tmp_path / "my tests").mkdir()
    with serving(tmp_path / "my tests", "--api", "ala", "--target-out", "one.toml", "--quiet") as said:
        words = shlex.split(said[3].removeprefix("try: "))
        assert Path(words[words.index("--cert") + 1]).is_file()
        assert words[words.index("--data") + 1] == "<x/>"


def test_a_target_file_that_was_edited_is_written_over_only_on_request(tmp_path: Path) -> None:
    asked = ("--api", "ala", "--target-out", "one.toml", "--quiet")
    with serving(tmp_path, *asked), serving(tmp_path, *asked) as again:
        assert again[0].startswith("ala at ")  # what it wrote itself it writes again
    path = tmp_path / "one.toml"
    edited = path.read_text().replace("hostile = true", "hostile = false")
    assert edited != path.read_text()
    path.write_text(edited)
    refused = countermand("serve", *asked, cwd=tmp_path)
    assert (refused.returncode, "was edited since" in refused.stderr, "--overwrite" in refused.stderr) == (
        4,
        True,
        True,
    )
    assert path.read_text() == edited
    with serving(tmp_path, *asked, "--overwrite"):
        assert "hostile = true" in path.read_text()


#: Ends the seller by itself at one line after another of those by which it waits, and once more from outside.
ENDED = """
import os, signal, sys, threading
from countermand.commands import serve

def trace(frame, event, arg):
    global seen
    seen += 1
    if seen == nth:
        os.kill(os.getpid(), signal.SIGTERM)
    return trace

for nth in range(1, 20):
    seen, enough = 0, serve._enough()
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    sys.settrace(trace)
    enough.get()
    sys.settrace(None)
"""


def test_it_ends_at_whatever_moment_it_is_told_to(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", ENDED], cwd=tmp_path, env=environment(tmp_path), check=True, timeout=600)


def test_two_sellers_share_a_folder_and_a_client_reaches_both(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("somebody's")
    with (
        serving(tmp_path, "--api", "ala", "--target-out", "one.toml"),
        serving(tmp_path, "--api", "ala", "--target-out", "two.toml"),
    ):
        for name in ("one.toml", "two.toml"):
            assert countermand("doctor", "--target", name, cwd=tmp_path).returncode == 0
    assert (tmp_path / "ca.pem").read_text() == "somebody's"


def test_it_says_what_is_on_and_one_line_per_request(tmp_path: Path) -> None:
    with serving(tmp_path, "--api", "ala", "--target-out", "one.toml", "--deviant", "Careless") as lines:
        assert re.fullmatch(r"ala at https://127\.0\.0\.1:\d+/cancelOrder", lines[0])
        assert lines[1] == "deviants: Careless"
        curl = lines[3].removeprefix("try: ")
        answered = subprocess.run(["sh", "-c", curl], capture_output=True, text=True, check=False).stdout
        assert "faultcode" in answered
        stranger = re.sub(r"--cert \S+ --key \S+", "", curl)
        subprocess.run(["sh", "-c", stranger], capture_output=True, check=False)
        port = int(lines[0].partition("127.0.0.1:")[2].partition("/")[0])
        # Not by curl: newer ones end such a connection without an alert.
        with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")
    said = "\n".join(lines[4:])
    assert "POST /cancelOrder by SPDEV1 -> 400: The message is not a cancellation. (its element is x" in said
    assert "POST /cancelOrder by a stranger -> 401: A client certificate is required." in said
    assert re.search(r"no request: .*unknown ca", said)


def test_a_fault_is_switched_on_and_off_under_one_target_file(tmp_path: Path) -> None:
    kept = ("--api", "ala", "--keep", "sandbox", "--target-out", "mine.toml", "--quiet")
    with serving(tmp_path, *kept, "--deviant", "Careless"):
        before = tomllib.loads((tmp_path / "mine.toml").read_text())
        assert run(tmp_path, "--target", "mine.toml", "-m", "ALA-REQ-07").code == 1
    with serving(tmp_path, *kept):
        after = tomllib.loads((tmp_path / "mine.toml").read_text())
        assert (after["url"], after["buyer"]) == (before["url"], before["buyer"])
        assert len(after["orders"]["in_flight"]) < len(before["orders"]["in_flight"])
        assert run(tmp_path, "--target", "mine.toml", "-m", "ALA-REQ-07").code in {0, 10}
    assert (tmp_path / "sandbox" / "state.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_what_keeps_it_from_serving_is_said_in_a_sentence_with_what_to_do(api: str, tmp_path: Path) -> None:
    def refused(*words: str) -> str:
        done = countermand("serve", "--api", api, *words, cwd=tmp_path)
        assert done.returncode == 4, done.stdout + done.stderr
        assert not re.search(r"Errno|Error\b|Traceback|\[SSL", done.stderr), done.stderr
        return done.stderr

    for wrong in ("65536", "-1", "many"):
        assert "a port from 0 to 65535 was expected" in refused(f"--port={wrong}")
    with serving(tmp_path, "--api", api, "--keep", "kept") as lines:
        port = re.findall(r"127\.0\.0\.1:(\d+)", lines[0])[0]
        assert f"port {port} of 127.0.0.1 is taken by somebody else" in refused("--port", port)
        assert "another with --port, or none for any that is free" in refused("--port", port)
    (tmp_path / "second").mkdir()
    for path in (tmp_path / "kept").iterdir():
        (tmp_path / "second" / path.name).write_bytes(path.read_bytes())
    with serving(tmp_path, "--api", api, "--keep", "second"):
        assert "another with --port, or --port 0 for any that is free" in refused("--keep", "kept")
    other = next(name for name in APIS if name != api)
    with serving(tmp_path, "--api", other, "--keep", "theirs"):
        assert f"theirs: keeps a seller of {other}: name another folder with --keep" in refused("--keep", "theirs")
    assert f"theirs: keeps a seller of {other}: name another folder with --keep" in refused("--keep", "theirs")
    word = deviants.slug(next(iter(deviants.deviants(other).values())))
    assert f"{word!r} is a deviant of {other}, and {api} is served: say --api {other}" in refused("--deviant", word)
    (tmp_path / "file").write_text("mine")
    assert "is a file, and a folder was expected" in refused("--keep", "file")
    assert "cannot be written" in refused("--target-out", "file/mine.toml")
    state = (tmp_path / "kept" / "state.json").read_text()
    for broken in ("{", "{}", '{"port": "x", "seller": {}}', f'{{"port": {port}, "seller": {{}}}}', "[]"):
        (tmp_path / "kept" / "state.json").write_text(broken)
        assert f"does not hold what a seller of {api} remembers" in refused("--keep", "kept")
    (tmp_path / "kept" / "state.json").write_text(state)
    for name, words in (
        ("server.key", "no certificate and its key"),
        ("buyer.pem", "no certificate and its key"),
        ("ca.pem", "authority"),
    ):
        whole = (tmp_path / "kept" / name).read_text()
        (tmp_path / "kept" / name).write_text(whole[:100])
        assert words in refused("--keep", "kept")
        (tmp_path / "kept" / name).write_text(whole)
    (tmp_path / "kept" / "ca.pem").unlink()
    with serving(tmp_path, "--api", api, "--keep", "kept") as lines:  # as it was told: all are made anew
        assert lines[0].startswith(f"{api} at ")


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_what_a_seller_remembers_is_all_it_needs(api: str) -> None:
    from countermand.provider import embedded  # noqa: PLC0415 - both sellers, for this test alone

    seller, other = embedded.SELLERS[api](), embedded.SELLERS[api]()
    memory = json.loads(json.dumps(seller.memory()))  # type: ignore[attr-defined]
    other.recall(memory)  # type: ignore[attr-defined]
    assert other.memory() == seller.memory()  # type: ignore[attr-defined]
    assert other.target() == seller.target()


def test_deviants_work_together_or_are_refused() -> None:
    known = deviants.deviants("ala")
    both = deviants.combined([known["Careless"], known["Open"]])
    assert issubclass(both, known["Careless"])
    assert issubclass(both, known["Open"])
    alike = [deviant for deviant in known.values() if "check_caller" in vars(deviant)][:2]
    said = f"{deviants.slug(alike[1])} and {deviants.slug(alike[0])}|{' and '.join(map(deviants.slug, alike))}"
    with pytest.raises(ValueError, match=f"^({said}) both change check_"):
        deviants.combined(alike)


def test_deviants_are_listed_of_both_apis_by_clause(tmp_path: Path) -> None:
    rows = json.loads(countermand("serve", "--list-deviants", "--json", cwd=tmp_path).stdout)["deviants"]
    assert {row["api"] for row in rows} == {"ala", "opensrs"}
    assert len(rows) == sum(len(deviants.deviants(api)) for api in ("ala", "opensrs"))
    lines = countermand("serve", "--list-deviants", "--api", "ala", cwd=tmp_path).stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)
