"""`index.html` of a certificate: drawn of what it says and holds, by whoever makes it and by whoever verifies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from countermand.guard import bounds
from countermand.records import finished, inputs
from countermand.records.finished import Finished
from countermand.report import front, outputs

#: What the page is drawn from, and what of that which it leads to lies beside it.
SOURCES = (outputs.RESULTS, outputs.RECORD, inputs.FILE)
LED_TO = (outputs.RESULTS, outputs.RECORD, outputs.MARKDOWN, outputs.JUNIT)

#: What stands before each note of a certificate: judging again makes some of them, and of others knows nothing.
NOTED = "Noted by whoever ran it"


def noted(run: Finished) -> Finished:
    """Return a run whose notes say whose words they are."""
    return replace(run, notes=tuple(f"{NOTED}: {note}" for note in run.notes))


def page(files: Mapping[str, bytes]) -> bytes:
    """Return the page that follows from results, record and what was given; raises ValueError, LookupError.

    How the run drew its own does not count: nobody could hold that to anything.
    """
    run = finished.of(Path(), files[outputs.RESULTS], files[outputs.RECORD])
    given = bounds.parsed(files[inputs.FILE], largest=inputs.LARGEST)
    inputs.check(given)
    return front.leading(front.page(noted(run), given["targets"]).encode("utf-8", "backslashreplace"), LED_TO)


def draw(source: Path, to: Path) -> None:
    """Draw the page of some files in a folder; raises OSError as well."""
    to.write_bytes(page({name: (source / name).read_bytes() for name in SOURCES}))
