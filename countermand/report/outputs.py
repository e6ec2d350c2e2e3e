"""Which files a run writes into its folder of reports, and how they are known again."""

from __future__ import annotations

import contextlib
import json
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from countermand.guard import intake, placing
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

#: How each file that a run writes begins; numbers, the title of a text and the file of the first feature may be any.
JSON_HEAD = ('{\n "version": 0,\n "suite": {\n  "version": "',)
POLICED = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
BEGINNINGS = {
    RESULTS: JSON_HEAD,
    GIVEN: JSON_HEAD,
    JUNIT: ("<?xml version='0.0' encoding='utf-0'?>\n<testsuites name=\"countermand\" ",),
    MARKDOWN: ("#\n\n| Target | API | URL |\n", "#\n\nA part of the suite; only a whole run says more.\n"),
    RECORD: ('{"id": ".feature::',),
    PAGE: (
        (
            '<!doctype html>\n<html lang="en"><head>'
            f"<meta charset=\"utf-0\">{POLICED}style-src 'unsafe-inline'; script-src 'sha"
        ),
    ),
    ALLURE_PAGE: (f'<!DOCTYPE html>\n<html dir="ltr" lang="en">\n<head>\n    {POLICED}script-src ',),
    agents.NAME: ("#\n\nThis folder is what one run of Countermand",),
}
#: How the badge of a run begins, which only `certify` writes.
PICTURED = {
    BADGES[0]: ('{\n "schemaVersion": 0,\n "label": "',),
    BADGES[1]: ('<svg xmlns="http://www.w0.org/0/svg" width="0.0" height="0" role="img" aria-label="',),
}
ANY = {r"\d+": "0", r"\A# [^\n]*": "#", r'\A\{"id": "[^"]*?(\.feature::|\Z)': r'{"id": "\1'}
#: Bytes of a file in which it is known by its beginning;
#: and what index.html holds in them that no other page of ours does.
HEAD, FRONT = 8192, "\nheader{border-left:"


