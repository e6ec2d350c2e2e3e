"""A night in words: one sentence, then what to act on, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countermand.nightly.history import Entry
from countermand.nightly.night import VERSION, Change, Kind
from countermand.report.markdown import table


def sentence(changes: Sequence[Change]) -> str:
    """Return the answer to "what was there last night?" in one line."""
    parts = []
    for kind in Kind:
        of_kind = [change for change in changes if change.kind is kind]
        if of_kind:
            places = [f"{change.target} {change.clause}" if change.clause else change.target for change in of_kind]
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""  # noqa: PLR2004 - three fit a line
            parts.append(f"{len(of_kind)} {kind} ({', '.join(places[:3])}{more})")
    return f"Last night: {'; '.join(parts)}." if parts else "Last night: nothing new, and nothing known to be broken."


def markdown(changes: Sequence[Change], new: Mapping[tuple[str, str], Entry]) -> str:
    """Return the whole as Markdown."""
    return "\n".join([f"# {sentence(changes)}", "", *_tables(changes), *_targets(new)])


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
        [(entry.target, entry.api, entry.verdict, entry.started) for entry in new.values()],
    )


def as_json(changes: Sequence[Change], new: Mapping[tuple[str, str], Entry]) -> dict[str, Any]:
    """Return what schemas/night.schema.json describes: from it issues are opened and closed, and chats are told."""
    return {
        "version": VERSION,
        "sentence": sentence(changes),
        "red": any(change.red for change in changes),
        "changes": [_change(change) for change in changes],
        "targets": [
            {
                "target": entry.target,
                "api": entry.api,
                "verdict": entry.verdict,
                "started": entry.started,
                "untested": entry.untested,
            }
            for entry in new.values()
        ],
    }


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
