"""What a command draws anew each time.

It is written over what the command drew before, and over no other file, least of all the evidence of a run.
"""

from __future__ import annotations

import re
from pathlib import Path

from countermand.exits import CommandError
from countermand.guard import placing
from countermand.report import outputs

#: How a page of ours begins, and what is for programs but for the results of a run.
OURS = {
    "<": re.compile(
        rb"""<!doctype html>\r?\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Sec"""
    ),
    "{": re.compile(rb"""\{\r?\n "version": \d+,\r?\n (?!"suite")"""),
}
#: Bytes of a file that show whether it begins so.
HEAD = 200


def write(path: Path, text: str) -> None:
    """Write a page or a JSON, its folder made where there is none; raises CommandError."""
    see(path, text[:1])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        placing.put(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror or error}") from None


def see(path: Path, first: str) -> None:
    """See that no other file stands where one that begins like ours is to be written.

    Raises CommandError, which says to name another.
    """
    if path.name in outputs.OURS and (path.parent / outputs.RESULTS).is_file():
        raise CommandError(f"{path}: is a report of a run, and is not written over: name another file")
    try:
        placing.see(path)
        if path.is_file() and (begun := _begins(path)) and not OURS[first].match(begun):
            raise CommandError(f"{path}: is there already, and was not written by this command: name another file")
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror or error}") from None


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD)
