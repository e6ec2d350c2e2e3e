"""Files of a finished run, whoever made it.

On one side a folder or a zip, on the other the bytes of files that are asked for by name.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from countermand.guard import intake
from countermand.guard.bounds import LARGEST, LimitError
from countermand.model.files import ENVELOPE

#: Files of a zip, bytes of the zip itself, and how much larger than itself a member may become.
MEMBERS, ZIPPED, RATIO = 4096, 256 * 2**20, 300
#: How members are packed: Python's reader unpacks all others whole, whatever size they claim.
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
#: What is said where a certificate is read as any run is.
UNVERIFIED = "the signature and the files of a certificate were not checked here; countermand verify does that"
#: Bytes of a zip's list of members.
DIRECTORY = 2**20
#: What a broken zip makes its reader raise.
BROKEN = (OSError, EOFError, ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, IndexError)


def regular(path: Path, largest: int) -> bytes:
    """Return a file's bytes; raises OSError, and LimitError for what is no plain file or is too large."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # no FIFO keeps us waiting
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 - Path.open would wait for a FIFO
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise LimitError(f"{path}: is no plain file")
        if status.st_size > largest:
            raise LimitError(f"{path}: is larger than {largest // 2**20} MiB")
        return file.read(largest + 1)


def from_folder(folder: Path, name: str, largest: int = LARGEST) -> bytes:
    """Return a file that lies in a folder itself; one that leads elsewhere does not. Raises OSError, LimitError."""
    path = folder / name
    if path.is_symlink():
        raise LimitError(f"{path}: is a link: what lies elsewhere is no part of a run")
    return regular(path, largest)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose list of members is worth reading; raises LimitError, and whatever BROKEN lists."""
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:  # noqa: PTH123 - as above
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > ZIPPED:
            raise LimitError(f"{path}: is no plain file, or larger than {ZIPPED // 2**20} MiB")
        check_directory(file, status.st_size)
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > MEMBERS:
                raise LimitError(f"{path}: the zip holds more than {MEMBERS} files")
            yield archive


def check_directory(file: BinaryIO, size: int) -> None:
    """See how long a zip says its list of members is, before it is read; raises LimitError."""
    file.seek(max(0, size - 2**16 - 22))
    tail = file.read()
    if b"PK\x06\x07" in tail:
        raise LimitError("the zip is one of more than 4 GiB or 65,535 files")
    for record in re.finditer(b"PK\x05\x06", tail):
        if int.from_bytes(tail[record.start() + 12 : record.start() + 16], "little") > DIRECTORY:
            raise LimitError(f"the zip holds more than {MEMBERS} files")
    file.seek(0)


def is_certificate(path: Path) -> bool:
    """Say whether a file is the zip of a certificate, which reading it does not verify."""
    if not intake.is_file(path):
        return False
    try:
        with opened(path) as archive:
            return any(PurePosixPath(name).name == ENVELOPE for name in archive.namelist())
    except BROKEN:
        return False


def member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Return the file of that name that lies nearest to the top; raises LimitError where two claim that place."""
    members = [
        info for info in archive.infolist() if PurePosixPath(info.filename).name == name and "\\" not in info.filename
    ]
    nearest = min(members, key=lambda info: (info.filename.count("/"), info.filename), default=None)
    if nearest is not None and sum(info.filename == nearest.filename for info in members) > 1:
        raise LimitError(f"the zip holds {nearest.filename[:80]!r} more than once")
    return nearest


def from_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, largest: int = LARGEST) -> bytes:
    """Return a member's bytes, never more than it claims; raises LimitError, and whatever BROKEN lists."""
    if info.file_size > largest or info.file_size > max(info.compress_size, 2**16) * RATIO:
        raise LimitError(
            f"{info.filename[:80]!r} is larger than {largest // 2**20} MiB, or than any file of its kind can be packed"
        )
    if info.compress_type not in PACKED:
        raise LimitError(f"{info.filename[:80]!r} is packed in a way that no run is")
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size or stat.S_ISLNK(info.external_attr >> 16):
        raise LimitError(f"{info.filename[:80]!r} is a link, or of another size than the zip says")
    return data
