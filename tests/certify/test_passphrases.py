"""The passphrase of a signing key is asked for on a terminal, never shown, and without one nobody waits for it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import environment

from countermand.certify import keys

ASKED, AGAIN = "Passphrase of the signing key: ", "Once more: "
PATIENCE = 120.0
#: The command, once its standard input is the terminal it is asked on.
ON_A_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from countermand.cli import main
sys.exit(main())
"""


def at_a_terminal(folder: Path, *arguments: str | Path, typed: dict[str, str]) -> tuple[int, str]:
    """Run a command on a terminal of its own, and answer each question once.

    Return its exit code and all that stood on the screen.
    """
    screen, end = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *map(str, arguments)],
        cwd=folder,
        env=environment(folder),
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    shown, until, left = "", time.monotonic() + PATIENCE, dict(typed)
    try:
        while time.monotonic() < until and (read := _read(screen)) is not None:
            shown += read
            for question in [question for question in left if question in shown]:
                os.write(screen, f"{left.pop(question)}\n".encode())
        return child.wait(10), shown
    finally:
        child.kill()
        os.close(screen)


def _read(screen: int) -> str | None:
    """Return what was written to a screen meanwhile, none once nobody writes to it any longer."""
    if not select.select([screen], [], [], 1)[0]:
        return ""
    try:
        return os.read(screen, 4096).decode("utf-8", "replace") or None
    except OSError:  # Linux says so where the other end is closed
        return None


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A private key that a passphrase opens."""
    return keys.make(tmp_path / "signing", "Example Networks Ltd", b"correct horse")[0]


@pytest.mark.parametrize("source", [(), ("--passphrase-from", "prompt")])
def test_whoever_certifies_on_a_terminal_is_asked_and_goes_on(locked: Path, source: tuple[str, ...]) -> None:
    arguments = ("certify", "--api", "ala", "--preview", "--key", str(locked), *source)
    code, shown = at_a_terminal(locked.parent, *arguments, typed={ASKED: "correct horse"})
    assert code == 0, shown
    assert ASKED in shown
    assert "correct horse" not in shown


def test_a_wrong_passphrase_ends_it_before_anything_is_asked_of_the_seller(locked: Path) -> None:
    code, shown = at_a_terminal(locked.parent, "certify", "--api", "ala", "--key", locked, typed={ASKED: "wrong horse"})
    assert code == 4, shown
    assert "the passphrase does not open it" in shown
    assert "wrong horse" not in shown
    assert not (locked.parent / "reports").exists()


def test_an_empty_line_is_no_passphrase(locked: Path) -> None:
    code, shown = at_a_terminal(locked.parent, "certify", "--api", "ala", "--key", locked, typed={ASKED: ""})
    assert (code, "no passphrase was given" in shown) == (4, True), shown


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ((), "is encrypted: say --passphrase-from env:NAME"),
        (("--passphrase-from", "prompt"), "nobody is there to be asked"),
    ],
)
def test_without_a_terminal_nobody_is_waited_for(locked: Path, source: tuple[str, ...], words: str) -> None:
    command = [sys.executable, "-m", "countermand", "certify", "--api", "ala", "--key", str(locked), *source]
    done = subprocess.run(
        command,
        cwd=locked.parent,
        env=environment(locked.parent),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 4
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_key_that_needs_no_passphrase_is_used_without_a_question(tmp_path: Path) -> None:
    bare, _ = keys.make(tmp_path / "bare")
    code, shown = at_a_terminal(tmp_path, "certify", "--api", "ala", "--preview", "--key", bare, typed={})
    assert (code, ASKED in shown) == (0, False), shown


def test_a_fresh_passphrase_is_asked_for_twice_and_the_pair_says_whose_it_is(tmp_path: Path) -> None:
    arguments = ("keygen", "--out", "signing", "--owner", "Example Networks Ltd", "--passphrase", "prompt")
    code, shown = at_a_terminal(tmp_path, *arguments, typed={ASKED: "correct horse", AGAIN: "another horse"})
    assert (code, "differ: no key was made" in shown) == (4, True), shown
    assert not list(tmp_path.glob("*.pem"))
    code, shown = at_a_terminal(tmp_path, *arguments, typed={ASKED: "correct horse", AGAIN: "correct horse"})
    assert code == 0, shown
    assert "belongs to Example Networks Ltd" in shown
    assert "--passphrase-from prompt" in shown
    assert keys.private(tmp_path / "signing.pem", b"correct horse")
