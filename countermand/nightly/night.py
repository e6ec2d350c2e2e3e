"""One night beside the one before: what of each target is new, what is known, and since when.

An entry is what one night says of one target, about a kilobyte of JSON. Entries come from finished runs, or from the history, a file
with a line for each, which remembers a year of nights without Allure and without the runs themselves.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from countermand.model.results import UNKNOWN_API, Judged
from countermand.model.verdict import Verdict
from countermand.records.finished import Finished

VERSION = 1
#: How long the history remembers, and how many nights decide whether something is flaky.
YEAR, WEEK = timedelta(days=366), 7
#: Runs that began so far apart are of two nights.
APART = timedelta(hours=18)
#: So many changes within a week are more than a fault and its mending.
FLAKY = 2
#: How a waiver ends that still speaks of a failure.
LAPSED = frozenset({"expired", "another reason"})
SHOWN = frozenset({Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS, Verdict.INCONCLUSIVE})


class HistoryError(ValueError):
    """A history that cannot be read or written; the message names the file and the line."""


class Kind(StrEnum):
    """What became of a target or of a clause since the night before, the first to act on first."""

    BROKEN = "newly broken"
    UNTESTED = "not tested"
    UNKNOWN = "newly inconclusive"
    LAPSED = "no longer waived"
    STILL = "still broken"
    WAIVED = "waived"
    DEPARTS = "newly departing"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class Entry:
    """What one night says of one target."""

    target: str
    api: str
    started: str  # RFC 3339, UTC
    verdict: Verdict
    untested: str | None = None
    clauses: Mapping[str, Verdict] = field(default_factory=dict)  # only those that somebody may have to look at
    documented: frozenset[str] = frozenset()  # which of these no run may leave open
    waived: Mapping[str, str] = field(default_factory=dict)  # by clause: who, until when and why
    lapsed: Mapping[str, str] = field(default_factory=dict)  # by clause: whose waiver no longer counts

    @property
    def key(self) -> tuple[str, str]:
        """Which target this is."""
        return self.api, self.target

    @property
    def night(self) -> str:
        """The day the run began on."""
        return self.started[:10]

    def as_json(self) -> dict[str, Any]:
        """Return a line of the history."""
        told = {"target": self.target, "api": self.api, "started": self.started, "verdict": self.verdict, "untested": self.untested}
        return {
            **told,
            "clauses": dict(self.clauses),
            "documented": sorted(self.documented),
            "waived": dict(self.waived),
            "lapsed": dict(self.lapsed),
        }

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Entry:
        """Read a line of the history; raises KeyError, TypeError or ValueError where it is none."""
        clauses = {str(key): Verdict(value) for key, value in dict(row["clauses"]).items()}
        words = {key: str(row[key]) for key in ("target", "api", "started")}
        date.fromisoformat(words["started"][:10])
        return cls(
            **words,
            verdict=Verdict(row["verdict"]),
            untested=None if row["untested"] is None else str(row["untested"]),
            clauses=clauses,
            documented=frozenset(map(str, row["documented"])),
            waived={str(key): str(value) for key, value in dict(row["waived"]).items()},
            lapsed={str(key): str(value) for key, value in dict(row["lapsed"]).items()},
        )


@dataclass(frozen=True)
class Change:
    """What is to be said of a clause of a target, or of the target as a whole."""

    kind: Kind
    target: str
    api: str
    clause: str | None = None
    words: str = ""  # a waiver, or why the target was not tested
    since: str | None = None  # the first night of it, as far as the history remembers
    flaky: str | None = None
    new: bool = True

    @property
    def red(self) -> bool:
        """Whether somebody has to act on it who did not have to yesterday."""
        return self.new and self.kind in {Kind.BROKEN, Kind.UNTESTED, Kind.UNKNOWN, Kind.LAPSED}


def entries(runs: Iterable[Finished]) -> dict[tuple[str, str], Entry]:
    """Return the newest entry of each target."""
    found: dict[tuple[str, str], Entry] = {}
    for run in runs:
        for target in run.targets:
            one = _entry(run, target.name, target.api)
            if one.key not in found or found[one.key].started < one.started:
                found[one.key] = one
    return found


def _entry(run: Finished, target: str, api: str) -> Entry:
    judged = [one for one in run.clauses if one.clause.api == api]
    shown = {one.clause.id: one.verdict for one in judged if one.verdict in SHOWN}
    open_ends = frozenset(one.clause.id for one in judged if one.clause.id in shown and _matters(one))
    own = {one.clause.id: [scenario for scenario in one.scenarios if scenario.target == target] for one in judged}
    waived = {key: words for key in shown if (words := run.excuses(own[key]))}
    lapsed = {one.clause: one.sentence for one in run.waivers if one.clause in shown and one.clause not in waived and one.state in LAPSED}
    verdict = run.verdict if len(run.targets) == 1 or run.untested else _verdict(judged, run)
    return Entry(target, api, run.started, verdict, run.untested, shown, open_ends, waived, lapsed)


def _verdict(judged: Sequence[Judged], run: Finished) -> Verdict:
    broken = any(one.verdict is Verdict.DOES_NOT_CONFORM for one in judged)
    return Verdict.DOES_NOT_CONFORM if broken else Verdict.CONFORMS if run.verdict is Verdict.CONFORMS else Verdict.INCONCLUSIVE


def _matters(judged: Judged) -> bool:
    return judged.clause.evidence == "documented" or judged.clause.outcome


def changes(
    old: Mapping[tuple[str, str], Entry],
    new: Mapping[tuple[str, str], Entry],
    past: Sequence[Entry] = (),
    expected: Iterable[tuple[str, str]] = (),
) -> list[Change]:
    """Return all there is to say of a night, what to act on first; expected targets are those that must have been tested."""
    wanted, nights = list(expected), list(past)
    named = adopting([*old, *new, *wanted, *(one.key for one in nights)])
    then, now = ({named(key): one for key, one in side.items()} for side in (old, new))
    found: list[Change] = []
    for key in sorted({*then, *now, *map(named, wanted)}):
        history = sorted((one for one in nights if named(one.key) == key), key=lambda one: one.started)
        found += _of_target(key, then.get(key), now.get(key), history)
    order = list(Kind)
    return sorted(found, key=lambda one: (not one.red, order.index(one.kind), one.target, one.clause or ""))


def _of_target(key: tuple[str, str], old: Entry | None, new: Entry | None, history: Sequence[Entry]) -> Iterator[Change]:
    api, target = key
    if new is not None and new.untested is None and old is not None and old.untested is not None:
        yield Change(Kind.RECOVERED, target, api, words="it is tested again", since=new.night)
    if new is None or new.untested is not None:
        why = "no run of it was found" if new is None else str(new.untested)
        known = old is not None and old.untested is not None
        yield Change(Kind.UNTESTED, target, api, words=why, since=_since(history, None, Verdict.NOT_TESTED), new=not known)
        return
    # What a night that tested nothing leaves unsaid is as it was before that night.
    last = old if old is None or old.untested is None else next((one for one in reversed(history) if _is_before(one, new)), old)
    before = last.clauses if last else {}
    for clause in sorted({*before, *new.clauses, *new.waived}):
        was, now = before.get(clause, Verdict.CONFORMS), new.clauses.get(clause, Verdict.CONFORMS)
        kind = _kind(was, now, clause, new)
        if kind in {Kind.STILL, None} and was is now and now is not Verdict.CONFORMS and last and clause in last.waived:
            kind = Kind.LAPSED
        if kind is not None:
            since = _since(history, clause, now) or (new.night if now is not Verdict.CONFORMS else None)
            words = new.waived.get(clause) or new.lapsed.get(clause, "")
            fresh = was is not now or old is None or kind is Kind.LAPSED
            yield Change(kind, target, api, clause, words, since, _flaky(history, clause, new), new=fresh)


def _is_before(one: Entry, new: Entry) -> bool:
    return one.untested is None and one.started < new.started


def adopting(keys: Iterable[tuple[str, str]]) -> Callable[[tuple[str, str]], tuple[str, str]]:
    """Return what finds the target that is meant where it is not known which API it speaks: the one target of that name."""
    apis: dict[str, set[str]] = {}
    for api, name in keys:
        if api != UNKNOWN_API:
            apis.setdefault(name, set()).add(api)

    def named(key: tuple[str, str]) -> tuple[str, str]:
        api, name = key
        others = apis.get(name, set())
        return (next(iter(others)), name) if api == UNKNOWN_API and len(others) == 1 else key

    return named


def _kind(was: Verdict, now: Verdict, clause: str, new: Entry) -> Kind | None:
    """Say what became of a clause; nothing where nobody need know."""
    if now in SHOWN and clause in new.waived:
        return Kind.WAIVED
    match now:
        case Verdict.DOES_NOT_CONFORM:
            return Kind.STILL if was is now else Kind.BROKEN
        case Verdict.INCONCLUSIVE:
            return Kind.UNKNOWN if was is not now and clause in new.documented else None
        case Verdict.DEPARTS:
            return Kind.DEPARTS if was not in {now, Verdict.DOES_NOT_CONFORM} else None
        case _:
            return Kind.RECOVERED if was is Verdict.DOES_NOT_CONFORM else None


def _said(one: Entry, clause: str | None) -> Verdict:
    if clause is None:
        return Verdict.NOT_TESTED if one.untested is not None else Verdict.CONFORMS
    return one.clauses.get(clause, Verdict.CONFORMS)


def _since(history: Sequence[Entry], clause: str | None, now: Verdict) -> str | None:
    """Return the first night of the unbroken row of nights that said the same; nights that tested nothing are passed over."""
    since = None
    for one in reversed(history):
        if clause is not None and one.untested is not None:
            continue
        if _said(one, clause) is not now:
            break
        since = one.night
    return since


def _flaky(history: Sequence[Entry], clause: str, new: Entry) -> str | None:
    """Say how often the last nights changed their mind, where that is too often."""
    nights = [*[one for one in history if one.untested is None and one.started < new.started][-(WEEK - 1) :], new]
    said = [_said(one, clause) for one in nights]
    changed = sum(one is not other for one, other in itertools.pairwise(said))
    return f"changed {changed} times in {len(nights)} nights" if changed >= FLAKY else None


def read(path: Path) -> list[Entry]:
    """Read a history, an empty one where there is none; raises HistoryError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(f"{path}: cannot be read: {error}") from None
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found += [Entry.of_json(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise HistoryError(f"{path}:{number}: is no night of this suite: {type(error).__name__}: {error}") from None
    return found


def keep(path: Path, past: Sequence[Entry], new: Iterable[Entry]) -> list[Entry]:
    """Write a history with a night added, each run once, and nothing older than a year; replaced whole. Raises HistoryError."""
    whole = {(one.key, one.started): one for one in (*past, *new)}
    latest = max((one.night for one in whole.values()), default="")
    oldest = (date.fromisoformat(latest) - YEAR).isoformat() if latest else ""
    kept = sorted((one for one in whole.values() if one.night >= oldest), key=lambda one: (one.started, one.key))
    text = "".join(json.dumps(one.as_json(), ensure_ascii=False) + "\n" for one in kept)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.new")
        made.write_bytes(text.encode("utf-8", "backslashreplace"))
        made.replace(path)
    except OSError as error:
        raise HistoryError(f"{path}: cannot be written: {error.strerror}") from None
    return kept


def is_long_before(one: str, other: str) -> bool:
    """Say whether a run began so long before another that they are of two nights."""
    return datetime.fromisoformat(other) - datetime.fromisoformat(one) > APART


def before(past: Iterable[Entry], new: Mapping[tuple[str, str], Entry]) -> dict[tuple[str, str], Entry]:
    """Return of each target the last entry before this night."""
    first = min((one.started for one in new.values()), default="9999")
    found: dict[tuple[str, str], Entry] = {}
    for one in sorted(past, key=lambda entry: entry.started):
        if one.started < (new[one.key].started if one.key in new else first):
            found[one.key] = one
    return found
