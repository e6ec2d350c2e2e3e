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
    found = variety.judged(API)[name]
    assert not found.trouble
    assert not variety.accusations(found)
    assert found.verdict is Verdict.CONFORMS


@pytest.mark.parametrize("name", [name for name in NAMED if name not in variety.REJECTING])
def test_every_documented_clause_is_decided(name: str) -> None:
    assert variety.undecided(API, variety.judged(API)[name]) == variety.SILENT.get(name, set())


def test_no_mixture_of_styles_is_accused() -> None:
    variety.must_not_accuse_mixtures(API)


def test_of_a_group_that_is_accused_the_culprit_is_named_and_nobody_else() -> None:
    documented = (
        one for one in deviants(API).values() if variety.CATALOGUE[one.breaks].evidence is Evidence.DOCUMENTED
    )
    wrong = next(documented)

    def make(names: tuple[str, ...]) -> Maker:
        return wrong if "culprit" in names else variety.together(API, names)

    found = variety.in_groups(API, [("header", "culprit"), ("pretty", "comments")], make)
    accused = {name for name, one in found.items() if variety.accusations(one)}
    assert set(found) == {"header", "culprit", "pretty", "comments"}
    assert accused == {"culprit"}
