"""The lines a person reads in the terminal when a run has ended."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from countermand.model.results import Results, Scenario
from countermand.model.verdict import Verdict
from countermand.report import outputs, ticket
from countermand.report.looks import look
from countermand.report.naming import clean, counted, headline, of_verdict, titles

WHOLE, ROOM, CAUSES = 5, 15, 7  # clauses with their message; clauses with a line; causes
LONGEST = 400  # characters of one line of a message: the reports have the whole
NOTES = 6
#: What the lines of a message begin with, after which all they say is aligned.
LABEL = "received  "
LABELLED = re.compile(r"(?=.{9} \S)[a-z]+ +\S")


def lines(
    results: Results,
    paths: Iterable[Path] = (),
    notices: Sequence[str] = (),
    *,
    colour: bool = False,
    width: int | None = None,
) -> list[str]:
    """Return what a person reads.

    That is the verdict, what is broken, departs or could not be found out, and where the reports are. Where the width
    of a terminal is told, what is longer is folded, but for what is to be copied.
    """
    paths = list(paths)
    verdict = Verdict.CONFORMS if results.kept else results.verdict
    summary = [_painted(results.headline, verdict, colour=colour)]
    if results.answer:
        asked = results.coverage
        summary += [
            (
                f"a part of the suite: {asked['decided']} of {asked['documented']} documented clauses decided; "
                "only a whole run says more"
            )
        ]
    summary += _broken(results, colour=colour)
    summary += _departing(results, colour=colour)
    summary += _causes(results, Verdict.INCONCLUSIVE, "could not be found out", colour=colour)
    summary += _causes(results, Verdict.NOT_APPLICABLE, "not applicable", colour=colour)
    summary += _waived(results)
    notes = [f"note: {_cut(words)}" for words in (*results.notes, *notices)]
    summary += ["", *notes[:NOTES], *_more(len(notes), NOTES)] if notes else []
    folded = [part for line in summary for part in _folded(line, width)]
    return [*folded, *_places(results, paths)]


def _waived(results: Results) -> list[str]:
    """Return who answers for what of it."""
    waived = [waiver.sentence for waiver in results.waivers if waiver.state in {"excused", "another reason"}]
    return ["", *(f"waiver: {_cut(words)}" for words in waived[:ROOM]), *_more(len(waived), ROOM)] if waived else []


def coloured(stream_is_terminal: bool, variables: Mapping[str, str] = os.environ) -> bool:
    """Say whether to paint: NO_COLOR (no-color.org) forbids it, FORCE_COLOR asks for it, else a terminal is painted."""
    asked = bool(variables.get("FORCE_COLOR"))
    return not variables.get("NO_COLOR") and (asked or redraws(stream_is_terminal, variables))


def redraws(stream_is_terminal: bool, variables: Mapping[str, str] = os.environ) -> bool:
    """Say whether what obeys escape sequences reads a stream: a terminal that calls itself dumb shows them."""
    return stream_is_terminal and variables.get("TERM") != "dumb"


def _broken(results: Results, *, colour: bool) -> Iterator[str]:
    """Show what is broken: of each clause its message whole, and how many further scenarios show it.

    What somebody answers for comes behind what nobody does, in a line.
    """
    verdict = Verdict.DOES_NOT_CONFORM
    broken = _by_clause(scenario for scenario in of_verdict(results, verdict) if not results.excuses([scenario]))
    waived = {
        clause: scenarios
        for clause, scenarios in _by_clause(of_verdict(results, verdict)).items()
        if clause not in broken
    }
    if not broken and not waived:
        return
    named = titles(results)
    yield from (
        "",
        _heading(f"broken: {counted(results, verdict)}", verdict, colour=colour),
    )
    for number, (clause, scenarios) in enumerate(broken.items()):
        if number >= ROOM:
            break
        first = scenarios[0]
        if number >= WHOLE:
            yield f"  {clause}  {_cut(headline(first))}{_others(scenarios)}"
            continue
        yield from ("", f"  {clause}  {_cut(named[first.id])}{_others(scenarios)}")
        yield from (f"    {_cut(line)}" for line in (first.message or "").splitlines())
    yield from _more(len(broken), ROOM)
    yield from [""] if broken and waived else []
    for clause, scenarios in list(waived.items())[:ROOM]:
        yield f"  {clause}  waived: {_cut(headline(scenarios[0]))}{_others(scenarios)}"
    yield from _more(len(waived), ROOM)


def _departing(results: Results, *, colour: bool) -> Iterator[str]:
    departing = _by_clause(of_verdict(results, Verdict.DEPARTS))
    if not departing:
        return
    yield from (
        "",
        _heading(f"departs: {counted(results, Verdict.DEPARTS)}; they fail nobody", Verdict.DEPARTS, colour=colour),
    )
    for clause, scenarios in list(departing.items())[:ROOM]:
        yield f"  {clause}  {_cut(headline(scenarios[0]))}{_others(scenarios)}"
    yield from _more(len(departing), ROOM)


def _causes(results: Results, verdict: Verdict, heading: str, *, colour: bool) -> Iterator[str]:
    """Show the reasons of a verdict, equal ones once with their number, the commonest first."""
    reasons: dict[str, list[Scenario]] = {}
    for scenario in of_verdict(results, verdict):
        reasons.setdefault(headline(scenario), []).append(scenario)
    if not reasons:
        return
    ranked = sorted(reasons.items(), key=lambda entry: -len(entry[1]))
    yield from ("", _heading(f"{heading}: {counted(results, verdict)}", verdict, colour=colour))
    waiting = verdict is Verdict.INCONCLUSIVE
    for reason, scenarios in ranked[:CAUSES]:
        how_many = _scenarios(len(scenarios))
        many = waiting and len(scenarios) > 1
        yield f"  {how_many}{' wait for one thing' if many else ''}: {_cut(reason)} ({_some(scenarios)})"
        yield from (f"    {_cut(line)}" for line in _evidence(scenarios[0]) if waiting)
    yield from _more(len(ranked), CAUSES)


def _evidence(scenario: Scenario) -> list[str]:
    """Return what was received, and where, when something could not be found out."""
    return [line for line in (scenario.message or "").splitlines() if line.startswith(("  received ", "  at "))]


def _by_clause(scenarios: Iterable[Scenario]) -> dict[str, list[Scenario]]:
    grouped: dict[str, list[Scenario]] = {}
    for scenario in scenarios:
        grouped.setdefault(scenario.clause, []).append(scenario)
    return grouped


def _others(scenarios: Sequence[Scenario]) -> str:
    more = len(scenarios) - 1
    return f" (and {more} more scenario{'' if more == 1 else 's'})" if more else ""


def _some(scenarios: Iterable[Scenario]) -> str:
    unique = list(dict.fromkeys(scenario.clause for scenario in scenarios))
    return ", ".join(unique[:3]) + (f" and {len(unique) - 3} more" if len(unique) > 3 else "")  # noqa: PLR2004 - three show what it is about


def _more(number: int, room: int) -> list[str]:
    return [f"  and {number - room} more: see {outputs.MARKDOWN}"] if number > room else []


def _scenarios(number: int) -> str:
    return f"{number} scenario{'' if number == 1 else 's'}"


def _places(results: Results, paths: Sequence[Path]) -> list[str]:
    """Return where to read on: the page as a browser takes it, the tickets, the folder with the rest."""
    if not paths:
        return []
    places = [f"page     {path.resolve().as_uri()}" for path in paths if path.name == outputs.PAGE]
    folder = paths[0].parent
    worst_first = (key for verdict in ticket.FINDINGS for key in _by_clause(of_verdict(results, verdict)))
    names = [f"{key}.md" for key in dict.fromkeys(worst_first)]
    if names:
        shown = "" if len(names) == 1 else f" and {len(names) - 1} more"
        places.append(f"tickets  {near(folder / ticket.FOLDER / names[0])}{shown}")
    rest = ", ".join(path.name for path in paths if path.name != outputs.PAGE)
    return ["", *places, f"reports  {near(folder)}: {rest}"]


def near(path: Path) -> str:
    """Return a path as somebody standing here would write it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError):  # or there is no folder any more to be near to
        return str(path)


def _cut(words: str) -> str:
    """Return one line, with the blanks it begins and is aligned with, and cut where it is too long to be read."""
    line = clean(words).replace("\n", " ")
    return line if len(line) <= LONGEST or line.lstrip().startswith("again ") else f"{line[: LONGEST - 3]}..."


def _folded(line: str, width: int | None) -> list[str]:
    """Fold a line to a width; what is to be copied stays on one."""
    if width is None or len(line) <= width or line.lstrip().startswith(("again ", "at ")) or "\x1b" in line:
        return [line]
    blank = len(line) - len(line.lstrip())
    label = len(LABEL) if LABELLED.match(line[blank:]) else 2
    inner = textwrap.wrap(
        line.strip(),
        max(20, width),
        initial_indent=" " * blank,
        subsequent_indent=" " * (blank + label),
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )
    return inner or [line]


def _heading(words: str, verdict: Verdict, *, colour: bool) -> str:
    return _painted(words, verdict, colour=colour)


def _painted(words: str, verdict: Verdict, *, colour: bool) -> str:
    paint = look(verdict).paint
    return f"\x1b[1;{paint}m{words}\x1b[0m" if colour and paint else words
