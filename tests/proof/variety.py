"""Conforming sellers of every style, judged in groups.

The tests of each API are a file, so that two processes can share them. A group is one seller that has several styles at
once, no two of which speak of the same thing. Where a group is accused, or leaves undecided what a style decides, each
of its styles is judged by itself, and the test that fails names the culprit. Which styles meet in a group changes with
the seed.
"""

from __future__ import annotations

import dataclasses
import os
import random
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from lots import lots

from countermand.model import clause, suite
from countermand.model.clause import Evidence
from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement, Maker, judge
from countermand.provider.ala import dialects as ala
from countermand.provider.fronts import Front, fronts, put_before
from countermand.provider.manners import Manner, Mannered, manners
from countermand.provider.opensrs import dialects as opensrs

CATALOGUE = clause.read(suite.root() / "features")
SELLERS: dict[str, Any] = {"ala": ala.Seller, "opensrs": opensrs.Dialect}
STYLES: dict[str, dict[str, Any]] = {"ala": ala.styles(), "opensrs": opensrs.styles()}
#: The same mixtures every time in CI; elsewhere others each time, and the seed to have them again.
SEED = int(os.environ.get("COUNTERMAND_SEED") or (0 if os.environ.get("CI") else random.randrange(2**32)))
#: A seller that takes no cancellation up cannot be shown to refuse: what rests on that is not applicable to it.
REJECTING = {"rejecting everything", "rejecting everything by a fault"}
#: What a style may leave without an answer that could be judged.
SILENT = {
    "refusing strangers in the handshake": {"ALA-FLT-02"},
    "forbidding strangers": {"ALA-FLT-02"},
    "gateway": {"ALA-FLT-02"},
    "doubting impostors": {"ALA-FLT-03"},
    "blaming impostors": {"ALA-FLT-03"},
    "rejecting impostors": {"ALA-FLT-03"},
}
#: Whoever decides less than all cannot vouch for others.
ALONE = REJECTING | set(SILENT)
NAMED = [(api, name) for api, styles in STYLES.items() for name in [*styles, *manners()]]


def maker(api: str, style: Any = None, manner: Manner | None = None, front: Front | None = None) -> Maker:  # noqa: ANN401 - a Style of either API
    def make() -> Any:  # noqa: ANN401 - a Seller of either API
        seller = SELLERS[api](style) if style else SELLERS[api]()
        carried = Mannered(seller, manner) if manner else seller
        return put_before(seller, front, carried) if front else carried

    return make


#: So many styles at most meet in one seller: the more there are, the more likely one hides what another does.
TOGETHER = 12
#: So many sellers that are everything at once are drawn for each API.
MIXTURES = 4


def judged(api: str, name: str) -> Judgement:
    """Return what is said of a style."""
    return next(_judged(api, groups)[name] for groups in lots(grouped(api)) if any(name in group for group in groups))


@cache
def _judged(api: str, groups: tuple[tuple[str, ...], ...]) -> dict[str, Judgement]:
    return in_groups(api, groups, lambda names: together(api, names))


def in_groups(
    api: str, groups: Sequence[tuple[str, ...]], make: Callable[[tuple[str, ...]], Maker]
) -> dict[str, Judgement]:
    """Return what is said of each name: of its group, where that is spotless, and otherwise of itself."""
    judgements = dict(
        zip(groups, judge(api, {" + ".join(group): make(group) for group in groups}).values(), strict=True)
    )
    spotless = {
        name: judgement
        for group, judgement in judgements.items()
        for name in group
        if len(group) == 1 or _is_spotless(api, judgement)
    }
    suspects = [name for group in groups for name in group if name not in spotless]
    return spotless | (judge(api, {name: make((name,)) for name in suspects}) if suspects else {})


@cache
def grouped(api: str) -> list[tuple[str, ...]]:
    """Put styles and manners into groups in which no two have anything to say of the same field.

    What decides less stays alone.
    """
    groups = list[dict[str, set[tuple[str, str]]]]()
    names = [name for of, name in NAMED if of == api]
    random.Random(SEED).shuffle(names)
    for name in names:
        marks = set(_marks(api, name))
        fits = (
            group for group in groups if len(group) < TOGETHER and not any(marks & others for others in group.values())
        )
        group = (
            None
            if name in ALONE or not marks
            else next((group for group in fits if not ALONE & set(group) and all(group.values())), None)
        )
        if group is None:
            groups.append({name: marks})
        else:
            group[name] = marks
    return [tuple(group) for group in groups]


