"""What each night said of each target, and the file that remembers it.

An entry is what one night says of one target, about a kilobyte of JSON. Entries come from finished runs, or from the
history, a file with a line for each, which remembers hundreds of nights without Allure and without the runs themselves.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from countermand.guard import intake, placing
from countermand.model.results import UNKNOWN_API, Judged, Scenario, Target
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.records import shape
from countermand.records.finished import Finished

#: How many nights the history remembers: a year. By the count, since one of a clock that was wrong may be of any date.
NIGHTS = 366
#: Bytes of a file with the nights of some thousand targets.
LARGEST = 2**30
#: Runs that began so far apart are of two nights.
APART = timedelta(hours=18)
#: Days after which the newest run is not of last night any more.
OLD = 2
#: How a waiver ends that still speaks of a failure.
LAPSED = frozenset({"expired", "another reason"})
#: How one ends that speaks of none any more: the run ends with 11 until it is taken out.
STALE = "stale"
#: Why a target was not tested that has no run.
ABSENT = "no run of it was found"
SHOWN = frozenset({Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS, Verdict.INCONCLUSIVE})


class HistoryError(ValueError):
    """A history that cannot be read or written; the message names the file and the line."""


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
    stale: Mapping[str, str] = field(default_factory=dict)  # by clause: whose waiver is to be taken out
    said: Mapping[str, str] = field(default_factory=dict)  # by clause: what was seen; of this night alone, and not kept
    source: str = ""  # where its run lies; not kept either
    #: Of a target that has no run of this night: when the last one began of those that lie there, or nothing.
    last: str | None = None
    #: Of a run that was not whole: the clauses of which it has asked everything. Of all others it says nothing.
    asked: frozenset[str] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Which target this is."""
        return self.api, self.target

    @property
    def night(self) -> str:
        """The day the run began on."""
        return self.started[:10]

    def says(self, clause: str) -> bool:
        """Whether this night has anything to say of a clause: a part, or a run that was ended, leaves most unasked."""
        return self.untested is None and (self.asked is None or clause in self.asked or clause in self.clauses)

    def as_json(self) -> dict[str, Any]:
        """Return a line of the history."""
        fields = {
            "target": self.target,
            "api": self.api,
            "started": self.started,
            "verdict": self.verdict,
            "untested": self.untested,
        }
        return {
            **fields,
            "clauses": dict(self.clauses),
            "documented": sorted(self.documented),
            "waived": dict(self.waived),
            "lapsed": dict(self.lapsed),
            **({"stale": dict(self.stale)} if self.stale else {}),
            **({} if self.last is None else {"last": self.last}),
            **({} if self.asked is None else {"asked": sorted(self.asked)}),
        }

    @classmethod
    def of_json(cls, row: Mapping[str, Any]) -> Entry:
        """Read a line of the history; raises KeyError, TypeError or ValueError where it is none."""
        clauses = {str(key): Verdict(value) for key, value in dict(row["clauses"]).items()}
        target, api, started = (str(row[key]) for key in ("target", "api", "started"))
        shape.moment(started, "started")
        return cls(
            target,
            api,
            started,
            verdict=Verdict(row["verdict"]),
            untested=None if row["untested"] is None else str(row["untested"]),
            clauses=clauses,
            documented=frozenset(map(str, row["documented"])),
            waived={str(key): str(value) for key, value in dict(row["waived"]).items()},
            lapsed={str(key): str(value) for key, value in dict(row["lapsed"]).items()},
            stale={str(key): str(value) for key, value in dict(row.get("stale", {})).items()},
            last=None if row.get("last") is None else str(row["last"]),
            asked=None if row.get("asked") is None else frozenset(map(str, row["asked"])),
        )


def absent(
    keys: Iterable[tuple[str, str]],
    new: Mapping[tuple[str, str], Entry],
    now: str,
    earlier: Mapping[tuple[str, str], Entry],
) -> Iterator[Entry]:
    """Yield what a night says of targets of which there is no run, or one of an earlier night alone.

    It is remembered like any other: the night after it is no news. Now is when, where there is no run of anybody.
    """
    started = max((entry.started for entry in new.values()), default=now)
    names = {target for _, target in new}
    of_any = {target for api, target in new if api == UNKNOWN_API}  # one that was not tested may not say its API
    for api, target in dict.fromkeys(keys):
        is_there = (api, target) in new or target in (names if api == UNKNOWN_API else of_any)
        if not is_there:
            yield _absent(api, target, started, earlier.get((api, target)), where=True)


def still_meant(
    old: Mapping[tuple[str, str], Entry], expected: Container[tuple[str, str]]
) -> dict[tuple[str, str], Entry]:
    """Leave out those that nobody expects and that had no run the night before either: they are tested no more."""
    return {key: entry for key, entry in old.items() if key in expected or entry.last is None}


