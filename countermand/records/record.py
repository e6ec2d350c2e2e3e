"""A recorded run, judged again: on one side the record a run has left, on the other a wire that answers as the seller did then."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand.guard import bounds
from countermand.model.exchange import Exchange, Request
from countermand.model.results import WAITS
from countermand.model.secret import Veil
from countermand.model.target import Identity, Target
from countermand.model.verdict import Inconclusive, Verdict
from countermand.records import container, inputs, shape

RECORD = "record.jsonl"
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
    rows: Mapping[str, dict[str, Any]]  # scenarios by id, as the run wrote them down
    told: Mapping[str, Any]  # given.json

    @property
    def seed(self) -> str:
        """What the run's identifiers were drawn from."""
        return str(self.told["seed"])

    @property
    def fail_on(self) -> str | None:
        """How strict the run was."""
        return self.told["fail_on"] and str(self.told["fail_on"])

    @property
    def suite(self) -> dict[str, str]:
        """Which suite judged the run."""
        return dict(self.told["suite"])

    def acceptance(self, api: str) -> dict[str, Any] | None:
        """Return the complete cancellation that served the run."""
        found: dict[str, Any] | None = self.told["acceptances"].get(api)
        return found

    def standing(self, api: str) -> dict[str, Any] | None:
        """Return what was asked to see whether the buyer is served."""
        found: dict[str, Any] | None = self.told["standings"].get(api)
        return found

    def closing(self, api: str) -> dict[str, Any] | None:
        """Return what was asked at the end, to see whether the seller still answers as at the beginning."""
        found: dict[str, Any] | None = self.told["closings"].get(api)
        return found

    def seen(self, api: str) -> list[dict[str, Any]]:
        """Return the recorded scenarios of an API, those left out that themselves waited for all others."""
        rows = [row for row in self.rows.values() if row["api"] == api]
        return [row for row in rows if not any(step["text"] == WAITS for step in row["steps"])]

    def broken(self, clause: str, besides: str) -> bool:
        """Say whether another scenario of the record shows that a clause is broken."""
        others = (row for name, row in self.rows.items() if name != besides and row["clause"] == clause)
        return any(Verdict(row["drawn"].get("before", row["verdict"])) in SPARING for row in others)

    def targets(self) -> dict[str, Target]:
        """Return the run's targets as far as they can be known without secrets; nothing is read and nothing written."""
        try:
            return {row["api"]: inputs.target(row) for row in self.told["targets"]}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordError(f"{self.source}: {inputs.FILE}: a target cannot be read: {error}", hostile=True) from None


def read(path: Path) -> Record:
    """Read a folder of reports, or a zip that holds one; raises RecordError."""
    lines, told = _bytes(path)
    try:
        facts = bounds.parsed(told, largest=inputs.LARGEST)
        inputs.check(facts)
        rows = {str(number): row for number, row in enumerate(bounds.lines(lines), 1)}
        for number, row in rows.items():
            shape.SCENARIO(row, f"{RECORD}: line {number}")
        _check_together(list(rows.values()), {one["api"] for one in facts["targets"]})
    except bounds.LimitError as error:
        raise RecordError(f"{path}: no record of this suite: {error}", hostile=True) from None
    return Record(path, {row["id"]: row for row in rows.values()}, facts)


def _check_together(rows: Sequence[Mapping[str, Any]], apis: set[str]) -> None:
    """Hold rows to being of different scenarios, and of targets the run had; raises LimitError."""
    if len(rows) > MOST:
        raise bounds.LimitError(f"{RECORD}: more than {MOST} scenarios")
    seen = set[str]()
    for row in rows:
        if row["id"] in seen or row["api"] not in apis:
            raise bounds.LimitError(f"{RECORD}: {row['id'][:80]!r} is there twice, or of an API the run had no target of")
        seen.add(row["id"])


