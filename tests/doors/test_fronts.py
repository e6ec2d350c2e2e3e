"""Wrong sellers behind a front door are accused as before; that those that conform are not, tests/proof sees."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

import pytest

from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement, Maker, judge
from countermand.provider.deviants import deviants

from .front import UNROUTED, Front

#: As a gateway answers whatever it has no route for.
GATEWAY = {"strangers": UNROUTED, "methods": UNROUTED, "paths": UNROUTED, "hostile": UNROUTED}
#: Wrong sellers that a front must not hide, and what catches each.
WRONG = {
    "ala": {
        "Decorative400": "ALA-FLT-01",
        "Snubbing": "ALA-FLT-02",
        "Fashionable403": "ALA-FLT-03",
        "Trusting": "ALA-SEC-04",
    },
    "opensrs": {"Parroting": "OSRS-RPL-02", "Incurious": "OSRS-SIG-07"},
}


def behind(seller: Maker, front: Mapping[str, object]) -> Front:
    return Front(seller(), **front)  # type: ignore[arg-type]


@cache
def judged(api: str) -> dict[str, Judgement]:
    wrong = deviants(api)
    return judge(api, {name: partial(behind, wrong[name], GATEWAY) for name in WRONG[api]})


@pytest.mark.parametrize(("api", "name"), [(api, name) for api, wrong in WRONG.items() for name in wrong])
def test_a_front_hides_no_fault_of_the_seller_behind_it(api: str, name: str) -> None:
    assert judged(api)[name].clauses[WRONG[api][name]] in {Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS}
