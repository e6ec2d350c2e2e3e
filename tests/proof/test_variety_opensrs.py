"""OpenSRS sellers of every style that conforms: the suite accuses none of them."""

from __future__ import annotations

import pytest

from countermand.model.verdict import Verdict
from countermand.proof.field import judge

from . import variety

API = "opensrs"
NAMED = [name for api, name in variety.NAMED if api == API]


@pytest.mark.parametrize("name", NAMED)
def test_a_conforming_seller_is_not_accused(name: str) -> None:
    judgement = variety.judged(API, name)
    assert not judgement.trouble
    assert not variety.accusations(judgement)
    assert judgement.verdict is Verdict.CONFORMS


@pytest.mark.parametrize("name", [name for name in NAMED if name not in variety.REJECTING])
def test_every_documented_clause_is_decided(name: str) -> None:
    assert variety.undecided(API, variety.judged(API, name)) == variety.SILENT.get(name, set())


def test_blank_attributes_of_a_refusal_tell_nothing() -> None:
    name = "blank attributes in refusals"
    judgement = judge(API, {name: variety.together(API, (name,))})[name]
    assert {clause for clause, verdict in judgement.clauses.items() if verdict is Verdict.DEPARTS} == set()


def test_no_mixture_of_styles_is_accused() -> None:
    variety.must_not_accuse_mixtures(API)
