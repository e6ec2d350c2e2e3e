"""One night beside the one before: what of each target is new, what is known, and since when."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from countermand.model.results import UNKNOWN_API
from countermand.model.verdict import Verdict
from countermand.nightly.history import ABSENT, SHOWN, Entry

VERSION = 1
#: How many nights decide whether something is flaky.
WEEK = 7
#: So many changes within a week are more than a fault and its mending.
FLAKY = 2
#: What is said of a clause that is broken as far as anybody knows.
UNASKED = "not asked this night, and broken when it was last"


class Kind(StrEnum):
    """What became of a target or of a clause since the night before, the first to act on first."""

    BROKEN = "newly broken"
    UNTESTED = "not tested"
    UNKNOWN = "newly inconclusive"
    LAPSED = "no longer waived"
    STILL = "still broken"
    WAIVED = "waived"
    STALE = "waived and mended"
    DEPARTS = "newly departing"
    RECOVERED = "recovered"


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


def changes(
    old: Mapping[tuple[str, str], Entry],
    new: Mapping[tuple[str, str], Entry],
    past: Sequence[Entry] = (),
    expected: Iterable[tuple[str, str]] = (),
) -> list[Change]:
    """Return all there is to say of a night, what to act on first.

    Expected targets are those that must have been tested.
    """
    wanted, nights = list(expected), list(past)
    named = adopting([*old, *new, *wanted, *(entry.key for entry in nights)])
    then, now = ({named(key): entry for key, entry in side.items()} for side in (old, new))
    result: list[Change] = []
    for key in sorted({*then, *now, *map(named, wanted)}):
        history = sorted((entry for entry in nights if named(entry.key) == key), key=lambda entry: entry.started)
        result += _of_target(key, then.get(key), now.get(key), history)
    order = list(Kind)
    return sorted(
        result, key=lambda change: (not change.red, order.index(change.kind), change.target, change.clause or "")
    )


def _of_target(
    key: tuple[str, str], old: Entry | None, new: Entry | None, history: Sequence[Entry]
) -> Iterator[Change]:
    api, target = key
    if new is not None and new.untested is None and old is not None and old.untested is not None:
        yield Change(Kind.RECOVERED, target, api, words="it is tested again", since=new.night)
    if new is None or new.untested is not None:
        why = ABSENT if new is None else str(new.untested)
        known = old is not None and old.untested is not None
        yield Change(
            Kind.UNTESTED, target, api, words=why, since=_since(history, None, Verdict.NOT_TESTED), new=not known
        )
        return
    earlier = [*([old] if old else []), *(entry for entry in reversed(history) if entry.started < new.started)]
    for clause in sorted({*new.clauses, *new.waived, *(clause for entry in earlier for clause in entry.clauses)}):
        # What a night leaves unsaid that tested nothing, or not this clause, is as it was before that night.
        nights = [entry for entry in earlier if entry.says(clause)]
        if new.says(clause):
            change = _of_clause(key, clause, nights, new, history)
        else:
            change = _of_unasked(key, clause, nights, history)
        if change is not None:
            yield change
    for clause, words in sorted(new.stale.items()):
        last = next((entry for entry in earlier if entry.says(clause)), None)
        yield Change(Kind.STALE, target, api, clause, words, new=last is None or clause not in last.stale)


def _of_clause(
    key: tuple[str, str], clause: str, nights: Sequence[Entry], new: Entry, history: Sequence[Entry]
) -> Change | None:
    """Return what became of a clause since the nights before, the last of them first."""
    api, target = key
    was, decided, now = _was(nights, clause), _decided(nights, clause), _said(new, clause)
    kind = _kind(was, decided, clause, new)
    if kind in {Kind.STILL, None} and now is not Verdict.CONFORMS and _was_waived(nights, clause, now):
        kind = Kind.LAPSED
    if kind is None:
        return None
    still = decided if kind is Kind.STILL else now  # what is broken stays so where it could not be found out
    since = _since(history, clause, still) or (new.night if now is not Verdict.CONFORMS else None)
    words = new.waived.get(clause) or new.lapsed.get(clause) or new.said.get(clause, "")
    is_same = (was if now is Verdict.INCONCLUSIVE else decided) is now
    fresh = kind is Kind.LAPSED or (kind is not Kind.STILL and not (is_same and nights))
    return Change(kind, target, api, clause, words, since, _flaky(history, clause, new), new=fresh)


def _was_waived(nights: Sequence[Entry], clause: str, now: Verdict) -> bool:
    """Say whether the same was waived the last night, or the last that found out."""
    deciding = _deciding(nights, clause)
    same = deciding is not None and _said(deciding, clause) is now
    if nights and clause in nights[0].waived and (same or _said(nights[0], clause) is now):
        return True
    return same and deciding is not None and clause in deciding.waived


def _of_unasked(key: tuple[str, str], clause: str, nights: Sequence[Entry], history: Sequence[Entry]) -> Change | None:
    """Return what is known of a clause that was not asked this night: a part mends nothing."""
    api, target = key
    was, decided = _was(nights, clause), _decided(nights, clause)
    if was in SHOWN and clause in nights[0].waived:
        words, since = nights[0].waived[clause], _since(history, clause, was)
        return Change(Kind.WAIVED, target, api, clause, words, since, new=False)
    if decided is Verdict.DOES_NOT_CONFORM:
        return Change(Kind.STILL, target, api, clause, UNASKED, _since(history, clause, decided), new=False)
    return None


def _was(nights: Sequence[Entry], clause: str) -> Verdict:
    return _said(nights[0], clause) if nights else Verdict.CONFORMS


def _deciding(nights: Iterable[Entry], clause: str) -> Entry | None:
    """Return the last night that found a clause out: one that could not is no news of the seller."""
    return next((entry for entry in nights if _said(entry, clause) is not Verdict.INCONCLUSIVE), None)


def _decided(nights: Iterable[Entry], clause: str) -> Verdict:
    deciding = _deciding(nights, clause)
    return Verdict.CONFORMS if deciding is None else _said(deciding, clause)


def adopting(keys: Iterable[tuple[str, str]]) -> Callable[[tuple[str, str]], tuple[str, str]]:
    """Return what finds the target that is meant where it is not known which API it speaks.

    It is the one target of that name.
    """
    apis: dict[str, set[str]] = {}
    for api, name in keys:
        if api != UNKNOWN_API:
            apis.setdefault(name, set()).add(api)

    def named(key: tuple[str, str]) -> tuple[str, str]:
        api, name = key
        others = apis.get(name, set())
        return (next(iter(others)), name) if api == UNKNOWN_API and len(others) == 1 else key

    return named


def _kind(was: Verdict, decided: Verdict, clause: str, new: Entry) -> Kind | None:
    """Say what became of a clause, by the last night and by the last that found out; nothing where nobody need know."""
    now = _said(new, clause)
    if now in SHOWN and clause in new.waived:
        return Kind.WAIVED
    match now:
        case Verdict.DOES_NOT_CONFORM:
            return Kind.STILL if decided is now else Kind.BROKEN
        case Verdict.INCONCLUSIVE:
            if was is not now and clause in new.documented:
                return Kind.UNKNOWN
            return Kind.STILL if decided is Verdict.DOES_NOT_CONFORM else None
        case Verdict.DEPARTS:
            return Kind.DEPARTS if decided not in {now, Verdict.DOES_NOT_CONFORM} else None
        case _:
            return Kind.RECOVERED if decided is Verdict.DOES_NOT_CONFORM else None


def _said(entry: Entry, clause: str | None) -> Verdict:
    if clause is None:
        return Verdict.NOT_TESTED if entry.untested is not None else Verdict.CONFORMS
    return entry.clauses.get(clause, Verdict.CONFORMS)


def _since(history: Sequence[Entry], clause: str | None, now: Verdict) -> str | None:
    """Return the first night of the unbroken row of nights that said the same.

    Nights that did not ask are passed over, and such as found out nothing.
    """
    since = None
    for entry in reversed(history):
        if clause is not None and not entry.says(clause):
            continue
        if (said := _said(entry, clause)) is not now:
            if clause is not None and said is Verdict.INCONCLUSIVE:
                continue
            break
        since = entry.night
    return since


def _flaky(history: Sequence[Entry], clause: str, new: Entry) -> str | None:
    """Say how often the last nights changed their mind, where that is too often."""
    nights = [
        *[entry for entry in history if entry.untested is None and entry.started < new.started][-(WEEK - 1) :],
        new,
    ]
    verdicts = [_said(entry, clause) for entry in nights if entry.says(clause)]
    verdicts = [
        verdict for verdict in verdicts if verdict is not Verdict.INCONCLUSIVE
    ]  # which may be for want of orders
    changed = sum(before is not after for before, after in itertools.pairwise(verdicts))
    return f"changed {changed} times in {len(nights)} nights" if changed >= FLAKY else None
