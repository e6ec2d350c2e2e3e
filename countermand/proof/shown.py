"""What the proof shows: which clauses can fail, and every hole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from countermand.model.clause import Catalogue, Clause, Evidence
from countermand.model.verdict import Verdict
from countermand.proof.field import Judgement

Map = Mapping[str, Verdict]  # clause -> verdict
#: What the reference seller may be told: it conforms, or cannot be in the situation.
SOUND = frozenset({Verdict.CONFORMS, Verdict.NOT_APPLICABLE})


@dataclass(frozen=True)
class Shown:
    """One wrong seller: what it breaks, what must be said of it and what was said."""

    api: str
    name: str
    slug: str  # what is wrong, in a few words
    vice: str
    breaks: str
    wanted: Map  # the whole map
    got: Map
    reference: Map
    orders: int | None = 0  # that were used up; nobody knows of one that was judged beside others
    trouble: str = ""
    beside: tuple[str, ...] = ()  # the slugs of those that were the same seller

    @property
    def changed(self) -> dict[str, Verdict | None]:
        """The clauses of which something else is said than of the reference seller."""
        return {
            clause: self.got.get(clause)
            for clause in self._clauses
            if self.got.get(clause) != self.reference.get(clause)
        }

    @property
    def caught(self) -> bool:
        """Whether the clause it breaks says so, with the verdict its evidence allows."""
        return self.got.get(self.breaks) == self.wanted.get(self.breaks) != self.reference.get(self.breaks)

    @property
    def holes(self) -> dict[str, tuple[Verdict | None, Verdict | None]]:
        """The clauses of which something else is said than must be: what must be, and what is."""
        pairs = {clause: (self.wanted.get(clause), self.got.get(clause)) for clause in self._clauses}
        return {clause: pair for clause, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def _clauses(self) -> list[str]:
        return list(dict.fromkeys([*self.reference, *self.wanted, *self.got]))


@dataclass(frozen=True)
class Proof:
    """Every wrong seller that was judged."""

    catalogue: Catalogue
    references: Mapping[str, Judgement]  # by API
    shown: tuple[Shown, ...]
    complete: bool  # every deviant of its APIs was judged
    elapsed: float = 0.0  # seconds

    @property
    def clauses(self) -> list[Clause]:
        """The clauses of the APIs that were looked at; one that no scenario can test has nothing to fail."""
        return [clause for api in self.references for clause in self.catalogue.of(api) if clause.untested is None]

    @property
    def unbroken(self) -> list[str]:
        """The clauses no deviant breaks; not known where only some were judged."""
        broken = {deviant.breaks for deviant in self.shown}
        return [clause.id for clause in self.clauses if clause.id not in broken] if self.complete else []

    @property
    def holes(self) -> list[str]:
        """Everything that keeps this from being a proof, in words."""
        return [
            *self._of_references(),
            *(f"{clause}: no deviant breaks it" for clause in self.unbroken),
            *self._of_deviants(),
        ]

    def _of_references(self) -> Iterator[str]:
        for api, judgement in self.references.items():
            if judgement.trouble:
                yield f"{api}: the reference seller could not be judged: {last_line(judgement.trouble)}"
            unsound = {clause: said for clause, said in judgement.clauses.items() if said not in SOUND}
            yield from (f"{api}: of the reference seller, {clause} says {said}" for clause, said in unsound.items())

    def _of_deviants(self) -> Iterator[str]:
        for deviant in self.shown:
            named = f"{deviant.slug} ({deviant.name}, {deviant.breaks})"
            if deviant.trouble:
                yield f"{named}: could not be judged: {last_line(deviant.trouble)}"
                continue
            for clause, (wanted, got) in deviant.holes.items():
                kind = _kind(deviant, clause)
                yield f"{named}: {kind}: {clause} says {got or 'nothing'}, and must say {wanted or 'nothing'}"


def _kind(deviant: Shown, clause: str) -> str:
    if clause == deviant.breaks:
        return "not caught"
    return "not declared" if deviant.reference.get(clause) == deviant.wanted.get(clause) else "declared otherwise"


def must_say(deviant: type, reference: Map, catalogue: Catalogue) -> dict[str, Verdict]:
    """Return the whole map a deviant must get.

    It is the reference's, but for the clause it breaks and what it declares besides.
    """
    breaks, also = str(vars(deviant)["breaks"]), getattr(deviant, "also", {})
    fails = catalogue[breaks].evidence is Evidence.DOCUMENTED
    named = {breaks: Verdict.DOES_NOT_CONFORM if fails else Verdict.DEPARTS}
    return {**reference, **named, **{clause: Verdict(verdict) for clause, verdict in also.items()}}


def last_line(words: str) -> str:
    """Return the last line that says anything."""
    return next((line.strip() for line in reversed(words.splitlines()) if line.strip()), "nothing was said")
