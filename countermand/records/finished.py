"""Runs read back, from folders of reports and certificates, into the model all outputs are written from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from countermand.guard import bounds, claim, intake
from countermand.guard.nearest import absent
from countermand.model import clause, suite
from countermand.model.clause import Catalogue, Clause, Evidence
from countermand.model.files import EARLIER, EMBEDDED, PART, RECORD, RESULTS, SET_ASIDE
from countermand.model.json_schema import mistake
from countermand.model.results import VERSION, Results, Scenario, Target
from countermand.model.verdict import Verdict
from countermand.model.waiver import Waiver
from countermand.records import container, shape

#: Bytes of results.json; some 300 scenarios make 0.2 MB.
LIMIT = 16 * 2**20
#: What no text of one line holds: controls, line ends, marks of direction, and halves of a character.
UNSPOKEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
LINK = re.compile(r"https?://[^\s\x00-\x20\x7f]+")
#: Characters of a name or a sentence, and scenarios.
LONGEST, MOST = 2000, 5000
#: Values in results.json; some 300 scenarios make 4,000.
VALUES = 60_000
#: Where runs are put beside the one of a folder, which they are no part of.
BESIDE = frozenset({PART, EMBEDDED})
#: What a run has in its folder before it comes to an end.
BEGUN = ("allure-results",)
#: Runs that are named one by one.
NAMED = 5
#: What only the record tells of a scenario.
RECORDED = ("rule", "steps", "exchanges", "drawn")


class FinishedError(ValueError):
    """Something that is not a finished run; the message names it and says what was expected."""


@dataclass(frozen=True)
class Finished(Results):
    """A run as its results.json tells it: verdict and coverage are those it ended with, whatever suite reads it."""

    document: dict[str, Any] = field(default_factory=dict)
    source: Path = Path()
    unrecorded: int = 0  # scenarios that the record beside it, where there is one, does not tell of

    @property
    def verdict(self) -> Verdict:
        """The verdict the run ended with."""
        return Verdict(self.document["verdict"])

    @property
    def coverage(self) -> dict[str, int]:
        """The coverage the run ended with."""
        return dict(self.document["coverage"])

    @property
    def sentence(self) -> str:
        """The verdict with its coverage, as the run said it."""
        return str(self.document["sentence"])

    @property
    def answer(self) -> str | None:
        """What a part said of the clauses it was asked about; the steps this depends on are in the record alone."""
        said = self.document.get("answer")
        return str(said) if said and self.answered else None


def read(path: Path) -> Finished:
    """Read a folder of reports, a results.json or a zip that holds one; raises FinishedError."""
    try:
        if intake.is_folder(path):
            results, record = container.from_folder(path, RESULTS, LIMIT), _beside(path)
        elif _is_zip(path):
            results, record = _zipped(path)
        else:
            results, record = container.regular(path, LIMIT), None
    except FileNotFoundError:
        raise FinishedError(f"{intake.shown(path)}: {_lacks(path)}") from None
    except (OSError, ValueError, bounds.LimitError) as error:
        raise FinishedError(f"{intake.shown(path)}: cannot be read: {_why(path, error)}") from None
    return of(path, results, record)


def is_unfinished(path: Path) -> bool:
    """Say whether a run has begun in a folder and left no results there, as one that was killed, or goes on."""
    if not intake.is_folder(path) or (path / RESULTS).exists():
        return False
    begun = any((path / name).exists() for name in BEGUN)
    return begun or claim.is_taken(path) or next(path.glob(f"{EARLIER}/*/{RESULTS}"), None) is not None


def _lacks(path: Path) -> str:
    """Say what is not there, and where runs stand that may have been meant."""
    if not intake.is_folder(path):
        return absent(path, "no such file or folder")
    if claim.is_taken(path):
        return "a run is writing there now: wait for it"
    below = [str(file.parent) for file in sorted(path.glob(f"*/{RESULTS}"))]
    others = [folder for folder in below if Path(folder).name not in BESIDE]
    if not others and next(path.glob(f"{EARLIER}/*/{RESULTS}"), None):
        return (
            f"the run that began there last has left no {RESULTS}, as one that is killed; {EARLIER}/ holds those before"
        )
    if not below and any((path / name).exists() for name in BEGUN):
        return f"the run that began there has left no {RESULTS}, as one that is killed: it is to be run anew"
    if not below:
        return f"a folder of reports has a {RESULTS}, and this one has none"
    more = f" and {len(below) - NAMED} more" if len(below) > NAMED else ""
    several = (
        "holds the reports of several runs, each in a folder of its own" if len(below) > 1 else "holds no run itself"
    )
    return f"{several}: name {' or '.join(below[:NAMED])}{more}"


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the runs that paths stand for.

    A folder without results of its own stands for all runs and zips below it. One in which a run was killed stands
    for itself, as whoever reads it says: what it holds from before is no news of its target.
    """
    for path in paths:
        if intake.is_folder(path) and not (path / RESULTS).is_file():
            below = {_meant(file.parent, path) for file in path.rglob(RESULTS)}
            below = {run for run in below if not _is_below_another(run, path)}
            below |= {file for file in path.rglob("*.zip") if _holds_results(file)}
            yield from sorted(below) or [path]
        else:
            yield path


