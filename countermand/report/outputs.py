"""The files of a run: on one side the results, on the other the folder of reports."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from countermand.guard.foreign import in_html, in_json
from countermand.model import files
from countermand.model.clause import FORM
from countermand.model.results import Results
from countermand.report import agents, history, junit, markdown, ticket

RESULTS, JUNIT, MARKDOWN, RECORD = files.RESULTS, "junit.xml", "conformance.md", files.RECORD
PAGE, ALLURE_PAGE, ALLURE = "index.html", "allure.html", "allure-results"
GIVEN, BADGES = files.GIVEN, ("badge.json", "badge.svg")  # written by others, and of one run as well
OURS = (RESULTS, JUNIT, MARKDOWN, RECORD, PAGE, ALLURE_PAGE, GIVEN, agents.NAME, *BADGES)
#: By these a results.json is known to be of this suite.
KEYS = frozenset({"version", "suite", "targets", "verdict", "clauses", "counts"})
#: What allure-pytest and we write there; anything else in the folder is somebody's own.
ALLURE_FILES = re.compile(
    r"[0-9a-f-]{36}-(result|container|globals|attachment)(\.\w+)?(\.tmp)?|environment\.properties|executor\.json|categories\.json"
)

TICKETS = re.compile(rf"{FORM}\.(md|xml)")


def write(results: Results, folder: Path) -> list[Path]:
    """Write results.json, junit.xml, conformance.md and record.jsonl; raises OSError where the folder cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    told = _verdicts(results)
    record = "".join(_json(scenario.as_json()) + "\n" for scenario in results.scenarios)
    _put(folder, {**told, RECORD: record, agents.NAME: agents.TEXT})
    return [folder / name for name in (*told, RECORD)]


def restate(results: Results, folder: Path) -> list[Path]:
    """Write what says the verdict once more, of a run that turned out otherwise; what shows how it went stays. Raises OSError."""
    _put(folder, told := _verdicts(results))
    return [folder / name for name in told]


def _verdicts(results: Results) -> dict[str, str]:
    """Return every text that says a verdict, by the name of its file."""
    return {
        RESULTS: _json(results.as_json(), indent=1) + "\n",
        JUNIT: in_html(junit.document(results).decode()),
        MARKDOWN: markdown.conformance(results),
    }


def _put(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():  # a lone surrogate cannot be UTF-8; its escape is what JSON writes for it
        (folder / name).write_bytes(text.encode("utf-8", "backslashreplace"))


def retract(folder: Path) -> None:
    """Remove what speaks of a run whose reports could not all be written: a part of them would be taken for the whole."""
    for name in OURS:
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)


def clean(folder: Path) -> None:
    """Remove what an earlier run left, so that no report speaks of two runs; files that are not ours stay."""
    if _is_ours(folder / RESULTS):
        for name in OURS:
            (folder / name).unlink(missing_ok=True)
        _empty(folder / ticket.FOLDER, TICKETS)
    _empty(folder / ALLURE, ALLURE_FILES)


def of_a_run(folder: Path) -> Iterator[Path]:
    """Yield every file that a run may have written into its folder of reports; whatever else lies there is somebody's own."""
    for name in (*OURS, history.NAME):
        yield folder / name
    for below, ours in ((ticket.FOLDER, TICKETS), (ALLURE, ALLURE_FILES)):
        if (place := folder / below).is_dir() and not place.is_symlink():
            yield from (path for path in sorted(place.iterdir()) if ours.fullmatch(path.name))


def _empty(folder: Path, ours: re.Pattern[str]) -> None:
    """Remove the files of ours in a folder, and the folder where nothing else is in it."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if ours.fullmatch(path.name) and not path.is_dir():
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


def _is_ours(path: Path) -> bool:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.keys() >= KEYS


def _json(told: Any, indent: int | None = None) -> str:  # noqa: ANN401 - whatever JSON can hold
    return in_json(json.dumps(told, ensure_ascii=False, indent=indent))
