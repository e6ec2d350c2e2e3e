"""What the suite says of sellers that answer everything alike."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from countermand.model import clause, suite
from countermand.model.verdict import Verdict
from countermand.proof.field import IMPATIENT, Judgement, judge
from countermand.provider.nulls import nulls

PINNED: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("nulls.toml").read_text(encoding="utf-8")
)
EVERY = [(api, name) for api in ("ala", "opensrs") for name in nulls(api)]


@cache
def judged(api: str) -> dict[str, Judgement]:
    return judge(api, nulls(api), limits=IMPATIENT)


def pinned(api: str, name: str) -> dict[str, str]:
    every = [entry.id for entry in clause.read(suite.root() / "features").of(api) if entry.untested is None]
    lists = {
        verdict: every if clauses == "every clause" else clauses
        for verdict, clauses in PINNED[api][name].items()
        if verdict != "verdict"
    }
    return {name: verdict for verdict, clauses in lists.items() for name in clauses}


@pytest.mark.parametrize(("api", "name"), EVERY)
def test_a_seller_that_answers_everything_alike_does_not_come_out_as_conforming(api: str, name: str) -> None:
    judgement = judged(api)[name]
    assert not judgement.trouble
    assert judgement.verdict is not Verdict.CONFORMS
    assert judgement.verdict == PINNED[api][name]["verdict"]


@pytest.mark.parametrize(("api", "name"), EVERY)
def test_what_is_said_of_it_is_pinned_clause_by_clause(api: str, name: str) -> None:
    assert {key: str(verdict) for key, verdict in judged(api)[name].clauses.items()} == pinned(api, name)


@pytest.mark.parametrize(("api", "name"), EVERY)
def test_every_clause_that_conforms_all_the_same_has_its_reason(api: str, name: str) -> None:
    assert all(reason.strip() for reason in PINNED[api][name].get("conforms", {}).values())
