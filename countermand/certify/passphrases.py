"""Where the passphrase of a key comes from: whatever a command was told to take it from."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path

from countermand.certify import keys
from countermand.certify.keys import KeyFileError

#: Fewer letters lock nothing.
SHORTEST = 8
WAYS = "env:NAME, a variable that holds it, or prompt, to be asked for it"


def read(source: str | None, *, fresh: bool = False) -> bytes | None:
    """Return the passphrase that a source gives, none without a source.

    A fresh one is held to a length and asked twice.
    """
    if source is None:
        return None
    words = _asked(fresh=fresh) if source == "prompt" else _variable(source)
    if fresh and len(words) < SHORTEST:
        raise KeyFileError(f"the passphrase has fewer than {SHORTEST} characters")
    return words.encode("utf-8", "surrogateescape")


def opening(key: Path, source: str | None) -> bytes | None:
    """Return what opens a key.

    It is what the source gives; without one, whoever sits before a terminal is asked for that of a locked key.
    """
    return read(source or ("prompt" if sys.stdin.isatty() and keys.is_locked(key) else None))


def _variable(source: str) -> str:
    way, _, name = source.partition(":")
    if way != "env" or not name:
        raise KeyFileError(f"a passphrase comes from {WAYS}; it never stands on a command line")
    if not os.environ.get(name):
        empty = "empty" if name in os.environ else "not set"
        raise KeyFileError(f"the variable {name}, which is to hold the passphrase, is {empty}")
    return os.environ[name]


def _asked(*, fresh: bool) -> str:
    if not sys.stdin.isatty():
        raise KeyFileError("nobody is there to be asked for the passphrase: say env:NAME")
    words = getpass.getpass("Passphrase of the signing key: ")
    if fresh and words != getpass.getpass("Once more: "):
        raise KeyFileError("the two passphrases differ: no key was made")
    if not words:
        raise KeyFileError("no passphrase was given")
    return words