def unheard(
    earlier: Mapping[tuple[str, str], Entry], past: Iterable[Entry], new: Mapping[tuple[str, str], Entry]
) -> dict[tuple[str, str], Entry]:
    """Return the runs of earlier nights of which no night before this one has told, though it may know the target."""
    first = min((entry.started for entry in new.values()), default="9999")
    nights = [entry for entry in past if entry.started < first]
    known = {(entry.key, entry.started) for entry in nights}
    known |= {(entry.key, entry.last) for entry in nights if entry.last}
    return {key: entry for key, entry in earlier.items() if (key, entry.started) not in known}


def missed(new: Mapping[tuple[str, str], Entry], expected: Container[tuple[str, str]]) -> dict[tuple[str, str], Entry]:
    """Return the entries, and of expected targets whose last run is of another night that they have none."""
    newest = max((entry.started for entry in new.values()), default="")
    return {
        key: _absent(*key, newest, entry) if key in expected and is_long_before(entry.started, newest) else entry
        for key, entry in new.items()
    }


def _absent(api: str, target: str, started: str, last: Entry | None, *, where: bool = False) -> Entry:
    """Say what there is of a target that has no run of a night, and where its last one lies if that may be told."""
    words = ABSENT
    if last is not None:
        place = f", in {last.source}" if where else ""
        words += f" but one that began at {last.started}{place} ({last.verdict})"
    return Entry(target, api, started, Verdict.NOT_TESTED, words, last=last.started if last else "")


def of_one_night(new: Mapping[tuple[str, str], Entry]) -> dict[tuple[str, str], Entry]:
    """Return the entries of the last night among them: what lies there from an earlier one was not tested since."""
    newest = max((entry.started for entry in new.values()), default="")
    return {key: entry for key, entry in new.items() if not is_long_before(entry.started, newest)}


def since(past: Iterable[Entry], new: Mapping[tuple[str, str], Entry], now: str) -> dict[tuple[str, str], Entry]:
    """Leave out what an earlier night has told of: where nothing ran since, its runs lie there still."""
    known = {(entry.key, entry.started) for entry in past}
    return {
        key: entry
        for key, entry in new.items()
        if (key, entry.started) not in known or not is_long_before(entry.started, now)
    }


def refuse_doubles(runs: Iterable[Finished]) -> None:
    """See that no two targets of one night have one name; raises HistoryError.

    One would hide what is the matter with the other. An embedded seller has another port each time: two of them are
    refused where the newer does hide something.
    """
    seen: dict[tuple[str, str], tuple[str, Finished]] = {}
    for run in sorted(runs, key=lambda run: run.started):
        for target in run.targets:
            url, other = seen.get((target.api, target.name), (target.url, run))
            hides = not target.name.startswith("embedded-") or not _broken(other, target) <= _broken(run, target)
            if url != target.url and hides and not is_long_before(other.started, run.started):
                raise HistoryError(
                    f"{other.source} and {run.source}: two targets are called {target.name!r} ({url} and "
                    f"{target.url}), and reports tell targets of one API apart by their names: "
                    "give each its own, or leave one of the runs out"
                )
            seen[target.api, target.name] = (target.url, run)


def _broken(run: Finished, target: Target) -> set[str]:
    """Return the clauses that a run has found broken by a target."""
    return {
        scenario.clause
        for scenario in run.scenarios
        if scenario.target == target.name and scenario.verdict is Verdict.DOES_NOT_CONFORM
    }


def entries(runs: Iterable[Finished]) -> dict[tuple[str, str], Entry]:
    """Return the newest entry of each target; where that is of a part, over the run before it of the same night."""
    newest: dict[tuple[str, str], Entry] = {}
    for run in sorted(runs, key=lambda run: run.started):
        for target in run.targets:
            entry = _entry(run, target.name, target.api)
            before = newest.get(entry.key)
            if before is not None and entry.asked is not None and before.untested is None:
                entry = entry if is_long_before(before.started, entry.started) else _over(before, entry)
            newest[entry.key] = entry
    return newest


