"""A recorded run, judged again: on one side the record a run has left, on the other a wire that answers as the seller did then."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermand import given
from countermand.exchange import Exchange, Request
from countermand.secret import Veil
from countermand.target import Identity, Target
from countermand.verdict import Inconclusive, Verdict

RECORD = "record.jsonl"
#: Bytes; some 300 scenarios make 2 MB. A zip that claims more is not unpacked.
LIMIT = 256 * 2**20
#: The sentence by which a scenario waits for all others; see collecting.
WAITS = "all other scenarios are done"
#: What a recorded scenario must tell.
NEEDED = frozenset({"id", "name", "clause", "api", "verdict", "steps", "exchanges", "drawn"})
SPARING = frozenset({Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS})


class RecordError(ValueError):
    """Something that is no record of a run; the message names it and says what was expected."""


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

    def targets(self, folder: Path) -> dict[str, Target]:
        """Return the run's targets as far as they can be known without secrets; schemas are written into a folder."""
        try:
            return {row["api"]: given.target(row, folder) for row in self.told["targets"]}
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise RecordError(f"{self.source}: {given.FILE}: a target cannot be read: {type(error).__name__}: {error}") from None


def read(path: Path) -> Record:
    """Read a folder of reports, or a zip that holds one; raises RecordError."""
    lines, told = _text(path, RECORD), _text(path, given.FILE)
    try:
        rows = [json.loads(line) for line in lines.split("\n") if line.strip()]
        facts = json.loads(told)
        lacking = given.KEYS - facts.keys() | {key for row in rows for key in NEEDED - row.keys()}
        known = all(row["verdict"] in set(Verdict) for row in rows if not lacking)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise RecordError(f"{path}: no record of a run: {type(error).__name__}: {error}") from None
    if lacking or not known:
        raise RecordError(f"{path}: no record of this suite: it lacks {', '.join(sorted(lacking)) or 'verdicts'}")
    if facts["version"] != given.VERSION:
        raise RecordError(f"{path}: {given.FILE} of version {facts['version']}; this suite reads version {given.VERSION}")
    return Record(path, {row["id"]: row for row in rows}, facts)


def _text(path: Path, name: str) -> str:
    try:
        if path.is_dir():
            return (path / name).read_text(encoding="utf-8")
        with zipfile.ZipFile(path) as archive:
            found = archive.getinfo(name)
            if found.file_size > LIMIT:
                raise RecordError(f"{path}: {name} is larger than {LIMIT // 2**20} MiB")
            return archive.read(found).decode("utf-8")
    except (FileNotFoundError, KeyError):
        why = f"no {name} in it: a folder of reports is expected, or a certificate" if path.exists() else "no such file or folder"
        raise RecordError(f"{path}: {why}") from None
    # A zip can be broken in as many ways as its reader has exceptions.
    except (OSError, EOFError, UnicodeDecodeError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RecordError(f"{path}: neither a folder of reports nor a zip that can be read: {error}") from None


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
        if words := _difference(row["request"], Exchange.of(row).request, self._masked(request)):
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
        return Request(request.method, self._veil.text(request.url), headers, request.body)

    def _depart(self, words: str) -> None:
        self.unlike = self.unlike or words
        raise Inconclusive(f"the scenario departs from its record: {words}")


def _difference(row: dict[str, Any], recorded: Request, request: Request) -> str | None:
    """Say where a request differs from the recorded one, byte for byte but for what is masked."""
    if request.method != recorded.method:
        return f"its method is {request.method}, in the record {recorded.method}"
    if not _alike(request.url, recorded.url):
        return f"its URL is {request.url}, in the record {recorded.url}"
    if [name for name, _ in request.headers] != [name for name, _ in recorded.headers]:
        return "it has other headers than in the record"
    for (name, value), (_, then) in zip(request.headers, recorded.headers, strict=True):
        if not _alike(value, then):
            return f"its {name} is {value!r}, in the record {then!r}"
    body = bytearray(request.body)
    for start, end in row["body"]["masked"]:
        body[start:end] = b"*" * len(body[start:end])
    return None if body == recorded.body else f"its body differs from the record at byte {_first(bytes(body), recorded.body)}"


def _alike(now: str, then: str) -> bool:
    """Say whether two texts are the same but for what is starred out in the record."""
    return len(now) == len(then) and all(other in (one, "*") for one, other in zip(now, then, strict=True))


def _first(one: bytes, other: bytes) -> int:
    return next((at for at, (here, there) in enumerate(zip(one, other, strict=False)) if here != there), min(len(one), len(other)))
