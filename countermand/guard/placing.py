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


def put(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file under its own name, whole or not at all; raises OSError.

    It is a new one, which takes the name: whatever else is called so, by a link or another name, stays as it is.
    """
    if _is_device(path):
        path.write_bytes(data)
        return
    see(path)
    before = path.lstat() if path.exists() else None
    if before is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))  # it is protected against this
    try:
        _replace(path, data, mode if mode is not None or before is None else stat.S_IMODE(before.st_mode))
    except OSError as error:
        # A folder that is not ours, or a file that is mounted by itself, as into a container.
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EBUSY} or before is None or before.st_nlink > 1:
            raise
        _write_over(path, data, mode)


def add(path: Path, data: bytes, *, mode: int) -> None:
    """Write a new file, whole or not at all, under a name that nothing has yet; raises OSError."""
    binary = getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def instead(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file, whole or not at all, that takes the name of whatever was there, a link too; raises OSError."""
    _replace(path, data, mode)


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    new = path.with_name(f".{secrets.token_hex(8)}.new")
    binary = getattr(os, "O_BINARY", 0)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | binary, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            file.write(data)
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def _write_over(path: Path, data: bytes, mode: int | None) -> None:
    # Between the look and the opening somebody may be quick: the system looks as well, where it can.
    careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, os.O_WRONLY | careful), "wb") as file:
        _check(os.fstat(file.fileno()).st_mode)
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), mode)  # before anything is in it that others may not read
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
