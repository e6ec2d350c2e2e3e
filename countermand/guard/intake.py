"""Files that people name.

On one side paths of any kind, on the other their bytes, or one sentence about what is wrong with them.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import select
import stat
import time
from pathlib import Path
from typing import Any, Final

from countermand.guard import bounds

#: Bytes: no file that anybody writes for us is larger.
LIMIT: Final = 64 * 2**20
#: Seconds: for a pipe into which nobody writes,
#: and for one whose writer has nothing to say yet (it may ask for a passphrase).
NOBODY, SILENT = 5.0, 300.0
PAUSE: Final = 0.05
#: Characters of a path that a sentence shows: a longer one is cut in its middle.
SHOWN: Final = 300
#: Brackets that may be open in JSON that people write.
DEEPEST: Final = 100
#: What a path, or what stands in a file, can be wrong with.
#: RuntimeError: a home that does not exist, and what is nested too deeply.
WRONG: Final = (OSError, ValueError, RuntimeError)


#: Byte order marks of what is not UTF-8; UTF-32 first, whose mark begins like that of UTF-16.
MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
#: How text begins that is written in two bytes a letter, and begins in ASCII: every other byte is zero.
_WIDE = re.compile(rb"(\0[\t\n\r -~]){2}|([\t\n\r -~]\0){2}")


class IntakeError(ValueError):
    """A file that cannot be read; the words say why, and not which."""


def shown(path: Path | str) -> str:
    """Return a path as a sentence can hold it."""
    words = str(path).replace("\0", "\\0")
    return words if len(words) <= SHOWN else f"{words[: SHOWN // 2]}...{words[-SHOWN // 2 :]}"


def exists(path: Path) -> bool:
    """Say whether anything bears that name; raises OSError where nobody can tell.

    Path.exists says no there, from Python 3.14 on: to folders nobody may enter, and to names that are too long.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL, which no name has
        return False
    return True


def is_file(path: Path) -> bool:
    """Say whether there is such a file, whatever the path is made of."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Say whether there is such a folder, whatever the path is made of."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def home(name: str) -> Path:
    """Return a path with its ~ read; raises IntakeError where nobody has such a home."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise IntakeError(f"{shown(name)}: nobody here has that home") from None


def look(path: Path, limit: int = LIMIT) -> None:
    """See that a path names a file that can be read; raises IntakeError, and FileNotFoundError where there is none."""
    os.close(_opened(path, limit, piped=False))


def read(path: Path, limit: int = LIMIT, *, piped: bool = False) -> bytes:
    """Return what is in a file, or where that is allowed in a pipe.

    Raises IntakeError, and FileNotFoundError where there is none.
    """
    descriptor = _opened(path, limit, piped=piped)
    try:
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return _drained(descriptor, limit)
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return _within(file.read(limit + 1), limit)
    except OSError as error:
        raise IntakeError(f"cannot be read: {error.strerror or error}") from None
    finally:
        os.close(descriptor)


def text(path: Path, limit: int = LIMIT) -> str:
    """Return the text of a file; raises IntakeError, and FileNotFoundError where there is none."""
    return decoded(read(path, limit))


def decoded(data: bytes) -> str:
    """Return the text of a file, with or without a byte order mark; raises IntakeError where it is not UTF-8."""
    mark = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    if mark is None and _WIDE.match(data):
        mark = "UTF-16"
    if mark is not None:
        raise IntakeError(f"{mark}: save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise IntakeError(f"cannot be read: line {line} is not UTF-8: save it as UTF-8") from None


def parsed(words: str | bytes, *, once: bool = False) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what some JSON says; raises ValueError whatever is wrong with it, and says where.

    Once: an object that names a key twice is refused, of which Python would take the last (RFC 8259, 4).
    """
    text = words if isinstance(words, str) else words.decode("utf-8-sig")
    if bounds.deeper(bounds.STRING.sub(b"", text.encode("utf-8", "surrogateescape")), DEEPEST):
        raise ValueError(f"it is nested too deeply: {DEEPEST} brackets may be open")
    try:
        return json.loads(text, object_pairs_hook=_each_once if once else None)
    except json.JSONDecodeError as error:
        rest = text[error.pos :].strip()
        place = f"line {error.lineno}, column {error.colno}, where "
        place += f"{rest[:1]!r} stands" if rest else "it ends"  # no more of it: what is quoted may be a secret
        raise ValueError(f"it is no JSON: {error.msg[:1].lower()}{error.msg[1:]} ({place})") from None
    except ValueError as error:
        if "digits" not in str(error):
            raise
        raise ValueError("a number in it has more digits than anybody counts with") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in row if names.count(name) > 1)
        raise ValueError(f"{twice[:40]!r} is given twice in one object")
    return row


def _opened(path: Path, limit: int, *, piped: bool) -> int:
    """Open a file without waiting for anybody, and look at what was opened, not at what bore its name a moment ago."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise IntakeError(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    status = os.fstat(descriptor)
    if (kind := _kind(status.st_mode, piped=piped)) is None and status.st_size <= limit:
        return descriptor
    os.close(descriptor)
    raise IntakeError(f"cannot be read: is {kind}, where a file was expected" if kind else _too_large(limit))


def _kind(mode: int, *, piped: bool) -> str | None:
    """Name what is no file; nothing where it is one."""
    if stat.S_ISREG(mode) or (piped and stat.S_ISFIFO(mode)):
        return None
    return "a folder" if stat.S_ISDIR(mode) else "a pipe" if stat.S_ISFIFO(mode) else "a device"


def _drained(descriptor: int, limit: int) -> bytes:
    """Read a pipe to its end; a pipe has none before somebody has written."""
    data, since = bytearray(), time.monotonic()
    while len(data) <= limit:
        select.select([descriptor], [], [], PAUSE)
        try:
            part = os.read(descriptor, 65536)
        except BlockingIOError:
            waited, patience = time.monotonic() - since, SILENT
        else:
            if part:
                data += part
                since = time.monotonic()
                continue
            if data:
                return bytes(data)
            waited, patience = time.monotonic() - since, NOBODY
            time.sleep(PAUSE)
        if waited > patience:
            raise IntakeError("cannot be read: nothing is written into this pipe")
    return _within(bytes(data), limit)


def _within(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise IntakeError(_too_large(limit))
    return data


def _too_large(limit: int) -> str:
    return f"cannot be read: has more than {limit // 2**20} MiB"
