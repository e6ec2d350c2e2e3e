"""Sellers behind front doors: those that conform are accused of nothing, the others are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

import pytest

from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement, Maker, judge
from countermand.provider import embedded
from countermand.provider.deviants import deviants

from .front import (
    APACHE,
    BLOCKED,
    BUSY,
    CLOSED,
    EMPTY,
    NO_CERTIFICATE,
    PORTAL,
    UNROUTED,
    XHTML,
    Front,
    nginx,
    page,
    told,
)

FORBIDDEN = nginx(403, b"403 Forbidden")
BEFORE_ALA = {
    "nginx": {
        "strangers": NO_CERTIFICATE,
        "methods": FORBIDDEN,
        "paths": nginx(404, b"404 Not Found"),
        "hostile": FORBIDDEN,
    },
    "Apache": {
        "strangers": page(403, APACHE),
        "methods": page(405, APACHE),
        "paths": page(404, APACHE),
        "hostile": page(400, APACHE),
    },
    "gateway": {"strangers": UNROUTED, "methods": UNROUTED, "paths": UNROUTED, "hostile": UNROUTED},
    "portal": {"strangers": PORTAL, "methods": PORTAL, "paths": PORTAL, "hostile": PORTAL},
    "firewall": {"strangers": BLOCKED, "methods": page(200), "paths": page(200, XHTML), "hostile": BLOCKED},
    "mute": {"strangers": EMPTY, "methods": EMPTY, "paths": EMPTY, "hostile": EMPTY},
    "closed": {"strangers": CLOSED, "methods": CLOSED, "paths": CLOSED, "hostile": CLOSED},
    "balancer": {"strangers": BUSY, "methods": BUSY, "paths": BUSY, "hostile": BUSY},
}
BEFORE_OPENSRS = {
    **{name: front for name, front in BEFORE_ALA.items() if name != "nginx"},
    "key": {"strangers": told("415", "Authentication Error.")},
    "address": {"strangers": told("400", "Authentication Error: address not allowed")},
}
FRONTS = {"ala": BEFORE_ALA, "opensrs": BEFORE_OPENSRS}
#: That strangers are told in a fault, and with which status, is inferred: no page binds what stands in front.
MAY_DEPART = {"ala": {"ALA-FLT-07", "ALA-FLT-10"}, "opensrs": set[str]()}
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
    makers: dict[str, Maker] = {
        name: partial(behind, embedded.SELLERS[api], front) for name, front in FRONTS[api].items()
    }
    front = FRONTS[api]["gateway"]
    wrong = deviants(api)
    makers |= {name: partial(behind, wrong[name], front) for name in WRONG[api] if name in wrong}
    return judge(api, makers, 4)  # more than there are processors: some are told to wait


@pytest.mark.parametrize(("api", "name"), [(api, name) for api, fronts in FRONTS.items() for name in fronts])
def test_a_conforming_seller_is_not_accused_for_what_stands_before_it(api: str, name: str) -> None:
    found = judged(api)[name]
    worse = {
        clause: str(verdict)
        for clause, verdict in found.clauses.items()
        if verdict not in {Verdict.CONFORMS, Verdict.NOT_APPLICABLE}
    }
    reasons = [
        message
        for verdict, message in found.scenarios.values()
        if verdict in {Verdict.INCONCLUSIVE, Verdict.DOES_NOT_CONFORM}
    ]
    assert not found.trouble
    assert set(worse) <= MAY_DEPART[api], reasons
    assert set(worse.values()) <= {"departs"}, reasons
    assert found.verdict is Verdict.CONFORMS


@pytest.mark.parametrize(("api", "name"), [(api, name) for api, wrong in WRONG.items() for name in wrong])
def test_a_front_hides_no_fault_of_the_seller_behind_it(api: str, name: str) -> None:
    assert judged(api)[name].clauses[WRONG[api][name]] in {Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS}


@pytest.mark.parametrize("name", ["nginx", "Apache", "gateway", "portal", "firewall", "mute"])
def test_that_a_stranger_is_told_otherwise_is_shown_and_fails_nobody(name: str) -> None:
    assert judged("ala")[name].clauses["ALA-FLT-07"] in {Verdict.DEPARTS, Verdict.CONFORMS}
    wanted = {Verdict.NOT_APPLICABLE, Verdict.CONFORMS} if name in {"portal", "firewall"} else {Verdict.DEPARTS}
    assert judged("ala")[name].clauses["ALA-FLT-10"] in wanted
