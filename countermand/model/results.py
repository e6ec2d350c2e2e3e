"""The results of a run: the one model that all outputs are written from."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, cast

from countermand.model.clause import Catalogue, Clause, Evidence
from countermand.model.rows import DrawnRow, ExchangeRow, ScenarioRow
from countermand.model.verdict import FOLLOWS, WORST_FIRST, Verdict, worst
from countermand.model.waiver import Waiver

VERSION = 1
#: The sentence by which a scenario waits for all others.
WAITS = "all other scenarios are done"
#: The API of a target of which not even that is known.
UNKNOWN_API = "unknown"
DECIDED = {Verdict.CONFORMS, Verdict.DOES_NOT_CONFORM}


@dataclass(frozen=True)
class Step:
    """One sentence of a scenario, and how it went: passed, failed, broken, skipped, or not reached."""

    keyword: str
    text: str
    status: str


@dataclass(frozen=True)
class Scenario:
    """One scenario (of an outline: one row) as it went against one target."""

    id: str  # pytest's node id, stable between runs
    name: str
    feature: str
    file: str  # the feature file, relative to the suite
    line: int
    rule: str
    clause: str
    api: str
    target: str
    verdict: Verdict
    message: str | None
    started: str  # RFC 3339, UTC
    elapsed: float  # seconds
    steps: tuple[Step, ...] = ()
    exchanges: tuple[ExchangeRow, ...] = ()  # masked, as exchange.Exchange.masked() gives them
    drawn: DrawnRow = field(default_factory=DrawnRow)  # the clock readings and orders it was given: what a replay needs

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Scenario:
        """Read a scenario back from its JSON, but for what only the processes of a run must know."""
        row = {key: value for key, value in row.items() if key != "last"}
        steps = tuple(Step(**step) for step in row["steps"])
        return cls(**{**row, "verdict": Verdict(row["verdict"]), "steps": steps, "exchanges": tuple(row["exchanges"])})

    def as_json(self) -> ScenarioRow:
        """Return what json.dumps can write; what is JSON already is not copied."""
        return cast("ScenarioRow", {**vars(self), "steps": [asdict(step) for step in self.steps]})


@dataclass(frozen=True)
class Judged:
    """A clause with the scenarios that judged it."""

    clause: Clause
    scenarios: tuple[Scenario, ...]

    @functools.cached_property
    def verdict(self) -> Verdict:
        """The worst of its scenarios' verdicts."""
        return self.verdict_of(self.scenarios)

    @property
    def is_of_every_answer(self) -> bool:
        """Whether one of its scenarios judges what all others were answered."""
        return any(step.text == WAITS for scenario in self.scenarios for step in scenario.steps)

    @staticmethod
    def verdict_of(scenarios: Iterable[Scenario]) -> Verdict:
        """Return the worst verdict of some scenarios.

        What was left out for a fault of another clause might not have conformed.
        """
        outcomes = [(scenario.verdict, scenario.message or "") for scenario in scenarios]
        overall = worst(verdict for verdict, _ in outcomes)
        left_out = any(
            verdict is Verdict.NOT_APPLICABLE and message.startswith(FOLLOWS) for verdict, message in outcomes
        )
        return Verdict.NOT_APPLICABLE if overall is Verdict.CONFORMS and left_out else overall


@dataclass(frozen=True)
class Target:
    """What a report may say of a target."""

    name: str
    api: str
    url: str


