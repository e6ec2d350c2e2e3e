"""Runs read back: on one side folders of reports and certificate zips, on the other the model all outputs are written from."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from countermand import clause, intake, suite
from countermand.clause import Catalogue, Clause, Evidence
from countermand.results import VERSION, Results, Scenario, Target
from countermand.verdict import Verdict

RESULTS, RECORD = "results.json", "record.jsonl"
#: Bytes; some 300 scenarios make 0.2 MB of results and 2 MB of record. A zip that claims more is not unpacked.
LIMIT = 256 * 2**20
#: What only the record tells of a scenario.
RECORDED = ("rule", "steps", "exchanges", "drawn")


class FinishedError(ValueError):
    """Something that is not a finished run; the message names it and says what was expected."""


@dataclass(frozen=True)
class Finished(Results):
    """A run as its results.json tells it: verdict and coverage are those it ended with, whatever suite reads it."""

    told: dict[str, Any] = field(default_factory=dict)
    source: Path = Path()

    @property
    def verdict(self) -> Verdict:
        """The verdict the run ended with."""
        return Verdict(self.told["verdict"])

    @property
    def coverage(self) -> dict[str, int]:
        """The coverage the run ended with."""
        return dict(self.told["coverage"])

    @property
    def sentence(self) -> str:
        """The verdict with its coverage, as the run said it."""
        return str(self.told["sentence"])


def read(path: Path) -> Finished:
    """Read a folder of reports, a results.json or a zip that holds one; raises FinishedError."""
    if intake.is_folder(path):
        results, record = _text(path / RESULTS), _text(path / RECORD, needed=False)
    elif intake.is_file(path) and zipfile.is_zipfile(path):
        results, record = _zipped(path)
    else:
        results, record = _text(path), ""
    return _finished(path, results, record)


def find(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the runs that paths stand for: a folder without results of its own stands for all runs and zips below it."""
    for path in paths:
        if intake.is_folder(path) and not (path / RESULTS).is_file():
            below = [found.parent for found in path.rglob(RESULTS)] + [found for found in path.rglob("*.zip") if _holds_results(found)]
            yield from sorted(below) or [path]
        else:
            yield path


def _text(path: Path, *, needed: bool = True) -> str:
    try:
        return intake.text(path, LIMIT)
    except FileNotFoundError:
        if not needed:
            return ""
        words = f"a folder of reports has a {RESULTS}, and this one has none" if path.name == RESULTS else "no such file or folder"
        raise FinishedError(f"{intake.shown(path.parent if path.name == RESULTS else path)}: {words}") from None
    except intake.IntakeError as error:
        raise FinishedError(f"{intake.shown(path)}: {error}") from None


def _holds_results(path: Path) -> bool:
    if not intake.is_file(path):  # a pipe of that name has no end
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _member(archive, RESULTS) is not None
    except (OSError, zipfile.BadZipFile):
        return False


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Return the file of that name that lies nearest to the top."""
    found = [one for one in archive.infolist() if PurePosixPath(one.filename).name == name]
    return min(found, key=lambda one: (one.filename.count("/"), one.filename), default=None)


def _zipped(path: Path) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [_member(archive, name) for name in (RESULTS, RECORD)]
            if members[0] is None:
                raise FinishedError(f"{path}: the zip holds no {RESULTS}")
            if sum(one.file_size for one in members if one) > LIMIT:
                raise FinishedError(f"{path}: the zip holds more than {LIMIT // 2**20} MiB of results")
            results, record = (archive.read(one).decode("utf-8") if one else "" for one in members)
            return results, record
    # A zip can be broken in as many ways as its reader has exceptions.
    except (OSError, EOFError, UnicodeDecodeError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise FinishedError(f"{path}: the zip cannot be read: {error}") from None


def _finished(path: Path, results: str, record: str) -> Finished:
    told = _checked(path, results)
    rows = _rows(path, record)
    scenarios = [_scenario(one, row, rows.get(row["id"])) for one in told["clauses"] for row in one["scenarios"]]
    order = {name: number for number, name in enumerate(rows)}
    return Finished(
        **{key: told[key] for key in ("suite", "started", "finished", "seed", "complete")},
        targets=tuple(Target(**{key: one[key] for key in ("name", "api", "url")}) for one in told["targets"]),
        scenarios=tuple(sorted(scenarios, key=lambda one: order.get(one.id, len(order)))),
        catalogue=_catalogue(told),
        notes=tuple(told["notes"]),
        told=told,
        source=path,
    )


def _checked(path: Path, text: str) -> dict[str, Any]:
    """Return results.json, once it is known to be one."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 0.1 s that only a reader of results should pay
    from jsonschema.exceptions import best_match  # noqa: PLC0415

    try:
        told = intake.parsed(text)
    except ValueError as error:
        raise FinishedError(f"{path}: {RESULTS} is not JSON: {error}") from None
    if isinstance(told, dict) and told.get("version", VERSION) != VERSION:
        raise FinishedError(f"{path}: {RESULTS} of version {told['version']}; this suite reads version {VERSION}")
    schema = json.loads(files("countermand").joinpath("schemas/results.schema.json").read_text(encoding="utf-8"))
    wrong = best_match(Draft202012Validator(schema).iter_errors(told))
    if wrong is not None:
        raise FinishedError(f"{path}: {RESULTS}: {wrong.json_path}: {wrong.message[:200]}")
    return dict(told)


def _rows(path: Path, record: str) -> dict[str, dict[str, Any]]:
    """Return what the record adds to the results, by scenario."""
    try:
        rows = [intake.parsed(line) for line in record.split("\n") if line.strip()]
        return {row["id"]: {key: row[key] for key in RECORDED} for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        raise FinishedError(f"{path}: {RECORD} is none of this suite: {type(error).__name__}: {error}") from None


def _scenario(of: dict[str, Any], row: dict[str, Any], recorded: dict[str, Any] | None) -> Scenario:
    """Return a scenario: what results.json says counts, and the record adds the rest."""
    without = {"rule": of["says"], "steps": [], "exchanges": [], "drawn": {}}
    return Scenario.of({**without, **(recorded or {}), **row, "clause": of["id"], "api": of["api"]})


def _catalogue(told: dict[str, Any]) -> Catalogue:
    """Return today's catalogue of the run's APIs, each clause in the words the run itself used."""
    today = clause.read(suite.root() / "features")
    clauses = {one.id: one for target in told["targets"] for one in today.of(target["api"])}
    for row in told["clauses"]:
        outcome = row["id"] in today and today[row["id"]].outcome
        clauses[row["id"]] = Clause(row["id"], row["api"], row["says"], Evidence(row["evidence"]), row["source"], outcome=outcome)
    return Catalogue(list(clauses.values()))
