"""The run of the proof: what the suite says of each deviant that was named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from countermand.model import clause, suite
from countermand.model.clause import Catalogue
from countermand.proof.field import Judgement, Maker, judge
from countermand.proof.shown import Proof, Shown, must_say
from countermand.provider import embedded
from countermand.provider.deviants import deviants, slug

REFERENCE = "the reference seller"
Progress = Callable[[str, str], None]  # is told API and name of each seller that has been judged
Deviants = Mapping[str, Mapping[str, type]]  # by API and name


def known(apis: Iterable[str]) -> dict[str, dict[str, type]]:
    """Return every deviant of some APIs."""
    return {api: deviants(api) for api in apis}


def prove(
    chosen: Deviants, *, complete: bool, jobs: int | None = None, progress: Progress = lambda _api, _name: None
) -> Proof:
    """Judge the chosen deviants, and beside them the reference seller of each API.

    Raises RuntimeError where nothing can be judged.
    """
    catalogue, started = clause.read(*suite.features()), time.monotonic()
    references: dict[str, Judgement] = {}
    shown: list[Shown] = []
    for api, wrong in chosen.items():
        sellers: dict[str, Maker] = {REFERENCE: embedded.SELLERS[api], **wrong}
        judged = judge(api, sellers, jobs, partial(progress, api))
        references[api] = judged.pop(REFERENCE)
        shown += [_shown(api, wrong[name], judgement, references[api], catalogue) for name, judgement in judged.items()]
    return Proof(catalogue, references, tuple(shown), complete, time.monotonic() - started)


def _shown(api: str, deviant: type, judged: Judgement, reference: Judgement, catalogue: Catalogue) -> Shown:
    return Shown(
        api=api,
        name=deviant.__name__,
        slug=slug(deviant),
        vice=(deviant.__doc__ or "").strip().partition("\n")[0],
        breaks=str(vars(deviant)["breaks"]),
        wanted=must_say(deviant, reference.clauses, catalogue),
        got=judged.clauses,
        reference=reference.clauses,
        orders=judged.orders,
        trouble=judged.trouble,
    )
