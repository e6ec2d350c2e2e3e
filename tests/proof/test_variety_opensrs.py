"""OpenSRS sellers of every style that conforms: the suite accuses none of them."""

from __future__ import annotations

import pytest

from countermand.model.verdict import Verdict

from . import variety

API = "opensrs"
NAMED = [name for api, name in variety.NAMED if api == API]


@pytest.mark.parametrize("name", NAMED)
def test_a_conforming_seller_is_not_accused(name: str) -> None:
    judgement = variety.judged(API)[name]
    assert not judgement.trouble
    assert not variety.accusations(judgement)
    assert judgement.verdict is Verdict.CONFORMS


@pytest.mark.parametrize("name", [name for name in NAMED if name not in variety.REJECTING])
def test_every_documented_clause_is_decided(name: str) -> None:
    assert variety.undecided(API, variety.judged(API)[name]) == variety.SILENT.get(name, set())


def test_no_mixture_of_styles_is_accused() -> None:
    variety.must_not_accuse_mixtures(API)