def together(api: str, names: tuple[str, ...]) -> Maker:
    """Return how to make the one seller that has all these styles and manners."""
    marks = {key: value for name in names for key, value in _marks(api, name).items()}
    style = {key: value for (of, key), value in marks.items() if of == "style"}
    manner = {key: value for (of, key), value in marks.items() if of == "manner"}
    return maker(api, _style(api)(**style) if style else None, Manner(**manner) if manner else None)


def _marks(api: str, name: str) -> dict[tuple[str, str], Any]:
    """Return what a style or a manner has that is not as always."""
    kind, variant = ("style", STYLES[api][name]) if name in STYLES[api] else ("manner", manners()[name])
    usual = type(variant)()
    values = {field.name: getattr(variant, field.name) for field in dataclasses.fields(variant)}
    return {(kind, key): value for key, value in values.items() if value != getattr(usual, key)}


def undecided(api: str, judgement: Judgement) -> set[str]:
    """Return the documented clauses that a seller's answers do not decide."""
    documented = [
        clause
        for clause in CATALOGUE.of(api)
        if clause.evidence is Evidence.DOCUMENTED and clause.id not in {"ALA-SCH-02", "OSRS-SCH-03"}
    ]
    return {clause.id for clause in documented if judgement.clauses.get(clause.id) is not Verdict.CONFORMS}


def _is_spotless(api: str, judgement: Judgement) -> bool:
    return (
        not judgement.trouble
        and judgement.verdict is Verdict.CONFORMS
        and not accusations(judgement)
        and not undecided(api, judgement)
    )


def accusations(judgement: Judgement) -> dict[str, str]:
    """Return what a conforming seller must never hear, and what should have been decided, each with its reason."""
    bad = {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE}
    accused = {name: verdict for name, verdict in judgement.clauses.items() if verdict in bad}
    reasons = [message for verdict, message in judgement.scenarios.values() if verdict in bad and message]
    return {
        name: next((words for words in reasons if f"{name}:" in words), str(verdict))
        for name, verdict in accused.items()
    }


def mixture(api: str, at: random.Random) -> tuple[Any, Manner, Front]:
    """Draw a style, a manner and a front of what some named one has for each of their fields."""

    def drawn(named: dict[str, Any]) -> dict[str, Any]:
        return {name: at.choice(values) for name, values in _fields(named).items()}

    style = _style(api)(**drawn(STYLES[api]))
    return _told_from_none(style), Manner(**drawn(manners())), Front(**drawn(fronts(api)))


def _told_from_none(style: Any) -> Any:  # noqa: ANN401 - the Style of either API
    """Return a style, taking orders up where nobody could tell it from one that serves no buyer at all."""
    away = str(getattr(style, "rejection", "")) in {"401", "403"}
    return dataclasses.replace(style, takes_up=True) if away else style


def _style(api: str) -> Any:  # noqa: ANN401 - the Style of either API
    return type(next(iter(STYLES[api].values())))


def _fields(named: dict[str, Any]) -> dict[str, list[Any]]:
    fields = dataclasses.fields(next(iter(named.values())))
    return {
        field.name: sorted({getattr(variant, field.name) for variant in named.values()}, key=str) for field in fields
    }


def _words(style: Any, manner: Manner, front: Front) -> str:  # noqa: ANN401 - a Style of either API
    words = [
        f"{field.name}={getattr(part, field.name)!r}"
        for part in (style, manner, front)
        for field in dataclasses.fields(part)
        if getattr(part, field.name) != field.default
    ]
    return ", ".join(words)


def must_not_accuse_mixtures(api: str) -> None:
    """Draw sellers that are everything at once, and hold the suite to accusing none."""
    sys.stdout.write(f"mixtures of {api}: to have them again, COUNTERMAND_SEED={SEED}\n")
    at = random.Random(SEED)
    drawn = [mixture(api, at) for _ in range(MIXTURES)]
    judgements = judge(api, {_words(*mixture): maker(api, *mixture) for mixture in drawn})
    assert len(judgements) == MIXTURES
    wrong = {
        name: accusations(judgement) or judgement.trouble or judgement.verdict for name, judgement in judgements.items()
    }
    assert {name: words for name, words in wrong.items() if words is not Verdict.CONFORMS} == {}, (
        f"COUNTERMAND_SEED={SEED}"
    )
