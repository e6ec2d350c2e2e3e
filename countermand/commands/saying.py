"""Programs that read us.

On one side what a command has found, on the other JSON on standard output, and all other words beside it.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from countermand.guard.foreign import in_json

#: The name of standard output where a file could be named.
HERE = "-"
HELP = "say the same as JSON on standard output, or write it into a FILE as well"


def stray_target(word: str) -> str:
    """Say with which option a target file is given that stands alone."""
    return f"{word}: which is a target file is said with an option: --target {word}"


def as_json(payload: Any) -> None:  # noqa: ANN401 - what JSON holds
    """Write JSON to standard output."""
    sys.stdout.write(written(payload, indent=1) + "\n")


def written(payload: Any, indent: int | None = None) -> str:  # noqa: ANN401 - what JSON holds
    """Return JSON for standard output, which is to be in UTF-8 (RFC 8259, 8.1): in ASCII where that is in another."""
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("_", "-")
    return in_json(json.dumps(payload, ensure_ascii=encoding not in {"utf-8", "utf8"}, indent=indent))


def either(where: str | None, payload: Any, words: str) -> None:  # noqa: ANN401 - what JSON holds
    """Say to people what was found, and to programs as well where they have named a file, or instead.

    Raises CommandError.
    """
    if where == HERE:
        as_json(payload)
        return
    sys.stdout.write(fitting(words, shutil.get_terminal_size().columns) if sys.stdout.isatty() else words)
    if where is not None:
        from countermand.commands import redrawn  # noqa: PLC0415 - the reports, which whoever only says something does not need

        redrawn.write(Path(where), in_json(json.dumps(payload, ensure_ascii=False, indent=1)) + "\n")


def fitting(words: str, width: int) -> str:
    """Return Markdown as it is read on a terminal: tables that are wider are told row by row, each cell by its head."""
    lines = list[str]()
    for is_table, block in itertools.groupby(words.splitlines(), lambda line: line.startswith("|")):
        rows = list(block)
        wide = is_table and len(rows) > 1 and max(map(len, rows)) > width
        lines += _by_row([_cells(row) for row in rows], width) if wide else rows
    return "\n".join(lines) + "\n"


def _cells(row: str) -> list[str]:
    """Return the cells of a row of a Markdown table, as they are meant."""
    return [re.sub(r"\\([\W_])", r"\1", cell.strip()) for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def _by_row(table: list[list[str]], width: int) -> Iterator[str]:
    heads, _, *rows = table
    for number, row in enumerate(rows):
        yield from [""] if number else []
        for head, cell in zip(heads, row, strict=False):
            begin = f"{head:<{max(map(len, heads))}}  "
            if cell:
                yield from textwrap.wrap(
                    cell, width, initial_indent=begin, subsequent_indent=" " * len(begin), break_on_hyphens=False
                )


def wanted(asked: object) -> bool:
    """Say whether a program reads standard output: --json was said, and no file was named with it."""
    return asked is True or asked == HERE


def mistake(words: str, code: int) -> None:
    """Tell a program on one line what kept a command from what it was asked, where it told people already."""
    sys.stdout.write(written({"version": 1, "error": words, "exit": int(code)}) + "\n")


def aside(*, programs: bool) -> AbstractContextManager[None]:
    """Let what is said to people go to standard error, where a program reads standard output."""
    return _aside() if programs else nullcontext()


@contextmanager
def _aside() -> Iterator[None]:
    sys.stdout.flush()
    with redirect_stdout(sys.stderr):
        yield
