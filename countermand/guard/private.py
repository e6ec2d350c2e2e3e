"""What must stay with us.

On one side keys, passwords and the environment, on the other files, errors and processes of others.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from countermand.guard import placing

#: Of the environment, what a program of others needs:
#: where things are and how the network is reached, and npm's own settings.
NEEDED = re.compile(
    r"PATH|HOME|USER|USERPROFILE|LOGNAME|SHELL|TERM|TZ|LANG|LANGUAGE|LC_\w+|TMPDIR|TEMP|TMP|XDG_\w+|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC"
    r"|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES.*|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|(HTTPS?|NO|ALL)_PROXY"
    r"|NPM_CONFIG_.+",
    re.IGNORECASE,
)
#: A password before a host, as somebody might write it in a URL.
PASSWORD = re.compile(r"(://[^\s/@:'\"<>]{0,200}:)[^\s'\"<>]{0,400}@")


def bare_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a program that is not the user's own: without what may be a secret."""
    return {name: value for name, value in variables.items() if NEEDED.fullmatch(name)}


def write(path: Path, data: bytes) -> None:
    """Write a file that nobody else may read, whatever the umask; raises OSError."""
    placing.put(path, data, mode=0o600)


def without_password(words: str) -> str:
    """Return words in which a URL shows no password."""
    return PASSWORD.sub(r"\1***@", words)


def line_break(passphrase: bytes) -> str:
    """Return the hint that a passphrase ends in a line break, as one in a variable that was read from a file may."""
    ends = passphrase.endswith((b"\n", b"\r"))
    return ": it ends in a line break, which is hardly meant: take that out" if ends else ""


def why(error: Exception) -> str:
    """Say what kept a command or a file from telling a secret.

    Python's own words would quote the command's arguments.
    """
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took longer than {error.timeout:g} s"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "what it says is no text" if isinstance(error, UnicodeError) else str(error)
