"""A night in words: one sentence, then what to act on, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from countermand.nightly.history import OLD, Entry, days_before
from countermand.nightly.night import VERSION, Change, Kind
from countermand.report.markdown import plain, table

#: What was not tested, and whether that is news.
UNTESTED = (("newly", True), ("still", False))
#: What is said of a target that was not tested the night before, whatever it does: of a clause it would be good news.
BACK = "tested again"


def sentence(changes: Sequence[Change]) -> str:
    """Return the answer to "what was there last night?" in one line."""
    parts = []
    for kind in Kind:
        for name, said in _said(kind, [change for change in changes if change.kind is kind]):
            places = [f"{change.target} {change.clause}" if change.clause else change.target for change in said]
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""  # noqa: PLR2004 - three fit a line
            parts.append(f"{len(said)} {name} ({', '.join(places[:3])}{more})")
    return f"Last night: {'; '.join(parts)}." if parts else "Last night: nothing new, and nothing known to be broken."


def _said(kind: Kind, changes: Sequence[Change]) -> Iterator[tuple[str, list[Change]]]:
    """Yield the changes of a kind by what they are called: what was not tested is news, or was so the night before."""
    if kind is Kind.UNTESTED:
        sides = [(f"{word} {kind}", [change for change in changes if change.new is new]) for word, new in UNTESTED]
    else:
        back = [change for change in changes if kind is Kind.RECOVERED and change.clause is None]
        sides = [(str(kind), [change for change in changes if change not in back]), (BACK, back)]
    yield from ((name, side) for name, side in sides if side)


def notes(new: Mapping[tuple[str, str], Entry], past: Iterable[Entry], place: Path, now: str) -> Iterator[str]:
    """Yield what keeps a night's runs from being news, that the history has them or that they are old.

    Yield as well that there is no history, for whoever has lost one or mistyped its name.
    """
    past = list(past)
    runs = {(entry.key, entry.started) for entry in new.values()}
    if runs and runs <= {(entry.key, entry.started) for entry in past}:
        yield f"These runs are in {place} already: nothing was tested since."
    newest = max((entry.started for entry in new.values()), default=now)
    if (days := days_before(newest, now)) >= OLD:
        yield f"None of these runs is of last night: the newest began {days} days ago."
    if not past:
        yield f"{place} {'holds nothing' if place.exists() else 'is new'}: nothing is known of earlier nights."


def parts(new: Mapping[tuple[str, str], Entry]) -> Iterator[str]:
    """Yield of which targets this night has asked a part, so that nobody takes what it does not name for mended."""
    for entry in new.values():
        if entry.asked is not None:
            yield (
                f"Of {entry.target} not everything was asked, as in a part of the suite or a run that was ended: "
                "what was known of all other clauses stands."
            )


def markdown(changes: Sequence[Change], new: Mapping[tuple[str, str], Entry], noted: Sequence[str] = ()) -> str:
    """Return the whole as Markdown."""
    quoted = [f"> {plain(note)}\n" for note in noted]
    return "\n".join([f"# {sentence(changes)}", "", *quoted, *_tables(changes), *_targets(new)])


def _tables(changes: Sequence[Change]) -> Iterator[str]:
    for kind in Kind:
        if rows := [change for change in changes if change.kind is kind]:
            yield from (f"## {kind.capitalize()} ({len(rows)})", "")
            shown = [
                (change.target, change.clause or "", change.since or "", change.flaky or "", change.words)
                for change in rows
            ]
            yield from table(("Target", "Clause", "Since", "Flaky", "Words"), shown)


def _targets(new: Mapping[tuple[str, str], Entry]) -> Iterator[str]:
    yield from ("## Targets", "")
    yield from table(
        ("Target", "API", "Verdict", "Started"),
        [(entry.target, entry.api, entry.verdict, _started(entry) or "") for entry in new.values()],
    )


def as_json(
    changes: Sequence[Change], new: Mapping[tuple[str, str], Entry], noted: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what schemas/night.schema.json describes: from it issues are opened and closed, and chats are told."""
    return {
        "version": VERSION,
        "sentence": sentence(changes),
        "red": any(change.red for change in changes),
        "notes": list(noted),
        "changes": [_change(change) for change in changes],
        "targets": [
            {
                "target": entry.target,
                "api": entry.api,
                "verdict": entry.verdict,
                "started": _started(entry),
                "untested": entry.untested,
            }
            for entry in new.values()
        ],
    }


def _started(entry: Entry) -> str | None:
    """Return when the run began of which a night tells, nothing of a target that has none."""
    return entry.started if entry.last is None else None


def _change(change: Change) -> dict[str, Any]:
    fields = {
        "kind": change.kind,
        "target": change.target,
        "api": change.api,
        "clause": change.clause,
        "new": change.new,
        "red": change.red,
    }
    return {**fields, "since": change.since, "flaky": change.flaky, "words": change.words}
