"""Finished runs of any targets, joined: one table per API, clause by run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from countermand.model.clause import Clause
from countermand.model.results import Judged, Results, Target
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.nightly import history, night
from countermand.nightly.night import Change
from countermand.records.finished import Finished

VERSION = 1


@dataclass(frozen=True)
class Column:
    """What one run says of one target."""

    target: Target
    run: Results  # of this target alone
    verdict: Verdict
    page: str | None = None  # the run's own page, as seen from where the matrix is written
    last: bool = True  # no later run of this target is known

    @cached_property
    def judged(self) -> dict[str, Judged]:
        """The clauses this run looked at; one that counts as not tested says nothing of any."""
        return {} if self.run.untested is not None else {judged.clause.id: judged for judged in self.run.clauses}

    def waiver(self, clause: str) -> str | None:
        """Return who answers for all that is the matter with a clause of this run, until when and why."""
        return self.run.excuses(self.judged[clause].scenarios)

    @property
    def scope(self) -> str:
        """How much of what is documented was decided."""
        return "{decided} of {documented}".format(**self.run.coverage)


@dataclass(frozen=True)
class Table:
    """All runs of one API: the columns by target and then by date, the rows in the order of the catalogue."""

    api: str
    columns: tuple[Column, ...]
    clauses: tuple[Clause, ...]

    def cells(self, clause: Clause) -> list[Judged | None]:
        """Return what every run says of a clause; nothing where it did not look at it."""
        return [column.judged.get(clause.id) for column in self.columns]

    def worst(self, clause: Clause) -> Verdict:
        """Return the worst that any run says of a clause."""
        verdicts = [cell.verdict for cell in self.cells(clause) if cell]
        return min(verdicts, key=WORST_FIRST.index)

    def past(self, column: Column) -> list[Column]:
        """Return all runs of a column's target, the oldest first."""
        return [other for other in self.columns if other.target.name == column.target.name]


@dataclass(frozen=True)
class Matrix:
    """All tables, and what could not be read."""

    tables: tuple[Table, ...]
    missing: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()  # since the run before, of each target


def matrix(
    runs: Iterable[Finished],
    missing: Sequence[str] = (),
    beside: Path | None = None,
    expected: Iterable[tuple[str, str]] = (),
) -> Matrix:
    """Join runs; the same run given twice counts once.

    Links to pages are relative to the folder the matrix is written beside. Targets that were to be tested stand first
    where somebody has to act on them; expected ones are those that must have been.
    """
    given, wanted = list(runs), list(expected)
    named = night.adopting([*wanted, *((target.api, target.name) for run in given for target in run.targets)])
    runs = [replace(run, targets=tuple(_adopted(target, named) for target in run.targets)) for run in given]
    different = {(run.started, run.seed, tuple(target.name for target in run.targets)): run for run in runs}
    columns = [_column(run, target, beside) for run in different.values() for target in run.targets]
    changes = tuple(_changes(list(different.values()), wanted))
    columns.sort(key=lambda column: (column.target.api, column.target.name, column.run.started))
    columns = [
        replace(column, last=after is None or column.target != after.target)
        for column, after in zip(columns, [*columns[1:], None], strict=False)
    ]
    columns.sort(key=lambda column: _need(column.target, changes))
    apis = dict.fromkeys(sorted(column.target.api for column in columns))
    tables = (_table(api, [column for column in columns if column.target.api == api]) for api in apis)
    return Matrix(tuple(tables), tuple(missing), changes)


def _adopted(target: Target, named: Callable[[tuple[str, str]], tuple[str, str]]) -> Target:
    return replace(target, api=named((target.api, target.name))[0])


def _changes(runs: Sequence[Finished], expected: Sequence[tuple[str, str]]) -> list[Change]:
    """Return what is new at each target's last run, beside the one before."""
    past = [entry for run in runs for entry in history.entries([run]).values()]
    new = history.missed(history.entries(runs), set(expected))
    return night.changes(history.before(past, new), new, past, expected)


def _need(target: Target, changes: Sequence[Change]) -> int:
    """Say how soon somebody has to look at a target: its place among the changes, which begin with what to act on."""
    places = (
        number for number, change in enumerate(changes) if (change.api, change.target) == (target.api, target.name)
    )
    return next(places, len(changes))


def as_json(joined: Matrix) -> dict[str, Any]:
    """Return what schemas/matrix.schema.json describes; verdicts stand in the order of the columns."""
    return {
        "version": VERSION,
        "missing": list(joined.missing),
        "tables": [_table_json(table) for table in joined.tables],
    }


def _column(run: Finished, target: Target, beside: Path | None) -> Column:
    parts = {field.name: getattr(run, field.name) for field in fields(Results)}
    own = tuple(scenario for scenario in run.scenarios if scenario.target == target.name and scenario.api == target.api)
    alone = Results(**{**parts, "targets": (target,), "scenarios": own})
    return Column(target, run if len(run.targets) == 1 else alone, _verdict(run, alone), _page(run, beside))


def _verdict(run: Finished, alone: Results) -> Verdict:
    """Return what a run says of one of its targets: what it said of all, unless the trouble is another's."""
    if run.verdict in {Verdict.CONFORMS, Verdict.NOT_TESTED} or len(run.targets) == 1:
        return run.verdict
    return alone.verdict


def _page(run: Finished, beside: Path | None) -> str | None:
    page = run.source / "index.html"
    if beside is None or not page.is_file():
        return None
    try:
        return Path(os.path.relpath(page, beside)).as_posix()
    except ValueError:  # another drive
        return None


def _table(api: str, columns: Sequence[Column]) -> Table:
    looked = {key for column in columns for key in column.judged}
    # The newest run's words, and its order; clauses only an older suite had come last.
    newest = sorted(columns, key=lambda column: column.run.started, reverse=True)
    clauses: dict[str, Clause] = {}
    for column in newest:
        for clause in column.run.catalogue.of(api):
            if clause.id in looked:
                clauses.setdefault(clause.id, clause)
    return Table(api, tuple(columns), tuple(clauses.values()))


def _table_json(table: Table) -> dict[str, Any]:
    return {
        "api": table.api,
        "runs": [_run_json(column) for column in table.columns],
        "clauses": [
            {
                "id": clause.id,
                "says": clause.says,
                "evidence": clause.evidence,
                "verdicts": [cell and cell.verdict for cell in table.cells(clause)],
            }
            for clause in table.clauses
        ],
    }


def _run_json(column: Column) -> dict[str, Any]:
    run = column.run
    facts = {"target": column.target.name, "url": column.target.url, "started": run.started, "complete": run.complete}
    return {
        **facts,
        "suite": run.suite,
        "verdict": column.verdict,
        "coverage": run.coverage,
        "scenarios": len(run.scenarios),
    }
