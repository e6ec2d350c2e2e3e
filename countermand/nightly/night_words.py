"""A night in words: one sentence, then what to act on, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from countermand.nightly.history import Entry
from countermand.nightly.night import VERSION, Change, Kind
from countermand.report.markdown import table

#: What the sentence on top counts, and in which words.
SAID = {
    Kind.BROKEN: "newly broken",
    Kind.UNTESTED: "not tested",
    Kind.UNKNOWN: "newly inconclusive",
    Kind.LAPSED: "no longer waived",
    Kind.STILL: "still broken",
    Kind.WAIVED: "waived",
    Kind.DEPARTS: "newly departing",
    Kind.RECOVERED: "recovered",
}


def sentence(found: Sequence[Change]) -> str:
    """Return the answer to "what was there last night?" in one line."""
    parts = []
    for kind, words in SAID.items():
        of_kind = [one for one in found if one.kind is kind]
        if of_kind:
            places = [f"{one.target} {one.clause}" if one.clause else one.target for one in of_kind]
            more = f" and {len(places) - 3} more" if len(places) > 3 else ""  # noqa: PLR2004 - three fit a line
            parts.append(f"{len(of_kind)} {words} ({', '.join(places[:3])}{more})")
    return f"Last night: {'; '.join(parts)}." if parts else "Last night: nothing new, and nothing known to be broken."


def markdown(found: Sequence[Change], new: Mapping[tuple[str, str], Entry]) -> str:
    """Return the whole as Markdown."""
    return "\n".join([f"# {sentence(found)}", "", *_tables(found), *_targets(new)])


def _tables(found: Sequence[Change]) -> Iterator[str]:
    for kind in Kind:
        if rows := [one for one in found if one.kind is kind]:
            yield from (f"## {kind.capitalize()} ({len(rows)})", "")
            shown = [(one.target, one.clause or "", one.since or "", one.flaky or "", one.words) for one in rows]
            yield from table(("Target", "Clause", "Since", "Flaky", "Words"), shown)


def _targets(new: Mapping[tuple[str, str], Entry]) -> Iterator[str]:
    yield from ("## Targets", "")
    yield from table(
        ("Target", "API", "Verdict", "Started"),
        [(one.target, one.api, one.verdict, one.started) for one in new.values()],
    )


def as_json(found: Sequence[Change], new: Mapping[tuple[str, str], Entry]) -> dict[str, Any]:
    """Return what schemas/night.schema.json describes: from it issues are opened and closed, and chats are told."""
    return {
        "version": VERSION,
        "sentence": sentence(found),
        "red": any(one.red for one in found),
        "changes": [_change(one) for one in found],
        "targets": [
            {
                "target": one.target,
                "api": one.api,
                "verdict": one.verdict,
                "started": one.started,
                "untested": one.untested,
            }
            for one in new.values()
        ],
    }


def _change(one: Change) -> dict[str, Any]:
    told = {
        "kind": one.kind,
        "target": one.target,
        "api": one.api,
        "clause": one.clause,
        "new": one.new,
        "red": one.red,
    }
    return {**told, "since": one.since, "flaky": one.flaky, "words": one.words}