def _bytes(path: Path) -> tuple[bytes, bytes]:
    try:
        if path.is_dir():
            return container.from_folder(path, RECORD), container.from_folder(path, inputs.FILE, inputs.LARGEST)
        with container.opened(path) as archive:
            found = [_top(path, archive, name) for name in (RECORD, inputs.FILE)]
            return container.from_zip(archive, found[0]), container.from_zip(archive, found[1], inputs.LARGEST)
    except FileNotFoundError as error:
        name = Path(error.filename or "").name
        why = f"no {name} in it: a folder of reports is expected, or a certificate" if path.exists() else "no such file or folder"
        raise RecordError(f"{path}: {why}") from None
    except bounds.LimitError as error:
        raise RecordError(f"{path}: {str(error).removeprefix(f'{path}: ')}", hostile=True) from None
    except container.BROKEN as error:
        if isinstance(error, RecordError):
            raise
        raise RecordError(f"{path}: neither a folder of reports nor a zip that can be read: {error}") from None


def _top(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    found = [one for one in archive.infolist() if one.filename == name]
    if len(found) > 1:
        raise bounds.LimitError(f"the zip holds {name} more than once")
    if not found:
        raise RecordError(f"{path}: no {name} in it: a folder of reports is expected, or a certificate")
    return found[0]


class Replay:
    """The wire of one recorded scenario: its n-th request is answered as it was then, if it is the same request."""

    def __init__(self, rows: Sequence[dict[str, Any]], veil: Veil) -> None:
        self._rows, self._veil = rows, veil
        self.played = 0
        self.unlike: str | None = None  # how this scenario departs from its record

    @property
    def ahead(self) -> bool:
        """Whether the record has exchanges that were not asked for yet."""
        return self.played < len(self._rows)

    def send(self, identity: Identity, request: Request, operation: str) -> Exchange:
        """Answer a request from the record; raises Inconclusive where the record has another one, or none."""
        number = self.played + 1
        if number > len(self._rows):
            self._depart(f"request {number} ({operation}) is not in the record, which ends with exchange {len(self._rows)}")
        row = self._rows[number - 1]
        asked = {"number": number, "operation": operation, "identity": identity.name}
        for name, value in asked.items():
            if row[name] != value:
                self._depart(f"request {number} ({operation}): its {name} is {value!r}, in the record {row[name]!r}")
        if words := _difference(Exchange.of(row).request, self._masked(request)):
            self._depart(f"request {number} ({operation}): {words}")
        self.played = number
        return Exchange.of(row)

    def departure(self) -> str | None:
        """Say how the scenario departs from its record, once it is over; an exchange nobody asked for is a departure too."""
        if self.unlike is None and self.ahead:
            self.unlike = f"exchange {self.played + 1} of the record is one the scenario does not have"
        return self.unlike and f"the scenario departs from its record: {self.unlike}"

    def _masked(self, request: Request) -> Request:
        headers = tuple(
            (name, "***" if name.lower() in request.secret_headers else self._veil.text(value)) for name, value in request.headers
        )
        return Request(request.method, self._veil.text(request.url), headers, self._veil.mask(request.body))

    def _depart(self, words: str) -> None:
        self.unlike = self.unlike or words
        raise Inconclusive(f"the scenario departs from its record: {words}")


def _difference(recorded: Request, request: Request) -> str | None:
    """Say where a request differs from the recorded one: what the suite would not have starred, no record may star."""
    if request.method != recorded.method:
        return f"its method is {request.method}, in the record {recorded.method}"
    if request.url != recorded.url:
        return f"its URL is {request.url}, in the record {recorded.url}"
    if [name for name, _ in request.headers] != [name for name, _ in recorded.headers]:
        return "it has other headers than in the record"
    for (name, value), (_, then) in zip(request.headers, recorded.headers, strict=True):
        if value != then:
            return f"its {name} is {value!r}, in the record {then!r}"
    return None if request.body == recorded.body else f"its body differs from the record at byte {_first(request.body, recorded.body)}"


def _first(one: bytes, other: bytes) -> int:
    return next((at for at, (here, there) in enumerate(zip(one, other, strict=False)) if here != there), min(len(one), len(other)))