def _meant(run: Path, top: Path) -> Path:
    """Return the folder of reports in which a run was set aside, and else the run itself."""
    folder = run.parent.parent
    set_aside = run.parent.name == EARLIER and SET_ASIDE.match(run.name)
    return folder if set_aside and (folder == top or top in folder.parents) else run


def _is_below_another(run: Path, top: Path) -> bool:
    """Say whether a run lies below another: an earlier one, or a part, that the same target has left."""
    return any((folder / RESULTS).is_file() for folder in run.parents if folder != top and top in folder.parents)


def _beside(folder: Path) -> bytes | None:
    try:
        return container.from_folder(folder, RECORD)
    except FileNotFoundError:
        return None


def _is_zip(path: Path) -> bool:
    """Say whether a file begins as a zip does, or at least is called one."""
    if not intake.is_file(path):
        return False
    with path.open("rb") as file:
        return file.read(2) == b"PK" or path.suffix == ".zip"


def _holds_results(path: Path) -> bool:
    if not intake.is_file(path):  # a pipe of that name has no end
        return False
    try:
        with container.opened(path) as archive:
            return container.member(archive, RESULTS) is not None
    except container.BROKEN:
        return False


def _zipped(path: Path) -> tuple[bytes, bytes | None]:
    try:
        with container.opened(path) as archive:
            results, record = (container.member(archive, name) for name in (RESULTS, RECORD))
            if results is None:
                raise FinishedError(f"{intake.shown(path)}: the zip holds no {RESULTS}")
            return container.from_zip(archive, results, LIMIT), container.from_zip(archive, record) if record else None
    except container.BROKEN as error:
        if isinstance(error, FinishedError):
            raise
        raise FinishedError(f"{intake.shown(path)}: the zip cannot be read: {_why(path, error)}") from None


def _why(path: Path, error: Exception) -> str:
    """Return what is wrong with a file, without its name, which is said once."""
    return getattr(error, "strerror", None) or str(error).removeprefix(f"{path}: ")


def of(path: Path, results: bytes, record: bytes | None = None) -> Finished:
    """Return the run that results and a record tell of; raises FinishedError, which names the path."""
    document = _checked(path, results)
    rows = _rows(path, record or b"")
    scenarios = [
        _scenario(clause, row, rows.get(row["id"])) for clause in document["clauses"] for row in clause["scenarios"]
    ]
    order = {name: number for number, name in enumerate(rows)}
    return Finished(
        **{key: document[key] for key in ("suite", "started", "finished", "seed", "complete")},
        targets=tuple(Target(**{key: target[key] for key in ("name", "api", "url")}) for target in document["targets"]),
        scenarios=tuple(sorted(scenarios, key=lambda scenario: order.get(scenario.id, len(order)))),
        catalogue=_catalogue(document),
        notes=tuple(document["notes"]),
        waivers=tuple(
            Waiver(**{**row, "link": _link(row["link"]) or None, "scenarios": tuple(row["scenarios"])})
            for row in document["waivers"]
        ),
        untested=document["untested"],
        asked=tuple(document["asked"]),
        unplayed=tuple(document.get("unplayed", ())),
        document=document,
        source=path,
        unrecorded=0 if record is None else sum(scenario.id not in rows for scenario in scenarios),
    )


def _checked(path: Path, data: bytes) -> dict[str, Any]:
    """Return results.json, once it is known to be one."""
    try:
        document = bounds.parsed(data, bounds.Budget(VALUES), largest=LIMIT)
    except bounds.LimitError as error:
        raise FinishedError(f"{intake.shown(path)}: {RESULTS} cannot be read: {error}") from None
    if isinstance(document, dict) and document.get("version", VERSION) != VERSION:
        raise FinishedError(
            f"{intake.shown(path)}: {RESULTS} of version {document['version']}; this suite reads version {VERSION}"
        )
    schema = json.loads(files("countermand").joinpath("schemas/results.schema.json").read_text(encoding="utf-8"))
    wrong = mistake(document, schema)
    if wrong is not None:
        raise FinishedError(f"{intake.shown(path)}: {RESULTS}: {wrong.json_path}: {wrong.message[:200]}")
    _check_words(path, document)
    _check_targets(path, document)
    return dict(document)


