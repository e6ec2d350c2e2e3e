"""The baseline's file: on one side TOML that people keep, on the other waivers or an error that says what to mend."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from countermand.baseline.waiver import DEFAULT, Baseline, Entry, List
from countermand.guard import intake, toml
from countermand.guard.nearest import absent, meant
from countermand.model import clause, suite
from countermand.model.clause import Catalogue
from countermand.model.verdict import WORST_FIRST, Verdict

NEEDED = ("clause", "owner", "reason", "expires")
KNOWN = ("clause", "scenario", "target", "verdict", "message", "owner", "reason", "link", "expires")
#: What only a person can say: `baseline --update` leaves it blank, and a blank one excuses nobody.
FILLED = ("owner", "reason")
#: The key that a line sets.
KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
VERDICTS = tuple(verdict for verdict in WORST_FIRST if verdict is not Verdict.CONFORMS)
HEAD = """\
# What is known to keep targets from conforming, and who answers for it until when. \
It changes the exit code of a run, never a verdict.
# [[fails]]: the provider fails.  [[disputed]]: the clause is disputed.
"""


class BaselineError(ValueError):
    """A baseline that cannot be used.

    The message names file, line, entry and key, what was expected and the nearest right thing.
    """


@dataclass(frozen=True)
class _Place:
    """Where an entry stands, for the words of an error."""

    path: Path
    line: int
    list: str
    number: int
    text: str  # of the whole file, in which the line of a key is looked for once one is wrong

    @property
    def file(self) -> str:
        """Name the file, and the line where it is known."""
        return f"{self.path}:{self.line}" if self.line else str(self.path)

    def error(self, key: str, words: str) -> BaselineError:
        place = replace(self, line=self._line(key)).file
        return BaselineError(f"{place}: [[{self.list}]] {self.number}: {key}: {words}")

    def _line(self, key: str) -> int:
        """Return the line on which the entry sets a key, or the entry's own where it sets none on one of its own."""
        if self.line == 0:
            return 0
        for number, line in enumerate(self.text.splitlines()[self.line :], self.line + 1):
            if line.lstrip().startswith("["):  # the next entry
                break
            if (match := KEY.match(line)) and match[1] == key:
                return number
        return self.line


def lacking(path: Path) -> str:
    """Say of a baseline that it is not there, and what writes one."""
    name = intake.shown(path)
    return f"{name}: {absent(path)}; countermand baseline --update {name} REPORTS writes one"


def read(path: Path, catalogue: Catalogue | None = None, *, unfilled: bool = False) -> Baseline:
    """Read a baseline; without a catalogue, against the suite's own.

    An entry that lacks owner or reason is an error, unless unfilled ones are allowed (as in an update).
    Raises BaselineError.
    """
    try:
        text = intake.text(path)
        table = toml.parsed(text)
    except FileNotFoundError:
        raise BaselineError(lacking(path)) from None
    except intake.IntakeError as error:
        raise BaselineError(f"{intake.shown(path)}: {error}") from None
    except toml.TomlError as error:
        raise BaselineError(f"{error.place(path)}: not TOML: {error}") from None
    known = catalogue if catalogue is not None else clause.read(*suite.features())
    placed = [(place, _entry(place, row, known, unfilled=unfilled)) for place, row in _rows(path, text, table)]
    _refuse_doubles(placed)
    return Baseline(tuple(entry for _, entry in placed))


def dumps(baseline: Baseline) -> str:
    """Write a baseline as TOML."""
    return "\n".join([HEAD, *map(dumps_entry, baseline.entries)])


def parsed(text: str) -> list[Entry]:
    """Read entries from a text, unfilled ones among them, against the suite's own clauses; raises ValueError."""
    known = clause.read(suite.root() / "features")
    return [_entry(place, row, known, unfilled=True) for place, row in _rows(Path(), text, toml.parsed(text))]


