"""A target file's text: on one side the file and those beside it, on the other errors that name file, line and key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from countermand.guard import intake, private
from countermand.guard.nearest import nearest_in
from countermand.targetfile import piped

#: What is wrong with a Windows path in double quotes, where a backslash begins an escape (TOML 1.0, String).
QUOTES = """a \\ in "double quotes" begins an escape: put a Windows path in 'single quotes', or write / instead of \\"""


class TargetError(ValueError):
    """A target file that cannot be used.

    The message names file, line, key, what was expected and the nearest right thing.
    """

    def __init__(self, words: str) -> None:
        super().__init__(private.without_password(words))


#: Possessive, so that nothing is tried twice in a line of any length.
_TABLE = re.compile(r"\s*+\[++\s*+([^\]]++)\]++\s*+(?:#.*)?$")
_KEY = re.compile(r"""\s*+([\w."'-]++)\s*+=""")
#: What tells the entries of a list from each other: brackets, commas, and texts as the one sign they begin with.
_SIGN = re.compile(r"""[\[\]{},]|#.*|"(?:[^"\\]|\\.)*+"?|'[^']*+'?|[0-9]++""")


@dataclass(frozen=True)
class Source:
    """Where a target file's tables come from."""

    path: Path
    text: str
    runs: bool = True  # the commands that tell its secrets

    def error(self, keys: Sequence[str], words: str) -> TargetError:
        """Return the error that says what is wrong with a key."""
        return TargetError(f"{self.place(keys)}: {words}")

    def place(self, keys: Sequence[str]) -> str:
        """Name file, line and key; tomllib tells no lines, so the last key is looked for in its table."""
        names = [key for key in keys if not key.isdigit()]
        if not names:
            return str(self.path)
        # Of a key in { braces } the line of what holds it, or of the entry of a list.
        ends = ((end, self._line(names[:end])) for end in range(len(names), 0, -1))
        end, line = next(((end, line) for end, line in ends if line), (0, 0))
        if line and (entry := next(iter(keys[end:]), "")).isdigit():
            line = self._entry(line, int(entry)) or line
        return f"{self.path}{f':{line}' if line else ''}: {'.'.join(names)}"

    def _entry(self, start: int, wanted: int) -> int:
        """Return the line on which the entry of a list begins that is set on some line, or 0."""
        depth, passed = 0, 0
        for number, line in enumerate(self.text.splitlines()[start - 1 :], start):
            said = line.partition("=")[2] if number == start else line
            for sign in _SIGN.findall(said):
                if depth == 1 and passed == wanted and sign[0] not in ",]#":
                    return number
                depth += (sign in "[{") - (sign in "]}")
                passed += sign == "," and depth == 1
        return 0

    def _line(self, names: Sequence[str]) -> int:
        """Return the line that sets a key or begins a table, or 0."""
        table, last = "", 0
        for number, line in enumerate(self.text.splitlines(), 1):
            if header := _TABLE.match(line):
                table = header[1].rstrip()
                last = number if table == ".".join(names) else last
            elif table == ".".join(names[:-1]) and re.match(rf"""\s*["']?{re.escape(names[-1])}["']?\s*[=.]""", line):
                last = number
        return last

    def key(self, number: int) -> str:
        """Return the dotted key that a line sets, or nothing where it sets none that can be read."""
        lines = self.text.splitlines()[:number]
        tables = [header[1].rstrip() for line in lines if (header := _TABLE.match(line))]
        match = _KEY.match(lines[-1])
        return ".".join([*tables[-1:], match[1]]) if match else ""

    def file(self, keys: Sequence[str], name: str) -> Path:
        """Return a file that a key names, relative to the target file; raises TargetError."""
        if any(ord(letter) < ord(" ") for letter in name):  # "C:\temp" is TOML, and names no file
            raise self.error(keys, QUOTES)
        try:
            path = piped.folder(self.path) / intake.home(name)
            intake.look(path)
        except FileNotFoundError:
            raise self.error(keys, f"no such file: {intake.shown(path)}{self._elsewhere(name, path)}") from None
        except intake.IntakeError as error:
            raise self.error(keys, f"{intake.shown(name)}: {error}") from None
        return path

    def _elsewhere(self, name: str, missing: Path) -> str:
        """Name the file that may have been meant, or say where it was looked for."""
        near = nearest_in(missing.parent if intake.is_folder(missing.parent) else piped.folder(self.path), missing.name)
        if near or intake.home(name).is_absolute():
            return near
        here = ", and there is one where you stand" if intake.is_file(Path(name)) else ""
        return f"; a path is relative to the target file{here}"
