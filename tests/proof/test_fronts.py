"""Conforming sellers are blamed for no kind of front that stands before them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import Any

import pytest
from lots import lots

from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement, judge
from countermand.provider.ala import dialects as ala
from countermand.provider.certificates import BUYER
from countermand.provider.fronts import Front, Fronted, fronts, put_before
from countermand.provider.http import Peer, Request, Response
from countermand.provider.noes import Body, No
from countermand.provider.opensrs import dialects as opensrs

SELLERS: dict[str, Any] = {"ala": ala.Seller, "opensrs": opensrs.Dialect}
FRONTS = {api: fronts(api) for api in ("ala", "opensrs")}
STATUSES = (400, 401, 403, 404, 405, 429, 502, 503)
BAD = {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE, Verdict.DEPARTS}
#: What is inferred of strangers: that they are told so with status 401, and in a fault.
INFERRED = {"ALA-FLT-07", "ALA-FLT-10"}
#: Those that tell strangers so with status 401, and those some of whose noes are no error that could be a fault.
WITH_401 = {"front of 401", "front of closed doors"}
NO_ERROR = {f"front of {status}" for status in (302, 308, 404, 405, 429, 502)}


LOTS = [(api, names) for api, named in FRONTS.items() for names in lots(named)]


@cache
def judged(api: str, names: tuple[str, ...]) -> dict[str, Judgement]:
    """Return what is said of the same seller behind some fronts."""
    return judged_behind(api, {name: FRONTS[api][name] for name in names})


def judged_behind(api: str, named: dict[str, Front]) -> dict[str, Judgement]:
    return judge(api, {name: partial(fronted, api, front) for name, front in named.items()}, 4)  # some are told to wait


def fronted(api: str, front: Front) -> Fronted:
    return put_before(SELLERS[api](), front)


def accusations(judgement: Judgement) -> dict[str, str]:
    """Return what no front may lead to, with the words of a scenario that came to it."""
    if judgement.trouble:
        return {"trouble": judgement.trouble}
    inferred = {name for name in INFERRED if judgement.clauses.get(name) is Verdict.DEPARTS}
    bad = {name: verdict for name, verdict in judgement.clauses.items() if verdict in BAD and name not in inferred}
    words = [message for verdict, message in judgement.scenarios.values() if verdict in BAD and message]
    if not bad and judgement.verdict is not Verdict.CONFORMS:
        return {"verdict": str(judgement.verdict)}
    return {name: next((said for said in words if f"{name}:" in said), str(verdict)) for name, verdict in bad.items()}


def culprits(api: str, front: Front) -> dict[str, dict[str, str]]:
    """Judge every part of a front alone, to name the one that is to blame."""
    judgements = judged_behind(api, front.single())
    return {name: accused for name, judgement in judgements.items() if (accused := accusations(judgement))}


@pytest.mark.parametrize(("api", "names"), LOTS)
def test_no_front_is_an_accusation(api: str, names: tuple[str, ...]) -> None:
    wrong = {name: accusations(judgement) for name, judgement in judged(api, names).items()}
    blamed = {
        name: f"{words}; alone: {culprits(api, FRONTS[api][name]) or 'none, only together'}"
        for name, words in wrong.items()
        if words
    }
    assert blamed == {}


@pytest.mark.parametrize("name", [name for name, front in FRONTS["ala"].items() if front.untrusted])
def test_that_a_stranger_is_told_otherwise_is_shown_and_fails_nobody(name: str) -> None:
    judgement = judged("ala", next(names for api, names in LOTS if api == "ala" and name in names))[name]
    assert judgement.verdict is Verdict.CONFORMS
    assert judgement.clauses["ALA-FLT-07"] is (Verdict.CONFORMS if name in WITH_401 else Verdict.DEPARTS)
    assert judgement.clauses["ALA-FLT-10"] is (Verdict.NOT_APPLICABLE if name in NO_ERROR else Verdict.DEPARTS)


class Swallowing(Fronted):
    """Puts its own page in the place of whatever the seller refuses, to whomever.

    It is no more a front, but the operation's own answer.
    """

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        return No(response.status, Body.PAGE).response() if response.status in {400, 401, 403} else response


def test_a_front_that_swallows_what_a_known_buyer_is_told_is_found() -> None:
    verdicts = judge("ala", {"swallowing": lambda: Swallowing(ala.Seller(), Front())})["swallowing"].clauses
    assert {verdicts[name] for name in ("ALA-FLT-01", "ALA-FLT-03")} == {Verdict.DOES_NOT_CONFORM}


def test_a_front_that_lets_a_stranger_in_is_found() -> None:
    verdicts = judge("ala", {"open": Open})["open"].clauses
    assert {verdicts[name] for name in ("ALA-SEC-01", "ALA-SEC-02")} == {Verdict.DOES_NOT_CONFORM}


class Open(Fronted):
    """Passes every caller on as the buyer."""

    def __init__(self) -> None:
        super().__init__(ala.Seller(), Front(untrusted=(No(403),)))

    def handle(self, request: Request) -> Response:
        return self.seller.handle(replace(request, peer=Peer(BUYER, b"")))


@pytest.mark.parametrize("api", FRONTS)
def test_every_way_to_turn_away_is_in_some_front(api: str) -> None:
    things = ("strangers", "methods", "paths", "hostile", *(["untrusted"] if api == "ala" else []))
    met = {
        (thing, no.status, no.body)
        for front in FRONTS[api].values()
        for thing in things
        for no in getattr(front, thing)
    }
    wanted = {
        (thing, status, body)
        for thing in things
        for status in STATUSES
        for body in (Body.PAGE, Body.JSON, Body.NOTHING)
    }
    assert wanted <= met
    assert all((thing, 0, Body.NOTHING) in met and (thing, 302, Body.PAGE) in met for thing in things)


def test_no_front_keeps_the_buyer_from_being_served() -> None:
    buyer = Request("POST", "/cancelOrder", {}, b"<cancelOrderRequest/>", Peer(BUYER, b"agreed"))
    for front in FRONTS["ala"].values():
        before = Fronted(ala.Seller(), replace(front, waits=(), untrusted=()))
        assert b"faultcode" in before.handle(buyer).body