def _rows(path: Path, text: str, table: dict[str, Any]) -> list[tuple[_Place, dict[str, Any]]]:
    rows = []
    for name, listed in table.items():
        if name not in set(List):
            begins = re.compile(rf"\W*{re.escape(name)}\b")
            there = (number for number, line in enumerate(text.splitlines(), 1) if begins.match(line))
            place = _Place(path, next(there, 0), name, 0, text).file
            known = "a baseline has [[fails]] and [[disputed]]"
            raise BaselineError(f"{place}: {name}: unknown; {known}{_nearest(name, list(List))}")
        if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
            raise BaselineError(f"{path}: {name}: is a list of tables, each under its own [[{name}]]")
        lines = [
            number for number, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[\[\s*{name}\s*\]\]", line)
        ]
        places = lines if len(lines) == len(listed) else [0] * len(listed)
        rows += [
            (_Place(path, line, name, number, text), row)
            for number, (line, row) in enumerate(zip(places, listed, strict=True), 1)
        ]
    return rows


def _entry(place: _Place, row: dict[str, Any], catalogue: Catalogue, *, unfilled: bool) -> Entry:
    for key in row:
        if key not in KNOWN:
            raise place.error(key, f"unknown key; known are {', '.join(KNOWN)}{_nearest(key, KNOWN)}")
    for key in NEEDED:
        if key not in row:
            raise place.error(key, "is missing")
    for key in KNOWN[:-1]:
        if key in row and not isinstance(row[key], str):
            raise place.error(key, f"is text in quotes, not {row[key]!r}")
        if key in row and not row[key].strip() and not (unfilled and key in FILLED):
            raise place.error(key, "is blank: say who answers for this waiver" if key == "owner" else "is blank")
    return Entry(
        list=List(place.list),
        clause=_clause(place, row["clause"], catalogue),
        expires=_day(place, row["expires"]),
        verdict=_verdict(place, row.get("verdict", DEFAULT)),
        link=_link(place, row.get("link")),
        owner=row["owner"],
        reason=row["reason"],
        scenario=row.get("scenario"),
        target=row.get("target"),
        message=_message(place, row.get("message")),
    )


def _clause(place: _Place, key: str, catalogue: Catalogue) -> str:
    if key in catalogue:
        return key
    raise place.error("clause", f"no clause {key!r}; {catalogue.advice(key)}")


def _day(place: _Place, value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value)) if isinstance(value, str) else _refuse_day(place, value)
    except ValueError:
        return _refuse_day(place, value)


def _refuse_day(place: _Place, value: object) -> date:
    raise place.error("expires", f"is a day, as in 2027-01-31, not {str(value)!r}")


def _verdict(place: _Place, value: str) -> Verdict:
    if value in VERDICTS:
        return Verdict(value)
    raise place.error("verdict", f"is one of {', '.join(VERDICTS)}, not {value!r}{_nearest(value, VERDICTS)}")


def _link(place: _Place, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"https?://[^\s\x00-\x20\x7f]{1,1990}", value):
        raise place.error("link", f"is an address, as in https://tracker.example/42, not {value!r}")
    return value


def _message(place: _Place, value: str | None) -> str | None:
    """Return how a scenario is known to fail."""
    if value is not None and not value.replace("*", "").strip():
        raise place.error(
            "message",
            "says nothing: write words of the failure, with * for what changes; without it any failure is waived",
        )
    return value


def _refuse_doubles(placed: Sequence[tuple[_Place, Entry]]) -> None:
    seen: dict[tuple[str | None, ...], tuple[_Place, Entry]] = {}
    for place, entry in placed:
        first, other = seen.setdefault(entry.place, (place, entry))
        if other is not entry:
            line = f" of line {first.line}" if first.line else ""
            raise BaselineError(
                f"{place.file}: {entry}: listed twice (first as {other}{line}): "
                "a failure is waived once, for one reason"
            )


def _nearest(word: str, known: tuple[str, ...] | list[Any]) -> str:
    question = meant(word, known, cutoff=0.5)
    return f"; {question}" if question else ""


def dumps_entry(entry: Entry) -> str:
    """Write one entry as TOML."""
    values = {key: getattr(entry, key) for key in KNOWN}
    if entry.verdict is DEFAULT:
        del values["verdict"]
    lines = [f"{key} = {_value(value)}{_hint(key, value)}" for key, value in values.items() if value is not None]
    return "\n".join([f"[[{entry.list}]]", *lines, ""])


def _hint(key: str, value: object) -> str:
    return "  # to be filled in" if key in FILLED and not str(value).strip() else ""


def _value(value: object) -> str:
    """Write a day, or a basic string, whose escapes are those of JSON and one more (TOML 1.0, String)."""
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
