"""Streams of a run: whoever stops listening, as `head` does, ends none that uses orders up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast


class Lasting:
    """A stream that is silent once it cannot be written."""

    def __init__(self, stream: TextIO, nowhere: int) -> None:
        self._stream, self._nowhere = stream, nowhere
        self.is_lost = False  # something was not written for which somebody may be waiting

    def write(self, words: str) -> int:
        """Pass words on, as long as somebody takes them."""
        with self._silenced():
            self._stream.write(words)
        return len(words)

    def flush(self) -> None:
        """Have them passed on now."""
        with self._silenced():
            self._stream.flush()

    @contextmanager
    def _silenced(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:  # what is still to be written, as at our end, goes nowhere as well
            os.dup2(self._nowhere, self._stream.fileno())
            if not isinstance(error, BrokenPipeError):  # nobody has chosen it
                self.is_lost = True
                why = f"{self._stream.name} cannot be written: {error.strerror}"
                print(f"countermand: {why}: nothing more is said there", file=sys.stderr)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a stream can do
        return getattr(self._stream, name)


@contextmanager
def streams() -> Iterator[None]:
    """Let both streams of this process last; the wall stands before them, so that all that passes it is borne."""
    before = sys.stdout, sys.stderr
    nowhere = os.open(os.devnull, os.O_WRONLY)  # a replay opens nothing any more once its own wall is up
    sys.stdout, sys.stderr = lasting = [cast("TextIO", Lasting(stream, nowhere)) for stream in before]
    try:
        yield
    finally:
        for stream in lasting:
            stream.flush()
        sys.stdout, sys.stderr = before
        os.close(nowhere)
