"""Words of others.

On one side what sellers, records and libraries that quote them say, on the other terminals, logs and reports.

There is one door, `shown`: what has passed it is `Shown`, a type that whoever speaks to people asks for, and so mypy
finds who forgot the door. Behind it stands one wall, around the streams of every command, for whatever came another
way.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NewType, TextIO, cast

from countermand.guard.private import without_password

#: Words that have passed the door: on one line, all of it visible, and no command to anybody.
Shown = NewType("Shown", str)
#: A command of our own to the service that runs us: the only one that passes the wall.
Annotation = NewType("Annotation", str)

#: So many characters of somebody else's words are shown in one place, unless that place says otherwise.
ROOM = 2000
#: Of the line that is being written, so much is enough to tell the beginning of a command.
TAIL = 64
#: What is not seen where it stands, or turns its neighbours about: controls (C0, C1), marks of direction, characters
#: without a width, which some services pass over when they compare, line separators, tags, selectors, surrogates and
#: what is no character.
_UNSEEN = (
    "\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f"
    "\\u3164\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff\\ud800-\\udfff\\U0001bca0-\\U0001bca3"
    "\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff"
)
UNSEEN = re.compile(f"[\\x00-\\x08\\x0b-\\x1f{_UNSEEN}]")
#: The same in JSON, whose writer has escaped the first of them already.
_UNSEEN_IN_JSON = re.compile(f"[{_UNSEEN}]")
#: Commands to services: GitHub's begin a line, blanks passed over,
#: those of Azure, TeamCity and older runners stand anywhere.
_COMMANDS = re.compile(r"^([^\S\n]*:)(:)|(##[\w.-]{0,40})(\[)", re.MULTILINE)
_ANYWHERE = re.compile(r"(##[\w.-]{0,40})\[")
#: What pytest and we paint with: weight and colour, never what hides words.
_COLOUR = "(?:0?[0124579]|[349][0-7]|[34]9)"
_PAINT = f"\x1b\\[(?:{_COLOUR}(?:;{_COLOUR}){{0,4}})?m"
#: What moves on a terminal alone: the beginning of the line, what is erased from there,
#: and the bar some terminals show.
_MOVES = "\\r|\x1b\\[[0-2]?K|\x1b\\]9;4;[0-9;]*(?:\x1b\\\\|\x07)"


def visible(words: str) -> str:
    """Return the text with everything that is not seen as its escape; tabs and ends of lines stay."""
    return UNSEEN.sub(_escape, words.replace("\r\n", "\n"))


def inert(words: str) -> str:
    """Return the text with the last character of whatever begins a command as its escape."""
    return _COMMANDS.sub(lambda match: f"{match[1] or match[3]}\\x{ord(match[2] or match[4]):02x}", words)


def shown(words: object, room: int = ROOM) -> Shown:
    """Return somebody else's words as they may be shown.

    They are in one line, visible, obeyed by nobody, and cut where they are too long.
    """
    said = str(words)
    start = said[: 2 * room]  # what is cut off is never looked at
    line = inert(" ".join(visible(without_password(start)).split()))
    return Shown(f"{line[:room]}... ({len(said)} characters)" if len(said) > len(start) or len(line) > room else line)


def message(lines: Sequence[Shown | str]) -> Shown:
    """Return several lines as one text.

    The ends of lines are ours, and nobody else's words begin one with a command.
    """
    return Shown("\n".join(inert(visible(line).replace("\n", " ")) for line in lines))


def in_json(text: str) -> str:
    """Return JSON with what is not seen, and what begins a command, as JSON's own escapes: it says the same."""
    text = _ANYWHERE.sub(r"\1\\u005b", text)
    return _UNSEEN_IN_JSON.sub(lambda match: "".join(f"\\u{unit:04x}" for unit in _units(match[0])), text)


def in_html(page: str) -> str:
    """Return HTML or XML with whatever would begin a command as a reference to its character: it shows the same."""
    return _COMMANDS.sub(lambda match: f"{match[1] or match[3]}&#{ord(match[2] or match[4])};", page)


def _units(character: str) -> Iterator[int]:
    raw = character.encode("utf-16-be", "surrogatepass")
    return (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode("ascii")


class UnheardError(Exception):
    """A stream to the outside cannot be written, and not because its reader has seen enough."""


class Wall:
    """A stream to the outside.

    What is not seen becomes visible, and no service obeys what passes, but for our own annotations.
    """

    def __init__(self, stream: TextIO, *, coloured: bool = False) -> None:
        self._stream, self._line = stream, ""
        moving = stream.isatty()
        allowed = "|".join([*([_PAINT] if coloured or moving else []), *([_MOVES] if moving else [])])
        self._allowed = re.compile(f"({allowed})") if allowed else None

    def write(self, words: str) -> int:
        """Pass words on as they may be seen."""
        begun = self._line
        safe = self._writable(inert(begun + self._visible(without_password(words)))[len(begun) :])
        self._remember(begun + safe)
        with self._heard():
            self._stream.write(safe)
        return len(words)

    def flush(self) -> None:
        """Have them passed on now."""
        with self._heard():
            self._stream.flush()

    def writelines(self, lines: Sequence[str]) -> None:
        """Pass lines on."""
        for line in lines:
            self.write(line)

    def annotate(self, line: Annotation) -> None:
        """Give a command of our own, on a line of its own."""
        if self._line:
            self.write("\n")
        self._stream.write(self._writable(f"{visible(line)}\n"))

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            raise UnheardError(f"{self._stream.name} cannot be written: {error.strerror or error}") from None

    def _visible(self, words: str) -> str:
        if self._allowed is None:
            return visible(words)
        parts = self._allowed.split(words)
        return "".join(part if number % 2 else visible(part) for number, part in enumerate(parts))

    def _writable(self, words: str) -> str:
        """Return words with what the stream's encoding has no bytes for as its escape."""
        encoding = self._stream.encoding or "utf-8"  # a stream that holds text has none
        try:
            words.encode(encoding, self._stream.errors or "strict")
        except UnicodeEncodeError:
            return words.encode(encoding, "backslashreplace").decode(encoding)
        return words

    def _remember(self, written: str) -> None:
        line = written.rpartition("\n")[2]
        line = line if line.strip() else line[:1]
        self._line = line if len(line) <= TAIL else f"x{line[-TAIL:]}"

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a stream can do
        return getattr(self._stream, name)


def walled(stream: TextIO, *, coloured: bool = False) -> TextIO:
    """Return a stream behind the wall."""
    return stream if hasattr(stream, "annotate") else cast("TextIO", Wall(stream, coloured=coloured))


def annotate(line: Annotation, stream: TextIO) -> None:
    """Give a command of our own to the service that reads a stream."""
    walled(stream).annotate(line)  # type: ignore[attr-defined] # every walled stream can


@contextmanager
def guarded(arguments: Sequence[str] = (), variables: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Put the wall around both streams of this process."""
    coloured = "--color=yes" in arguments or any(variables.get(name) for name in ("FORCE_COLOR", "PY_COLORS"))
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (walled(stream, coloured=coloured) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
