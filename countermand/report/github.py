"""GitHub: the summary of a workflow's step, and annotations on the lines of features."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from countermand.guard.foreign import Annotation, shown
from countermand.model.results import Results, Scenario
from countermand.report import markdown
from countermand.report.looks import look
from countermand.report.naming import headline, titles, worst_first

LIMIT = 10  # GitHub shows ten of a level per step and drops the rest without a word


#: Bytes below which a summary says too little to be worth its place.
ROOM = 1024


def tell(results: Results, variables: Mapping[str, str] = os.environ) -> list[Annotation]:
    """Add to the step's summary, where a workflow of GitHub runs us, and return the lines to print.

    Elsewhere there are none.
    """
    if variables.get("GITHUB_ACTIONS") != "true":
        return []
    if named := variables.get("GITHUB_STEP_SUMMARY"):
        _append(Path(named), results)
    return commands(results)


def _append(path: Path, results: Results) -> None:
    """Add to the summary what it has room for.

    GitHub drops the whole of one that is too long, and several runs may share a step.
    """
    try:
        room = markdown.LIMIT - (path.stat().st_size if path.exists() else 0) - 1
        if room >= ROOM:
            with path.open("ab") as summary:
                summary.write(f"{markdown.summary(results, room)}\n".encode("utf-8", "backslashreplace"))
    except OSError:
        return  # the summary repeats the reports: that it cannot be written must not cost the run its verdict


def commands(results: Results, limit: int = LIMIT) -> list[Annotation]:
    """Return the lines to print for the worst scenarios, each on its line of the feature file."""
    if results.untested is not None:
        level = look(results.verdict).level
        return [
            Annotation(f"::{level} title={_property(shown(t.name))}::{_data(shown(results.sentence))}")
            for t in results.targets
        ][:limit]
    named = titles(results)
    scenarios = [scenario for scenario in worst_first(results) if look(scenario.verdict).level]
    return [
        Annotation(
            f"::{_level(results, s)} file={_property(s.file)},line={s.line},"
            f"title={_property(f'{s.clause}: {named[s.id]}')}"
            f"::{_data(shown(f'{s.verdict}: {headline(s)} ({s.target}){_whose(results, s)}'))}"
        )
        for s in scenarios[:limit]
    ]


def _level(results: Results, scenario: Scenario) -> str:
    """Return how loud an annotation is: what somebody answers for is no error of tonight."""
    return "notice" if results.excuses([scenario]) else str(look(scenario.verdict).level)


def _whose(results: Results, scenario: Scenario) -> str:
    waiver = results.waiver(scenario.id)
    return f"; {waiver.sentence}" if waiver else ""


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
