"""Holds what a target file claims in [capabilities] against what a run has seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from countermand.model.apis import APIS
from countermand.model.clause import Catalogue
from countermand.model.exchange import Exchange
from countermand.model.results import Scenario
from countermand.model.target import Target
from countermand.model.verdict import Verdict
from countermand.protocols.answer import Decision
from countermand.protocols.carrier import Desk
from countermand.protocols.registry import PROTOCOLS
from countermand.protocols.seller import Seller

LISTS = "_orders"
#: Whom a clause about certificates nobody agreed to cannot be tried with unless the operator gives one.
NEWCOMER = "a newcomer of the operator's own authority"


def contradicted(target: Target, scenarios: Iterable[Scenario], catalogue: Catalogue) -> Iterator[str]:
    """Return, in words, every claim of a target file that the run, or the file itself, contradicts.

    Nothing is asked to find out.
    """
    own = [scenario for scenario in scenarios if scenario.api == target.api]
    seller = PROTOCOLS[target.api](target, Desk())
    for claim, word in target.capabilities.items():
        contradiction = _against(claim, word, target, seller, own, catalogue)
        if contradiction:
            yield f'{target.source.name} claims [capabilities] {claim} = "{word}", but {contradiction}'


def untried(target: Target, scenarios: Iterable[Scenario]) -> Iterator[str]:
    """Return, in words, what a clause that holds has not tried, because the target file gives nobody to try it with."""
    clause = APIS[target.api].newcomers
    held = any(scenario.clause == clause and scenario.verdict is Verdict.CONFORMS for scenario in scenarios)
    if clause and held and "unknown_buyer" not in target.identities:
        yield f"{clause}: {NEWCOMER} was not tried: add [unknown_buyer] to {target.source.name}"


def _against(
    claim: str, word: str, target: Target, seller: Seller, scenarios: list[Scenario], catalogue: Catalogue
) -> str | None:
    if claim.endswith(LISTS):
        state = claim.removesuffix(LISTS)
        listed = sum(order.state == state for order in target.orders.listed)
        return f"[orders] {state} lists {listed}: they are not used" if word == "no" and listed else None
    if claim == "takes_up":
        return _against_takes_up(word, seller, scenarios, catalogue)
    decided = list(_decided(seller, scenarios, claim))
    served = [name for name, decision in decided if decision is Decision.TAKEN_UP]
    if word == "no" and served:
        return f"it was answered in the scenario {served[0]!r}"
    refused = [name for name, decision in decided if decision is Decision.REFUSED]
    if word == "yes" and refused and not served:
        return f"it was never answered, and refused in the scenario {refused[0]!r}"
    return None


def _against_takes_up(word: str, seller: Seller, scenarios: list[Scenario], catalogue: Catalogue) -> str | None:
    taken = [name for name, decision in _decided(seller, scenarios, seller.operation) if decision.taken_up]
    if word == "no":
        return f"a cancellation was taken up in the scenario {taken[0]!r}" if taken else None
    outcome = [
        scenario for scenario in scenarios if scenario.clause in catalogue and catalogue[scenario.clause].outcome
    ]
    refused = [name for name, decision in _decided(seller, outcome, seller.operation) if decision is Decision.REFUSED]
    if refused and not taken:
        return f"a complete cancellation was refused in the scenario {refused[0]!r}, and none was taken up"
    return None


def _decided(seller: Seller, scenarios: Iterable[Scenario], operation: str) -> Iterator[tuple[str, Decision]]:
    for scenario in scenarios:
        for row in scenario.exchanges:
            if row["operation"] == operation:
                yield scenario.name, seller.read(Exchange.of(row)).decision
