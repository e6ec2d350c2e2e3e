"""Conforming sellers behind every kind of front on one side, a suite that blames none of them for it on the other."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from countermand.proof.field import Judgement, judge
from countermand.provider.dialects import ala, opensrs
from countermand.provider.dialects.fronts import Front, Fronted, by_signature, fronts
from countermand.verdict import Verdict

FRONTS = {api: fronts(api) for api in ("ala", "opensrs")}
BAD = {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE}


def fronted(api: str, front: Front) -> Any:  # noqa: ANN401 - a seller of either API
    if api == "ala":
        return Fronted(ala.Seller(), front)
    seller = opensrs.Dialect()
    return Fronted(seller, front, by_signature(seller))


def judged_behind(api: str, named: dict[str, Front]) -> dict[str, Judgement]:
    return judge(api, {name: partial(fronted, api, front) for name, front in named.items()})


def accusations(found: Judgement) -> dict[str, str]:
    """Return what no front may lead to, with the words of a scenario that came to it."""
    if found.trouble:
        return {"trouble": found.trouble}
    bad = {name: verdict for name, verdict in found.clauses.items() if verdict in BAD}
    words = [message for verdict, message in found.scenarios.values() if verdict in BAD and message]
    return {name: next((said for said in words if f"{name}:" in said), str(verdict)) for name, verdict in bad.items()}


def culprits(api: str, front: Front) -> dict[str, dict[str, str]]:
    """Judge every part of a front alone, to name the one that is to blame."""
    found = judged_behind(api, front.single())
    return {name: told for name, one in found.items() if (told := accusations(one))}


@pytest.mark.parametrize("api", FRONTS)
def test_no_front_is_an_accusation(api: str) -> None:
    wrong = {name: accusations(one) for name, one in judged_behind(api, FRONTS[api]).items()}
    told = {name: f"{words}; alone: {culprits(api, FRONTS[api][name]) or 'none, only together'}" for name, words in wrong.items() if words}
    assert told == {}
