"""Target files that can be read but once.

On one side a pipe, as in <(decrypt mine.toml), on the other everybody in a run who reads it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from countermand.guard import intake

#: What came out of pipes, by their names; in memory alone, since secrets may be among it.
_KEPT: dict[str, bytes] = {}


def read(path: Path) -> bytes:
    """Return what is in a target file.

    What comes out of a pipe is kept for whoever asks next. Raises IntakeError, FileNotFoundError.
    """
    name = os.path.abspath(path)  # noqa: PTH100 - Path.resolve would follow /dev/fd to a name nobody can open
    if name not in _KEPT:
        data = intake.read(path, piped=True)
        if intake.is_file(path):
            return data
        _KEPT[name] = data
    return _KEPT[name]


def folder(path: Path) -> Path:
    """Return the folder to which the names in a target file are relative.

    A pipe stands in none, and where we stand counts.
    """
    return Path.cwd() if os.path.abspath(path) in _KEPT else path.parent  # noqa: PTH100 - as above


def kept() -> dict[str, bytes]:
    """Return what came out of pipes, to be handed to another process of the run."""
    return dict(_KEPT)


def keep(read_before: Mapping[str, bytes]) -> None:
    """Take what another process of the run has read."""
    _KEPT.update(read_before)


@contextmanager
def handed_on(paths: Sequence[Path]) -> Iterator[tuple[list[str], list[int]]]:
    """Return the names under which a child finds some target files, and the descriptors it must inherit for that."""
    names, ends = [], []
    for path in paths:
        data = _KEPT.get(os.path.abspath(path))  # noqa: PTH100 - as above
        if data is None:
            names.append(str(path))
            continue
        end, start = os.pipe()
        threading.Thread(target=_pour, args=(start, data), daemon=True).start()
        names.append(f"/dev/fd/{end}")
        ends.append(end)
    try:
        yield names, ends
    finally:
        for end in ends:
            os.close(end)


def _pour(start: int, data: bytes) -> None:
    with os.fdopen(start, "wb") as pipe:
        try:
            pipe.write(data)
            pipe.flush()
        except BrokenPipeError:  # the child did not want it all
            os.dup2(os.open(os.devnull, os.O_WRONLY), start)
