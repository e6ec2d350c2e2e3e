"""The record a run has left: read back and held to limits, whoever made it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand.guard import bounds
from countermand.guard.nearest import absent
from countermand.model import files
from countermand.model.results import WAITS
from countermand.model.rows import AcceptanceRow, AskedRow, ScenarioRow
from countermand.model.target import Target
from countermand.model.verdict import Verdict
from countermand.records import container, inputs, shape

RECORD = files.RECORD
#: Scenarios; a run of both APIs has some 180.
MOST = 5000
SPARING = frozenset({Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS})


class RecordError(ValueError):
    """Something that is no record of a run; the message names it and says what was expected."""

    def __init__(self, words: str, *, hostile: bool = False) -> None:
        super().__init__(words)
        self.hostile = hostile  # it is a record, and says what none of ours would


@dataclass(frozen=True)
class Record:
    """What a run was given and what it was answered."""

    source: Path
    rows: Mapping[str, ScenarioRow]  # scenarios by id, as the run wrote them down
    given: Mapping[str, Any]  # given.json

    @property
    def seed(self) -> str:
        """What the run's identifiers were drawn from."""
        return str(self.given["seed"])

    @property
    def fail_on(self) -> str | None:
        """How strict the run was."""
        return self.given["fail_on"] and str(self.given["fail_on"])

    @property
    def suite(self) -> dict[str, str]:
        """Which suite judged the run."""
        return dict(self.given["suite"])

    def acceptance(self, api: str) -> AcceptanceRow | None:
        """Return the complete cancellation that served the run."""
        row: AcceptanceRow | None = self.given["acceptances"].get(api)
        return row

    def lent(self, api: str) -> AcceptanceRow | None:
        """Return the acceptance of an earlier run that the run has leant on."""
        row: AcceptanceRow | None = self.given.get("lents", {}).get(api)
        return row

    def standing(self, api: str) -> AskedRow | None:
        """Return what was asked to see whether the buyer is served."""
        row: AskedRow | None = self.given["standings"].get(api)
        return row

    def closing(self, api: str) -> AskedRow | None:
        """Return what was asked at the end, to see whether the seller still answers as at the beginning."""
        row: AskedRow | None = self.given["closings"].get(api)
        return row

    def seen(self, api: str) -> list[ScenarioRow]:
        """Return the recorded scenarios of an API, those left out that themselves waited for all others."""
        rows = [row for row in self.rows.values() if row["api"] == api]
        return [row for row in rows if not any(step["text"] == WAITS for step in row["steps"])]

    def broken(self, clause: str, besides: str) -> bool:
        """Say whether another scenario of the record shows that a clause is broken."""
        others = (row for name, row in self.rows.items() if name != besides and row["clause"] == clause)
        return any(Verdict(row["drawn"].get("before", row["verdict"])) in SPARING for row in others)

    def outweighs(self, clause: str, *, weighs: bool) -> bool:
        """Say whether the record shows that a clause is broken.

        Where that matters, it must weigh as heavily as one that fails a target.
        """
        verdicts = {
            Verdict(row["drawn"].get("before", row["verdict"])) for row in self.rows.values() if row["clause"] == clause
        }
        return Verdict.DOES_NOT_CONFORM in verdicts or (not weighs and Verdict.DEPARTS in verdicts)

    def targets(self) -> dict[str, Target]:
        """Return the run's targets as far as they can be known without secrets; nothing is read and nothing written."""
        try:
            return {row["api"]: inputs.target(row) for row in self.given["targets"]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordError(
                f"{self.source}: {inputs.FILE}: a target cannot be read: {bounds.wrong(error)}", hostile=True
            ) from None


def read(path: Path) -> Record:
    """Read a folder of reports, or a zip that holds one; raises RecordError."""
    lines, given = _bytes(path)
    try:
        facts = bounds.parsed(given, largest=inputs.LARGEST)
        inputs.check(facts)
        rows = []
        for number, row in bounds.lines(lines):
            shape.SCENARIO(row, f"{RECORD}: line {number}")
            rows.append(row)
        _check_together(rows, {target["api"] for target in facts["targets"]})
    except bounds.LimitError as error:
        raise RecordError(f"{path}: no record of this suite: {error}", hostile=True) from None
    return Record(path, {row["id"]: row for row in rows}, facts)


def _check_together(rows: Sequence[Mapping[str, Any]], apis: set[str]) -> None:
    """Hold rows to being of different scenarios, and of targets the run had; raises LimitError."""
    if len(rows) > MOST:
        raise bounds.LimitError(f"{RECORD}: more than {MOST} scenarios")
    seen = set[str]()
    for row in rows:
        if row["id"] in seen or row["api"] not in apis:
            raise bounds.LimitError(
                f"{RECORD}: {row['id'][:80]!r} is there twice, or of an API the run had no target of"
            )
        seen.add(row["id"])


def _bytes(path: Path) -> tuple[bytes, bytes]:
    try:
        if path.is_dir():
            return container.from_folder(path, RECORD), container.from_folder(path, inputs.FILE, inputs.LARGEST)
        with container.opened(path) as archive:
            members = [_top(path, archive, name) for name in (RECORD, inputs.FILE)]
            return container.from_zip(archive, members[0]), container.from_zip(archive, members[1], inputs.LARGEST)
    except FileNotFoundError as error:
        name = Path(error.filename or "").name
        why = (
            f"no {name} in it: a folder of reports is expected, or a certificate"
            if path.exists()
            else absent(path, "no such file or folder")
        )
        raise RecordError(f"{path}: {why}") from None
    except bounds.LimitError as error:
        raise RecordError(f"{path}: {str(error).removeprefix(f'{path}: ')}", hostile=True) from None
    except container.BROKEN as error:
        if isinstance(error, RecordError):
            raise
        raise RecordError(f"{path}: neither a folder of reports nor a zip that can be read: {error}") from None


def _top(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if member.filename == name]
    if len(members) > 1:
        raise bounds.LimitError(f"the zip holds {name} more than once")
    if not members:
        raise RecordError(f"{path}: no {name} in it: a folder of reports is expected, or a certificate")
    return members[0]