def _check_words(path: Path, document: dict[str, Any]) -> None:
    """Hold what is said in one line, wherever it is shown, to being one."""
    scenarios = [row for clause in document["clauses"] for row in clause["scenarios"]]
    if len(scenarios) > MOST:
        raise FinishedError(f"{intake.shown(path)}: {RESULTS}: it tells of more than {MOST} scenarios")
    moments = {key: document[key] for key in ("started", "finished")}
    moments |= {f"started of {row['id'][:60]!r}": row["started"] for row in scenarios}
    for key, words in moments.items():
        if not shape.is_moment(words):
            raise FinishedError(
                f"{intake.shown(path)}: {RESULTS}: {key} is no time: {words[:40]!r}, "
                "where one was expected as in 2012-01-20T18:30:43Z"
            )
    names = [row[key] for row in scenarios for key in ("id", "name", "feature", "file", "target")]
    names += [target[key] for target in document["targets"] for key in ("name", "url")]
    names += [clause[key] for clause in document["clauses"] for key in ("id", "api")]
    for words in (
        document["sentence"],
        document["suite"]["version"],
        document["seed"],
        document["started"],
        document["finished"],
        *names,
    ):
        if len(words) > LONGEST or UNSPOKEN.search(words):
            raise FinishedError(
                f"{intake.shown(path)}: {RESULTS}: {words[:60]!r} is no name and no sentence of one line"
            )


def _check_targets(path: Path, document: dict[str, Any]) -> None:
    """Hold the targets to how a run tells of them: one of an API, which all scenarios of that API were played at."""
    names = dict[str, str]()
    for target in document["targets"]:
        if (name := names.setdefault(target["api"], target["name"])) != target["name"]:
            raise FinishedError(
                f"{intake.shown(path)}: {RESULTS}: it tells of two targets of {target['api']}, {name!r} and "
                f"{target['name']!r}, where a run has one of an API"
            )
    for clause_row in document["clauses"]:
        for row in clause_row["scenarios"]:
            if names.get(clause_row["api"]) != row["target"]:
                raise FinishedError(
                    f"{intake.shown(path)}: {RESULTS}: it tells of a scenario of {clause_row['id']} at "
                    f"{row['target']!r}, which is not among its targets of {clause_row['api']}"
                )


def _link(words: str | None) -> str:
    """Return what a reader may click on, where it leads to the web, and else nothing."""
    return words if words and len(words) <= LONGEST and LINK.fullmatch(words) else ""


def _rows(path: Path, record: bytes) -> dict[str, dict[str, Any]]:
    """Return what the record adds to the results, by scenario.

    Each row is held to its form, so that nobody who is given one has to look.
    """
    try:
        rows = list(bounds.lines(record))
        for number, row in rows:
            shape.SCENARIO(row, f"line {number}")
    except bounds.LimitError as error:
        advice = f"; without {RECORD} the run is read from {RESULTS} alone" if intake.is_folder(path) else ""
        raise FinishedError(f"{intake.shown(path)}: {RECORD}: {error}{advice}") from None
    return {row["id"]: {key: row[key] for key in RECORDED} for _, row in rows}


def _scenario(of: dict[str, Any], row: dict[str, Any], recorded: dict[str, Any] | None) -> Scenario:
    """Return a scenario: what results.json says counts, and the record adds the rest."""
    without = {"rule": of["says"], "steps": [], "exchanges": [], "drawn": {}}
    return Scenario.of({**without, **(recorded or {}), **row, "clause": of["id"], "api": of["api"]})


def _catalogue(document: dict[str, Any]) -> Catalogue:
    """Return today's catalogue of the run's APIs, each clause in the words the run itself used."""
    today = clause.read(*suite.features())
    clauses = {entry.id: entry for target in document["targets"] for entry in today.of(target["api"])}
    for row in document["clauses"]:
        outcome = row["id"] in today and today[row["id"]].outcome
        clauses[row["id"]] = Clause(
            row["id"],
            row["api"],
            row["says"],
            Evidence(row["evidence"]),
            row["source"],
            url=_link(row["url"]),
            outcome=outcome,
        )
    return Catalogue(list(clauses.values()))