def write(results: Results, folder: Path) -> list[Path]:
    """Write results.json, junit.xml, conformance.md and record.jsonl.

    Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = _verdicts(results)
    record = "".join(_json(scenario.as_json()) + "\n" for scenario in results.scenarios)
    _put(folder, {**texts, RECORD: record, agents.NAME: agents.TEXT})
    return [folder / name for name in (*texts, RECORD)]


def restate(results: Results, folder: Path) -> list[Path]:
    """Write what says the verdict once more, of a run that turned out otherwise.

    What shows how it went stays. Raises OSError.
    """
    _put(folder, texts := _verdicts(results))
    return [folder / name for name in texts]


def _verdicts(results: Results) -> dict[str, str]:
    """Return every text that says a verdict, by the name of its file."""
    return {RESULTS: _json(results.as_json(), indent=1) + "\n", **_texts(results)}


def _texts(results: Results) -> dict[str, str]:
    return {JUNIT: in_html(junit.document(results).decode()), MARKDOWN: markdown.conformance(results)}


def drawn(results: Results) -> dict[str, bytes]:
    """Return junit.xml and conformance.md, which say anew what results.json says."""
    return {name: _encoded(text) for name, text in _texts(results).items()}


def _put(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        placing.put(folder / name, _encoded(text))


def _encoded(text: str) -> bytes:
    """Return a text as UTF-8: a lone surrogate cannot be that, and becomes the escape that JSON writes for it."""
    return text.encode("utf-8", "backslashreplace")


def retract(folder: Path) -> None:
    """Remove what speaks of a run whose reports could not all be written.

    A part of them would be taken for the whole.
    """
    for name in OURS:
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)


def clean(folder: Path) -> None:
    """Remove what an earlier run left, so that no report speaks of two runs; files that are not ours stay."""
    if _is_ours(folder / RESULTS):
        for name in filter(lambda name: _is_written(folder / name), OURS):
            (folder / name).unlink(missing_ok=True)
        _empty(folder / ticket.FOLDER, TICKETS)
    _empty(folder / ALLURE, ALLURE_FILES)


def remove(folder: Path) -> None:
    """Remove a run, and the folder where nothing else is in it; never a file that none has written."""
    clear(folder)
    with contextlib.suppress(OSError):  # somebody has put more there
        folder.rmdir()


def clear(folder: Path) -> None:
    """Remove a run, and leave its folder."""
    for path in of_a_run(folder):
        if path.name != history.NAME and _is_written(path):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
    tidy(folder)


def tidy(folder: Path) -> None:
    """Remove the folders in which a run had files, where they are empty."""
    for below in (ticket.FOLDER, ALLURE):
        with contextlib.suppress(OSError):
            (folder / below).rmdir()


def _is_written(path: Path) -> bool:
    """Say whether a file that is called as one of ours is one, as far as that can be told."""
    if path.name == RESULTS:
        return _is_ours(path)
    return path.name not in {*BEGINNINGS, *BADGES} or _begins_like_ours(path)


def not_ours(folder: Path) -> Path | None:
    """Return a file that a run would write over or remove, and that none has written.

    What a killed run has left is not whole, but ours.
    """
    if _is_ours(folder / RESULTS):
        return None  # whatever stands beside them is set aside, and lost to nobody
    named = next((folder / name for name in BEGINNINGS if not _begins_like_ours(folder / name)), None)
    results = sorted((folder / ALLURE).glob("*-result.json"))
    # A label that ours never have.
    return named or next((path for path in results if b'"framework"' in _head(path)), None)


def astray(folder: Path) -> Path | None:
    """Return what a run would write to that is none of the folder's own files: a link leads elsewhere, a pipe nowhere.

    Whoever has filled the folder may have laid it there for the next run.
    """
    below = [folder / ticket.FOLDER, folder / ALLURE]
    if led := next((place for place in below if not _is_own(place, stat.S_ISDIR)), None):
        return led
    files = [folder / name for name in (*OURS, history.NAME)]
    within = [path for place in below if place.is_dir() for path in sorted(place.iterdir())]
    return next((path for path in files if not _is_own(path, stat.S_ISREG)), None) or next(
        (path for path in within if not (_is_own(path, stat.S_ISREG) or _is_own(path, stat.S_ISDIR))), None
    )


def _is_own(path: Path, kind: Callable[[int], bool]) -> bool:
    """Say whether there is nothing of that name, or what is meant by it, and no link to any."""
    try:
        return kind(path.lstat().st_mode)
    except OSError:
        return True


def document(path: Path) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return what a JSON file of a run says, whatever bears its name; raises OSError, ValueError."""
    return intake.parsed(intake.read(path))


def _begins_like_ours(path: Path) -> bool:
    begun = whole = _head(path).decode("utf-8", "replace")
    for pattern, same in ANY.items():
        begun = re.sub(pattern, same, begun, count=0 if same == "0" else 1)
    beginnings = BEGINNINGS.get(path.name) or PICTURED[path.name]
    like = any(start.startswith(begun) or begun.startswith(start) for start in beginnings)
    return like and (path.name != PAGE or len(whole) < HEAD or FRONT in whole)


def _head(path: Path) -> bytes:
    """Return how a file begins, nothing where there is none."""
    try:
        intake.look(path, sys.maxsize)  # no pipe keeps us waiting
        with path.open("rb") as file:
            return file.read(HEAD)
    except (OSError, ValueError):
        return b""


def of_a_run(folder: Path) -> Iterator[Path]:
    """Yield every file that a run may have written into its folder of reports.

    Whatever else lies there is somebody's own.
    """
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
        results = document(path)
    except (OSError, ValueError):
        return False
    return isinstance(results, dict) and results.keys() >= KEYS


def _json(payload: Any, indent: int | None = None) -> str:  # noqa: ANN401 - whatever JSON can hold
    return in_json(json.dumps(payload, ensure_ascii=False, indent=indent))
