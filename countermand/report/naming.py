"""What things are called in every report: one thing has one name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from countermand.guard.foreign import shown, visible
from countermand.model.apis import APIS
from countermand.model.clause import Evidence
from countermand.model.results import UNKNOWN_API, Results, Scenario
from countermand.model.verdict import WORST_FIRST, Verdict

#: The title of targets of which it is not known.
UNKNOWN = "It is not known which API they speak"
WEIGHT = {
    Evidence.DOCUMENTED: "documented: a seller that differs does not conform",
    Evidence.STANDARD: "standard: a seller that differs departs, and is not failed for it",
    Evidence.INFERRED: "inferred: a seller that differs departs, and is not failed for it",
}


def api_title(api: str) -> str:
    """Return the name under which readers know an API; one that is not installed here goes by its own."""
    if api == UNKNOWN_API:
        return UNKNOWN
    return APIS[api].title if api in APIS else api


def clean(words: str) -> str:
    """Return the text with every character that XML cannot carry, or that nobody sees, written as its escape."""
    return visible(words)


def headline(scenario: Scenario) -> str:
    """Return the first line of a scenario's message, without the word that names the verdict."""
    first = shown((scenario.message or "").strip().partition("\n")[0])
    return re.sub(r"^(Nonconformance|Departure|Inconclusive|NotApplicable): ", "", first) or "no reason was recorded"


def titles(results: Results) -> dict[str, str]:
    """Return a title per scenario id, its own within its feature file.

    Rows of an outline are told apart by their values.
    """
    seen = Counter((scenario.file, scenario.feature, scenario.name) for scenario in results.scenarios)
    named: dict[str, str] = {}
    for scenario in results.scenarios:
        shared = seen[scenario.file, scenario.feature, scenario.name] > 1
        _, bracket, row = scenario.id.rstrip("]").partition("[")
        named[scenario.id] = clean(f"{scenario.name} [{row}]" if shared and bracket else scenario.name)
    return named


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return a list as a sentence has it, of more than so many the first and the number of the others."""
    if len(names) <= most:
        return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def worst_first(results: Results) -> list[Scenario]:
    """Return the scenarios from worst to best, otherwise in the order of the run."""
    return sorted(results.scenarios, key=lambda scenario: WORST_FIRST.index(scenario.verdict))


def of_verdict(results: Results, verdict: Verdict) -> list[Scenario]:
    """Return the scenarios of one verdict, in the order of the run."""
    return [scenario for scenario in results.scenarios if scenario.verdict is verdict]


def counted(results: Results, verdict: Verdict) -> str:
    """Return how many clauses have a verdict, as its sentence and its certificate count them.

    Return as well of how many others only a part has it.
    """
    scenarios = of_verdict(results, verdict)
    whole = {judged.clause.id for judged in results.clauses if judged.verdict is verdict}
    own, parts = (
        [scenario.clause for scenario in scenarios if (scenario.clause in whole) is wanted] for wanted in (True, False)
    )
    undecided = verdict in {Verdict.INCONCLUSIVE, Verdict.NOT_APPLICABLE}  # the sentence counts the documented alone
    texts = [f"{_spread(own, 'clause')}{_of_them_documented(results, own) if undecided else ''}"] if own else []
    texts += [f"{'and a part' if own else 'a part'} of {_spread(parts, 'other' if own else 'clause')}"] if parts else []
    return "; ".join(texts)


def _spread(clauses: Sequence[str], noun: str) -> str:
    """Return how many clauses there are, and in how many scenarios, where each of these names its clause."""
    number, scenarios = len(set(clauses)), len(clauses)
    words = f"{number} {noun}{'' if number == 1 else 's'}"
    return words if number == scenarios else f"{words} in {scenarios} scenarios"


def _of_them_documented(results: Results, clauses: Iterable[str]) -> str:
    """Return how many of some clauses are documented, nothing where all are."""
    asked = set(clauses)
    number = sum(results.catalogue[clause].evidence is Evidence.DOCUMENTED for clause in asked)
    return "" if number == len(asked) else f"; {number or 'none'} of them {'is' if number <= 1 else 'are'} documented"
