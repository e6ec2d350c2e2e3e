"""Keys stay with us: no folder, no error, no file and no other program has them after a command, or while it runs."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from running import ROOT, countermand, environment, rewritten, served

from countermand import cli, targetfile
from countermand.guard import private
from countermand.identity import strangers
from countermand.model.target import Identity, Target
from countermand.provider import certificates
from countermand.report import untested

ARGUMENT, PASSWORD = "an-argument-that-is-a-secret", "pa55-of-the-gateway"


@contextmanager
def mask(umask: int) -> Iterator[None]:
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def left(folder: Path) -> list[str]:
    """Return what stands in a folder for temporary files.

    These are files, and folders that were forgotten, but for the empty ones pytest keeps.
    """
    paths = [(path, path.relative_to(folder)) for path in folder.rglob("*")]
    return sorted(str(name) for path, name in paths if path.is_file() or not name.parts[0].startswith("pytest-of-"))


COMMANDS = {
    "run": ["run", "--no-page", "-m", "ALA-SEC-01 or ALA-SEC-02 or ALA-SEC-03 or ALA-CAN-01"],
    "run with several processes": ["run", "--no-page", "-n", "2", "-m", "ALA-SEC-01 or ALA-CAN-01"],
    "run that does not begin": ["run", "--no-page", "--baseline", "no-such-file.toml"],
    "dry run": ["run", "--dry-run", "--api", "ala", "-m", "ALA-SEC-01"],
    "prove": ["prove", "Domainless", "--jobs", "1"],
    "prove with strangers": ["prove", "Trusting", "--jobs", "1"],
    "certify": ["certify", "--no-page", "--key", "signing.pem", "--api", "ala", "-m", "ALA-SEC-01"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_leaves_a_key_in_a_temporary_folder(tmp_path: Path, command: str) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    countermand("keygen", cwd=tmp_path, path=ROOT)
    done = countermand(*COMMANDS[command], cwd=tmp_path, path=ROOT, TMPDIR=str(temporary))
    assert "Traceback" not in done.stderr, done.stderr
    assert left(temporary) == [], done.stdout + done.stderr


def test_what_is_left_is_seen_be_it_a_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "countermand-forgotten").mkdir()
    assert left(tmp_path) == ["countermand-forgotten"]


def test_a_seller_that_is_served_leaves_none_either(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "countermand", "serve", "--api", "ala"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path, TMPDIR=str(temporary)), stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline()
    assert any(name.endswith(".key") for name in left(temporary)), "while it is up there are keys: this is what must go"
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    process.stdout.close()
    assert left(temporary) == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_file_with_a_secret_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    (existing := tmp_path / "buyer.key").touch(mode=0o666)
    existing.chmod(0o666)
    with mask(umask):
        with served("opensrs", tmp_path / "seller") as target:
            pass
        made = certificates.make(tmp_path)
        stranger = strangers.certificate(tmp_path, self_signed=True)
        buyer = Identity("buyer", certificate=made.buyer.certificate, private_key=made.buyer.private_key)
        forged = strangers.forged(buyer, tmp_path, self_signed=False)
    for path in (target, made.buyer.private_key, made.server.private_key, stranger, forged):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert b"PRIVATE KEY" in stranger.read_bytes()


def test_a_stranger_is_made_where_the_run_is_and_nowhere_else(tmp_path: Path) -> None:
    target = Target(
        "t", "ala", "https://127.0.0.1:1", tmp_path / "t.toml", {"buyer": Identity("buyer", identifier="A")}
    )
    stranger = strangers.make("stranger with a self-signed certificate", target, tmp_path)
    assert stranger is not None
    assert stranger.certificate is not None
    assert stranger.certificate.parent == tmp_path


@pytest.mark.parametrize("command", ["false", "no-such-command-here"])
def test_the_arguments_of_a_command_that_tells_no_secret_are_not_told(tmp_path: Path, command: str) -> None:
    with served("opensrs", tmp_path / "seller") as target:
        text = target.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("api_key"))
    rewritten(target, (line, f'api_key = {{ command = ["{command}", "--token", "{ARGUMENT}"] }}'))
    with pytest.raises(targetfile.TargetError) as raised:
        targetfile.load(target)
    assert ARGUMENT not in str(raised.value)
    assert f"the command '{command}' failed" in str(raised.value)
    for name in ("run", "doctor"):
        done = countermand(name, "--target", target, cwd=tmp_path, path=ROOT)
        assert ARGUMENT not in done.stdout + done.stderr


@pytest.mark.parametrize("place", ["127.0.0.1:0", "", "[::1", "127.0.0.1:port", "127.0.0.1:1"])
def test_the_password_of_a_url_is_told_by_no_error(tmp_path: Path, place: str) -> None:
    with served("opensrs", tmp_path / "seller") as target:
        text = target.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("url"))
    rewritten(target, (line, f'url = "https://user:{PASSWORD}@{place}"'))
    for name in ("run", "doctor"):
        done = countermand(name, "--target", target, cwd=tmp_path, path=ROOT)
        assert PASSWORD not in done.stdout + done.stderr
    assert private.without_password(f"https://user:{PASSWORD}@host") == "https://user:***@host"


@pytest.mark.parametrize(
    "command", ["targets {0}", "matrix {1} --out page.html --expect {0}", "night {1} --expect {0}"]
)
def test_what_only_lists_targets_runs_no_command_of_theirs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran, run = tmp_path / "ran", tmp_path / "run"
    telling = json.dumps([sys.executable, "-c", f"open({str(ran)!r}, 'w').close(); print('a-secret-of-ours')"])
    Path("staging.toml").write_text(
        'name = "staging"\napi = "opensrs"\nurl = "https://127.0.0.1:9"\n[buyer]\nusername = "buyer"\n'
        f"api_key = {{ command = {telling} }}\n[headers]\nX-Key = {{ command = {telling} }}\n"
    )
    untested.leave(run, [], "it ended early")
    cli.main(command.format("staging.toml", run).split())
    assert not ran.exists()
    assert targetfile.load(Path("staging.toml")).secrets
    assert ran.exists()
