"""The second wall around a replay: what a process that judges strangers' words has no business with.

The first wall is that nothing a record says is ever made a path, an address, a command or a module of.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from typing import Any

#: Bytes of memory and of a file.
MEMORY, FILE = 480 * 2**20, 256 * 2**20
#: What reaches others, by the names of Python's audit events; asking for one's own name reaches nobody.
FORBIDDEN = (
    *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"),
    *(
        "subprocess.Popen",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
    ),
    *("ftplib.connect", "http.client.connect", "smtplib.connect", "webbrowser.open"),
)
#: What changes files, which each names first; a symbolic link is its second.
CHANGING = frozenset(
    {
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
        "os.chown",
        "shutil.rmtree",
    }
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Walled(PermissionError):  # noqa: N818 - what it is
    """Something that judging a record never needs."""


class Wall:
    """Refuses, for as long as the process lives, to reach others and to write anywhere but into some folders."""

    def __init__(self, folders: Sequence[str]) -> None:
        self._places = [os.path.realpath(place) for place in (*folders, os.devnull)]

    def raised(self) -> None:
        """Put the wall up; there is no way to take it down."""
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Refuse what is forbidden; raises Walled."""
        if event in FORBIDDEN:
            raise Walled(f"judging a record again needs no {event}")
        if event == "open" and _writes(arguments):
            self._check(arguments[0])
        if event in CHANGING:
            for path in arguments[event == "os.symlink" : 2 if event in {"os.rename", "os.link", "os.symlink"} else 1]:
                self._check(path)

    def _check(self, path: object) -> None:
        if isinstance(path, (str, bytes, os.PathLike)):
            place = os.path.realpath(os.fsdecode(path))
            if not any(place == own or place.startswith(own + os.sep) for own in self._places):
                raise Walled(f"judging a record again writes nothing to {place!r}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1:3]
    return (
        any(letter in mode for letter in "wax+")
        if isinstance(mode, str)
        else bool(isinstance(flags, int) and flags & WRITING)
    )


def limit(seconds: float) -> None:
    """Bound the time and memory of this process where the system can; a process that needs more is ended by it."""
    try:
        import resource  # noqa: PLC0415 - there is none on Windows, where the parent's deadline is all there is
    except ImportError:
        return
    whole = max(1, round(seconds))
    for name, wanted in (("CPU", whole), ("DATA", MEMORY), ("FSIZE", FILE), ("CORE", 0)):
        kind = getattr(resource, f"RLIMIT_{name}", None)
        if kind is not None:
            _, hard = resource.getrlimit(kind)
            soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
            with contextlib.suppress(OSError, ValueError):  # a system may know the word and not the thing
                resource.setrlimit(kind, (soft, hard if name == "CPU" else soft))
