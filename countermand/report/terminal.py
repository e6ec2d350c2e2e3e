"""The lines a person reads in the terminal when a run has ended."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from countermand.model.results import Results, Scenario
from countermand.model.verdict import Verdict
from countermand.report.looks import look
from countermand.report.naming import clean, headline, of_verdict, titles

ROOM = 15  # lines for what does not conform; for the reasons of the inconclusive half of it
WIDTH = 110


def lines(results: Results, paths: Iterable[Path] = (), notices: Sequence[str] = (), *, colour: bool = False) -> list[str]:
    """Return at most some forty lines: verdict, what does not conform, what we could not find out and why, where the reports are."""
    told = [_painted(results.sentence, results.verdict, colour=colour)]
    told += _failures(results)
    told += _folded(results, Verdict.INCONCLUSIVE, "inconclusive", ROOM // 2)
    if departing := of_verdict(results, Verdict.DEPARTS):
        told += ["", f"departs: {_number(departing)} (conformance.md names them; they fail nobody)"]
    told += _waived(results)
    told += [f"note: {_cut(words, 2 * WIDTH)}" for words in (*results.notes, *notices)][:6]
    return [*told, *_places(paths)]


def _waived(results: Results) -> list[str]:
    """Return who answers for what of it."""
    found = [one.sentence for one in results.waivers if one.state in {"excused", "another reason"}]
    return ["", *(f"waiver: {_cut(words, 2 * WIDTH)}" for words in found[:ROOM]), *_more(len(found), ROOM)] if found else []


def coloured(stream_is_terminal: bool, variables: Mapping[str, str] = os.environ) -> bool:
    """Say whether to paint: NO_COLOR (no-color.org) forbids it, FORCE_COLOR asks for it, else a terminal is painted."""
    return not variables.get("NO_COLOR") and (bool(variables.get("FORCE_COLOR")) or stream_is_terminal)


def _failures(results: Results) -> list[str]:
    found = of_verdict(results, Verdict.DOES_NOT_CONFORM)
    named = titles(results)
    width = max((len(scenario.clause) for scenario in found[:ROOM]), default=0)
    told = [f"  {scenario.clause:<{width}}  {_cut(f'{named[scenario.id]}: {headline(scenario)}')}" for scenario in found[:ROOM]]
    return ["", f"does not conform: {_number(found)}", *told, *_more(len(found), ROOM)] if found else []


def _folded(results: Results, verdict: Verdict, heading: str, room: int) -> list[str]:
    """Return the reasons of a verdict, equal ones once with their number, the commonest first."""
    reasons: dict[str, list[str]] = {}
    for scenario in of_verdict(results, verdict):
        reasons.setdefault(headline(scenario), []).append(scenario.clause)
    ranked = sorted(reasons.items(), key=lambda entry: -len(entry[1]))
    told = [f"  {len(clauses)} x {_cut(reason)} ({_some(clauses)})" for reason, clauses in ranked[:room]]
    return ["", f"{heading}: {_number(of_verdict(results, verdict))}", *told, *_more(len(ranked), room)] if ranked else []


def _some(clauses: list[str]) -> str:
    unique = list(dict.fromkeys(clauses))
    return ", ".join(unique[:2]) + (", ..." if len(unique) > 2 else "")  # noqa: PLR2004 - two show what it is about


def _more(number: int, room: int) -> list[str]:
    return [f"  and {number - room} more: see conformance.md"] if number > room else []


def _number(found: Sequence[Scenario]) -> str:
    """Return how many scenarios there are, and of how many clauses: the verdict's sentence counts clauses."""
    clauses = len({scenario.clause for scenario in found})
    return f"{len(found)} scenario{'' if len(found) == 1 else 's'} of {clauses} clause{'' if clauses == 1 else 's'}"


def _places(paths: Iterable[Path]) -> list[str]:
    """Return where the reports are, a line per folder."""
    folders: dict[Path, list[str]] = {}
    for path in paths:
        folders.setdefault(path.parent, []).append(path.name)
    return ["", *(f"reports in {folder}: {', '.join(names)}" for folder, names in folders.items())] if folders else []


def _cut(words: str, width: int = WIDTH) -> str:
    line = " ".join(clean(words).split())
    return line if len(line) <= width else f"{line[: width - 3]}..."


def _painted(words: str, verdict: Verdict, *, colour: bool) -> str:
    paint = look(verdict).paint
    return f"\x1b[1;{paint}m{words}\x1b[0m" if colour and paint else words
