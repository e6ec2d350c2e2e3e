"""The last look at what a run has written: files that show a secret are withheld."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from countermand.guard.foreign import Annotation, annotate
from countermand.model.encodings import SHORTEST
from countermand.model.results import Results
from countermand.model.secret import Masker
from countermand.report import outputs

#: What a target is called whose own name shows a secret.
WITHHELD = "withheld"
#: Files are written by clocks that may be coarse: seconds.
COARSE = 2.0


def shows(data: bytes, masker: Masker) -> bool:
    """Say whether some bytes show a secret, in any encoding, and in base64 of any text that does."""
    return masker.shows(data)


def withhold(folder: Path, since: float, masker: Masker) -> list[Path]:
    """Remove every file of a run that was written since a moment (seconds of the epoch) and shows a secret.

    Return which they were. Files that no run writes are somebody's own, as a target file that lies there, and stay.
    """
    paths = sorted(outputs.of_a_run(folder), key=lambda path: (len(path.parts), path))
    written = [path for path in paths if path.is_file() and path.stat().st_mtime >= since - COARSE]
    showing = [
        path
        for path in written
        if masker.own and (shows(path.read_bytes(), masker) or shows(str(path.relative_to(folder)).encode(), masker))
    ]
    for path in showing:
        path.unlink()
    return showing


def found_in(withheld: Iterable[Path]) -> str:
    """Say why nothing more is told of a run."""
    return (
        "a secret was found in what the run wrote, and these files are withheld: "
        f"{', '.join(path.name for path in withheld)}"
    )


def bare(results: Results, reason: str, masker: Masker) -> Results:
    """Return a run of which no message is told, and which counts as not tested.

    Where even a name shows a secret, the names are not told either.
    """
    stripped = replace(
        results,
        notes=(),
        waivers=(),
        untested=reason,
        scenarios=tuple(replace(scenario, message=None, exchanges=(), steps=()) for scenario in results.scenarios),
    )
    if not shows(json.dumps(stripped.as_json()).encode(), masker):
        return stripped
    nameless = tuple(replace(target, name=WITHHELD, url="") for target in results.targets)
    return replace(
        stripped,
        targets=nameless,
        scenarios=(),
        untested="a secret was found in what the run wrote, in the names of things too",
    )


def unsearched(maskers: Iterable[Masker]) -> list[str]:
    """Say how many secrets are too short to be told from ordinary text."""
    number = sum(masker.short for masker in maskers)
    what = "a secret has" if number == 1 else f"{number} secrets have"
    words = (
        f"{what} fewer than {SHORTEST} characters, or is a word of our own reports: "
        "masked where the suite writes it, not searched for"
    )
    return [words] if number else []


class MaskingStream:
    """A stream to the terminal that masks what passes, and remembers what was shown."""

    def __init__(self, stream: TextIO, masker: Masker) -> None:
        self._stream, self._masker, self._said = stream, masker, list[str]()

    def write(self, words: str) -> int:
        """Pass words on, masked."""
        masked = self._masker.text(words)
        self._said.append(masked)
        return self._stream.write(masked)

    def annotate(self, line: Annotation) -> None:
        """Pass a command of ours on, masked."""
        masked = Annotation(self._masker.text(line))
        self._said.append(masked)
        annotate(masked, self._stream)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a stream can do
        return getattr(self._stream, name)

    @property
    def shows_secret(self) -> bool:
        """Whether a secret has reached the terminal all the same."""
        return bool(self._said) and shows("".join(self._said).encode("utf-8", "surrogateescape"), self._masker)