@dataclass(frozen=True)
class Results:
    """A whole run."""

    suite: dict[str, str]  # version and digest
    targets: tuple[Target, ...]
    started: str
    finished: str
    seed: str
    complete: bool  # nothing deselected, not interrupted
    scenarios: tuple[Scenario, ...]
    catalogue: Catalogue
    notes: tuple[str, ...] = ()  # what the reader should know besides: warnings, claims contradicted
    waivers: tuple[Waiver, ...] = ()  # of the baseline, if there was one
    untested: str | None = None  # why the target was not tested at all
    #: Of a part that was played to its end: the clauses of which every scenario was asked for.
    asked: tuple[str, ...] = ()
    unplayed: tuple[str, ...] = ()  # the clauses of which a run that was ended before its time has left scenarios out

    @functools.cached_property
    def clauses(self) -> list[Judged]:
        """The clauses this run looked at, in the order of the catalogue."""
        by_clause: dict[str, list[Scenario]] = {}
        for scenario in self.scenarios:
            by_clause.setdefault(scenario.clause, []).append(scenario)
        return [
            Judged(clause, tuple(by_clause[clause.id])) for clause in self.catalogue.values() if clause.id in by_clause
        ]

    def waiver(self, scenario: str) -> Waiver | None:
        """Return who answers for a scenario, by its id: whoever excuses it, and else whose waiver does not hold."""
        waivers = [waiver for waiver in self.waivers if scenario in waiver.scenarios]
        return next((waiver for waiver in waivers if waiver.state == "excused"), next(iter(waivers), None))

    def excuses(self, scenarios: Iterable[Scenario]) -> str | None:
        """Return who answers for all of some scenarios that are not as they should be.

        Return nothing where one of them is nobody's.
        """
        waivers = [
            self.waiver(scenario.id)
            for scenario in scenarios
            if scenario.verdict not in {Verdict.CONFORMS, Verdict.NOT_APPLICABLE}
        ]
        held = [waiver for waiver in waivers if waiver is not None and waiver.state == "excused"]
        if not waivers or len(held) < len(waivers):
            return None
        return "; ".join(dict.fromkeys(waiver.sentence for waiver in held))

    def is_waived(self, clause: str, verdict: Verdict) -> bool:
        """Say whether somebody answers for all scenarios of a clause that have a verdict."""
        return (
            self.excuses(each for each in self.scenarios if (each.clause, each.verdict) == (clause, verdict))
            is not None
        )

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many scenarios there are of each verdict."""
        counted = Counter(scenario.verdict for scenario in self.scenarios)
        return {verdict: counted[verdict] for verdict in Verdict if verdict is not Verdict.NOT_TESTED}

    @functools.cached_property
    def coverage(self) -> dict[str, int]:
        """How many documented clauses the targets' APIs have, how many were decided and how many cannot be."""
        documented = [judged for judged in self.clauses if judged.clause.evidence is Evidence.DOCUMENTED]
        apis = {target.api for target in self.targets}
        return {
            "documented": sum(
                c.evidence is Evidence.DOCUMENTED and c.untested is None for api in apis for c in self.catalogue.of(api)
            ),
            "decided": sum(map(self._is_decided, documented)),
            "not applicable": sum(judged.verdict is Verdict.NOT_APPLICABLE for judged in documented),
        }

    def _is_decided(self, judged: Judged) -> bool:
        """Say whether a clause is decided: one that is kept so far is not, where scenarios of it were left out."""
        left_out = judged.verdict is Verdict.CONFORMS and judged.clause.id in self.unplayed
        return judged.verdict in DECIDED and not left_out

    @functools.cached_property
    def verdict(self) -> Verdict:
        """What the run says, by README's table of verdicts; departures never change it."""
        if self.untested is not None:
            return Verdict.NOT_TESTED
        if any(judged.verdict is Verdict.DOES_NOT_CONFORM for judged in self.clauses):
            return Verdict.DOES_NOT_CONFORM
        seen = {judged.clause.id: judged.verdict for judged in self.clauses}
        expected = [
            clause for target in self.targets for clause in self.catalogue.of(target.api) if clause.untested is None
        ]
        documented = [clause for clause in expected if clause.evidence is Evidence.DOCUMENTED]
        settled = all(seen.get(clause.id) in {*DECIDED, Verdict.NOT_APPLICABLE} for clause in documented)
        outcome = all(seen.get(clause.id) in DECIDED for clause in expected if clause.outcome)
        return Verdict.CONFORMS if self.complete and expected and settled and outcome else Verdict.INCONCLUSIVE

    @property
    def sentence(self) -> str:
        """The verdict with its coverage, as it is always said."""
        if self.untested is not None:
            return f"{self.verdict}: {self.untested}"
        covered = self.coverage
        departures = sum(judged.verdict is Verdict.DEPARTS for judged in self.clauses)
        words = f"{self.verdict}: {covered['decided']} of {covered['documented']} documented clauses decided"
        broken = sum(judged.verdict is Verdict.DOES_NOT_CONFORM for judged in self.clauses)
        words += f", {broken} of them broken" if broken else ""
        words += f", {covered['not applicable']} not applicable" if covered["not applicable"] else ""
        return f"{words}; {departures} departure{'' if departures == 1 else 's'}"

    @property
    def answered(self) -> bool:
        """Whether this is a part of the suite asked for on purpose, by whole clauses, and played to its end."""
        part = self.untested is None and not self.complete and bool(self.asked)
        return part and all(judged.clause.id in self.asked for judged in self.clauses)

    @property
    def kept(self) -> bool:
        """Whether what was asked of a part is decided, and fails nobody; it says nothing of what was not asked."""
        verdicts = {judged.verdict for judged in self.clauses}
        decided = bool(verdicts & {Verdict.CONFORMS, Verdict.DEPARTS})
        return self.answered and decided and not verdicts & {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE}

    @property
    def answer(self) -> str | None:
        """What a part of the suite says of the clauses it was asked about, the worst first.

        A whole run has its sentence.
        """
        if not self.answered:
            return None
        by_words: dict[tuple[str, str], list[str]] = {
            words: [] for words in (*map(ANSWERS.__getitem__, WORST_FIRST), IN_PART)
        }
        for judged in self.clauses:
            in_part = judged.verdict is Verdict.CONFORMS and judged.is_of_every_answer
            by_words[IN_PART if in_part else ANSWERS[judged.verdict]].append(judged.clause.id)
        return "; ".join(_said(words, clauses) for words, clauses in by_words.items() if clauses)

    @property
    def headline(self) -> str:
        """What every output says first: the answer of a part, or the verdict with its coverage."""
        return self.answer or self.sentence

    def as_json(self) -> dict[str, Any]:
        """Return results.json."""
        return {
            "version": VERSION,
            "suite": self.suite,
            "targets": [asdict(target) for target in self.targets],
            "started": self.started,
            "finished": self.finished,
            "seed": self.seed,
            "complete": self.complete,
            "verdict": self.verdict,
            "sentence": self.sentence,
            "coverage": self.coverage,
            "notes": list(self.notes),
            "waivers": [asdict(waiver) for waiver in self.waivers],
            "untested": self.untested,
            "asked": list(self.asked),
            "answer": self.answer,
            "clauses": [_clause_json(judged) for judged in self.clauses],
            "counts": dict(self.counts),
            **({"unplayed": list(self.unplayed)} if self.unplayed else {}),
        }


