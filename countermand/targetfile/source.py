"""A target file's text: on one side the file and those beside it, on the other errors that name file, line and key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countermand import private


class TargetError(ValueError):
    """A target file that cannot be used; the message names file, line, key, what was expected and the nearest right thing."""

    def __init__(self, words: str) -> None:
        super().__init__(private.without_password(words))


@dataclass(frozen=True)
class Source:
    """Where a target file's tables come from."""

    path: Path
    text: str

    def error(self, keys: Sequence[str], words: str) -> TargetError:
        """Return the error that says what is wrong with a key."""
        return TargetError(f"{self.place(keys)}: {words}")

    def place(self, keys: Sequence[str]) -> str:
        """Name file, line and key; tomllib tells no lines, so the last key is looked for in its table."""
        names = [key for key in keys if not key.isdigit()]
        if not names:
            return str(self.path)
        table, found = "", 0
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
                table = header[1]
                found = number if table == ".".join(names) else found
            elif table == ".".join(names[:-1]) and re.match(rf"""\s*["']?{re.escape(names[-1])}["']?\s*[=.]""", line):
                found = number
        return f"{self.path}:{found}: {'.'.join(names)}" if found else f"{self.path}: {'.'.join(names)}"

    def file(self, keys: Sequence[str], name: str) -> Path:
        """Return a file that a key names, relative to the target file; raises TargetError."""
        found = self.path.parent / Path(name).expanduser()
        if not found.is_file():
            folder = found.parent if found.parent.is_dir() else self.path.parent
            nearest = difflib.get_close_matches(found.name, [entry.name for entry in folder.iterdir()], n=1)
            advice = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise self.error(keys, f"no such file: {found}{advice}")
        return found
