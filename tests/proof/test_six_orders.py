"""Six orders are enough to find a fault, to repeat it, and to run all of it after the fix."""

from __future__ import annotations

import pytest

from countermand.model.verdict import Verdict
from countermand.provider.deviants import deviants

from .story import Story, staged

#: One of each kind that uses orders up: a field is not missed,
#: a field is not missed even where it says nothing, a number is not.
WRONG = {"ala": ("Offhand", "Careless"), "opensrs": ("Careless",)}


@pytest.mark.parametrize("api", WRONG)
def test_six_orders_are_enough_for_a_fault_its_repetition_and_the_run_after_the_fix(api: str) -> None:
    stories = staged(api, {name: deviants(api)[name] for name in WRONG[api]})
    for name, story in stories.items():
        must_suffice(deviants(api)[name].breaks, story)


def must_suffice(clause: str, story: Story) -> None:
    assert story.wrong.clauses[clause] is story.again.clauses[clause] is Verdict.DOES_NOT_CONFORM
    assert story.wrong.verdict is Verdict.DOES_NOT_CONFORM
    assert story.mended.verdict is Verdict.CONFORMS
    unsure = {
        key: message for key, (verdict, message) in story.mended.scenarios.items() if verdict is Verdict.INCONCLUSIVE
    }
    assert unsure == {}
    assert all(
        sum(act.used.get(state, 0) for act in (story.wrong, story.again, story.mended)) <= 6
        for state in story.wrong.used
    )
    assert sum(story.again.used.values()) == 1  # the fault, and no acceptance of its own
