"""Files that we write.

On one side their bytes, on the other a place where somebody may have put a link, a pipe or a device under their name.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Final

#: Names under /dev that somebody can only have meant: nobody else can put anything there.
NAMED: Final = frozenset({"null", "stdout", "stderr", "fd", "tty"})
LINK: Final = "it is a link, and what it leads to is not written over: name that file itself"


def see(path: Path) -> None:
    """See that a name is free, or a plain file's, or that of a device somebody has named; raises OSError."""
    if _is_device(path):
        return
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    _check(status.st_mode)


def put(path: Path, data: bytes) -> None:
    """Write a file under its own name, and nothing that a link leads to; raises OSError.

    What stood there stays until the new is whole: where the disk is full nothing is lost.
    """
    if _is_device(path):
        path.write_bytes(data)
        return
    see(path)
    beside = path.with_name(f".countermand-{os.getpid()}-{secrets.token_hex(4)}.new")
    try:
        _write(beside, data, os.O_EXCL)
        if path.exists():
            beside.chmod(stat.S_IMODE(path.lstat().st_mode))
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EBUSY}:
            raise
        _write(path, data)  # a folder that is not ours to write to, or a file that is mounted alone


def _write(path: Path, data: bytes, alone: int = 0) -> None:
    # Between the look and the opening somebody may be quick: the system looks as well, where it can.
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | careful | alone, 0o666), "wb") as file:
        _check(os.fstat(file.fileno()).st_mode)
        file.truncate()
        file.write(data)


def folder(path: Path) -> None:
    """Make a folder, where there is none, in another that is there; raises OSError, also where a link has its name."""
    path.mkdir(exist_ok=True)
    if path.is_symlink():
        raise OSError(errno.ELOOP, LINK)


def _is_device(path: Path) -> bool:
    return path.parts[:2] == ("/", "dev") and path.parts[2:3] != () and path.parts[2] in NAMED


def _check(mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, LINK)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is no plain file: name another")
