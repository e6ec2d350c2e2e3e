"""GitHub: on one side the results, on the other the workflow commands that mark files with annotations."""

from __future__ import annotations

from countermand.report.naming import headline, titles, worst_first
from countermand.results import Results
from countermand.verdict import Verdict

LIMIT = 10  # GitHub shows ten of a level per step and drops the rest without a word
LEVEL = {Verdict.DOES_NOT_CONFORM: "error", Verdict.INCONCLUSIVE: "warning"}


def commands(results: Results, limit: int = LIMIT) -> list[str]:
    """Return the lines to print for the worst scenarios, each on its line of the feature file."""
    named = titles(results)
    found = [scenario for scenario in worst_first(results) if scenario.verdict in LEVEL]
    return [
        f"::{LEVEL[s.verdict]} file={_property(s.file)},line={s.line},title={_property(f'{s.clause}: {named[s.id]}')}"
        f"::{_data(f'{s.verdict}: {headline(s)} ({s.target})')}"
        for s in found[:limit]
    ]


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
