"""ALA sellers of every style that conforms: the suite accuses none of them."""

from __future__ import annotations

import pytest

from countermand.model.clause import Evidence
from countermand.model.verdict import Verdict
from countermand.proof.field import Maker
from countermand.provider.deviants import deviants

from . import variety

API = "ala"
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


def test_no_mixture_of_styles_is_accused() -> None:
    variety.must_not_accuse_mixtures(API)


def test_of_a_group_that_is_accused_the_culprit_is_named_and_nobody_else() -> None:
    documented = (
        kind for kind in deviants(API).values() if variety.CATALOGUE[kind.breaks].evidence is Evidence.DOCUMENTED
    )
    wrong = next(documented)

    def make(names: tuple[str, ...]) -> Maker:
        return wrong if "culprit" in names else variety.together(API, names)

    judgements = variety.in_groups(API, [("header", "culprit"), ("pretty", "comments")], make)
    accused = {name for name, judgement in judgements.items() if variety.accusations(judgement)}
    assert set(judgements) == {"header", "culprit", "pretty", "comments"}
    assert accused == {"culprit"}