def _over(whole: Entry, part: Entry) -> Entry:
    """Return what two runs of one night say together: of what the later one has not asked, the earlier one."""

    def joined(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
        return {**{clause: words for clause, words in before.items() if not part.says(clause)}, **now}

    clauses = joined(whole.clauses, part.clauses)
    verdict = whole.verdict if whole.verdict is not Verdict.DOES_NOT_CONFORM else Verdict.INCONCLUSIVE
    return replace(
        part,
        verdict=Verdict.DOES_NOT_CONFORM if Verdict.DOES_NOT_CONFORM in clauses.values() else verdict,
        clauses=clauses,
        documented=(whole.documented | part.documented) & clauses.keys(),
        waived=joined(whole.waived, part.waived),
        lapsed=joined(whole.lapsed, part.lapsed),
        stale=joined(whole.stale, part.stale),
        said=joined(whole.said, part.said),
        asked=None if whole.asked is None or part.asked is None else whole.asked | part.asked,
    )


def _entry(run: Finished, target: str, api: str) -> Entry:
    clauses = [judged for judged in run.clauses if judged.clause.api == api]
    shown = {judged.clause.id: judged.verdict for judged in clauses if judged.verdict in SHOWN}
    open_ends = frozenset(judged.clause.id for judged in clauses if judged.clause.id in shown and _matters(judged))
    own = {
        judged.clause.id: [scenario for scenario in judged.scenarios if scenario.target == target] for judged in clauses
    }
    waived = {key: words for key in shown if (words := run.excuses(own[key]))}
    lapsed = {
        waiver.clause: waiver.sentence
        for waiver in run.waivers
        if waiver.clause in shown and waiver.clause not in waived and waiver.state in LAPSED
    }
    stale = {
        waiver.clause: waiver.sentence
        for waiver in run.waivers
        if waiver.state == STALE and waiver.clause in own and waiver.target in {None, target}
    }
    said = {key: words for key in shown if (words := _seen(own[key]))}
    verdict = run.verdict if len(run.targets) == 1 or run.untested else _verdict(clauses, run)
    return Entry(
        target,
        api,
        run.started,
        verdict,
        run.untested,
        shown,
        open_ends,
        waived,
        lapsed,
        stale,
        said,
        str(run.source),
        asked=None if run.complete or run.untested else _asked(run, clauses),
    )


def _asked(run: Finished, clauses: Iterable[Judged]) -> frozenset[str]:
    """Return of which clauses a run that was not whole has asked everything: of those about every answer of none."""
    asked = {judged.clause.id for judged in clauses if not judged.is_of_every_answer}
    return frozenset(asked - {*run.unplayed} if run.unplayed else asked & {*run.asked})


def _seen(scenarios: Sequence[Scenario]) -> str:
    """Return what the worst of some scenarios has seen, in the first line of its message, without the kind."""
    worst = min(scenarios, key=lambda scenario: WORST_FIRST.index(scenario.verdict))
    first = (worst.message or "").strip().partition("\n")[0]
    return first.partition(": ")[2] or first


def _verdict(clauses: Sequence[Judged], run: Finished) -> Verdict:
    if any(judged.verdict is Verdict.DOES_NOT_CONFORM for judged in clauses):
        return Verdict.DOES_NOT_CONFORM
    return Verdict.CONFORMS if run.verdict is Verdict.CONFORMS else Verdict.INCONCLUSIVE


def _matters(judged: Judged) -> bool:
    return judged.clause.evidence == "documented" or judged.clause.outcome


def read(path: Path) -> list[Entry]:
    """Read a history, an empty one where there is none; raises HistoryError."""
    try:
        lines = intake.text(path, LARGEST).splitlines()
    except FileNotFoundError:
        return []
    except intake.IntakeError as error:
        raise HistoryError(f"{intake.shown(path)}: {error}") from None
    nights = []
    for number, line in enumerate(lines, 1):
        try:
            nights += [Entry.of_json(json.loads(line))] if line.strip() else []
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise HistoryError(
                f"{path}:{number}: is no night of this suite: remove the line, or move the file away"
            ) from None
    return nights


def keep(path: Path, past: Sequence[Entry], new: Iterable[Entry]) -> list[Entry]:
    """Write a history with a night added, each run once, and no more nights than a year has.

    It is replaced whole. Raises HistoryError.
    """
    whole = {(entry.key, entry.started): entry for entry in (*past, *new)}
    remembered = set(sorted({entry.night for entry in whole.values()})[-NIGHTS:])
    kept = sorted(
        (entry for entry in whole.values() if entry.night in remembered),
        key=lambda entry: (entry.started, entry.key),
    )
    text = "".join(json.dumps(entry.as_json(), ensure_ascii=False) + "\n" for entry in kept)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        placing.put(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise HistoryError(f"{path}: cannot be written: {error.strerror}") from None
    return kept


def before(past: Iterable[Entry], new: Mapping[tuple[str, str], Entry]) -> dict[tuple[str, str], Entry]:
    """Return of each target the last entry before this night."""
    first = min((entry.started for entry in new.values()), default="9999")
    last: dict[tuple[str, str], Entry] = {}
    for entry in sorted(past, key=lambda entry: entry.started):
        if entry.started < (new[entry.key].started if entry.key in new else first):
            last[entry.key] = entry
    return last


def days_before(earlier: str, later: str) -> int:
    """Return how many whole days before another a run began."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days


def is_long_before(earlier: str, later: str) -> bool:
    """Say whether a run began so long before another that they are of two nights."""
    return datetime.fromisoformat(later) - datetime.fromisoformat(earlier) > APART