#: What is said of the clauses a part was asked about: of one, and of several.
ANSWERS = {
    Verdict.DOES_NOT_CONFORM: ("is broken", "are broken"),
    Verdict.INCONCLUSIVE: ("could not be found out", "could not be found out"),
    Verdict.DEPARTS: ("is departed from, which fails nobody", "are departed from, which fails nobody"),
    Verdict.CONFORMS: ("is kept now", "are kept now"),
    Verdict.NOT_APPLICABLE: ("is not applicable", "are not applicable"),
}
#: The same of those that are about every answer of a run, of which a part has some.
IN_PART = ("is kept in what was asked here", "are kept in what was asked here")
NAMED = 4  # clauses that are named one by one


def _said(words: tuple[str, str], clauses: Sequence[str]) -> str:
    singular, plural = words
    if len(clauses) == 1:
        return f"{clauses[0]} {singular}"
    named = f"{', '.join(clauses[:-1])} and {clauses[-1]}" if len(clauses) <= NAMED else f"{len(clauses)} clauses"
    return f"{named} {plural}"


def _clause_json(judged: Judged) -> dict[str, Any]:
    clause = judged.clause
    facts = {
        "id": clause.id,
        "api": clause.api,
        "says": clause.says,
        "evidence": clause.evidence,
        "source": clause.source,
        "url": clause.url,
    }
    return {**facts, "verdict": judged.verdict, "scenarios": _scenarios_json(judged.scenarios)}


def _scenarios_json(scenarios: Iterable[Scenario]) -> Sequence[dict[str, Any]]:
    shown = ("id", "name", "feature", "file", "line", "target", "verdict", "message", "started", "elapsed")
    return [{key: getattr(scenario, key) for key in shown} for scenario in scenarios]
