"""Which clauses `-m` means.

On one side what a person types, on the other the ids of clauses, as pytest is given them.
"""

from __future__ import annotations

import difflib
import re
import shlex
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from countermand.commands import last
from countermand.exits import CommandError
from countermand.model import clause, suite
from countermand.model.clause import Catalogue, Clause
from countermand.model.message import said
from countermand.model.results import Judged, Results, Scenario
from countermand.model.verdict import Verdict
from countermand.records import finished

#: What `--failed` repeats, besides what a run that was ended before its time has not played.
FAILED = (Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE)
#: What `-m` may be told of the last run.
SAID = tuple(verdict for verdict in Verdict if verdict is not Verdict.NOT_TESTED)
#: The word for what does not conform that is quicker to type, and how something is called that has a verdict.
BROKEN = "broken"
IS = {Verdict.DOES_NOT_CONFORM: BROKEN, Verdict.DEPARTS: "departing", Verdict.CONFORMS: "conforming"}
_TITLE = re.compile(r"^Feature:\s*(.*?)\s*$", re.MULTILINE)
_TAG = re.compile(rf"^\s*@({clause.FORM})\b", re.MULTILINE)
_WORD = re.compile(r"[^\s(),]+")


class NothingFailedError(CommandError):
    """There is nothing to repeat of a run that conforms, or of a part that is kept: nothing is written either."""


@dataclass(frozen=True)
class Known:
    """All that a selection may name."""

    catalogue: Catalogue
    #: The clauses of each feature, by its title and its file, with and without its folder.
    features: Mapping[str, frozenset[str]]
    last: Path  # the folder of the last run
    names: frozenset[str] = field(default=frozenset())  # of the targets that are asked; none: whatever was

    def clauses(self, word: str) -> frozenset[str]:
        """Return the clauses that one word means; raises CommandError where it means nothing."""
        folded = word.casefold().removeprefix("./").removesuffix(".feature")
        wanted = {BROKEN: str(Verdict.DOES_NOT_CONFORM)}.get(folded, folded)
        if wanted in SAID:
            return frozenset(of_verdict(self.last, (Verdict(wanted),), self.names))
        if wanted in self.features:
            return self.features[wanted]
        matches = frozenset(key for key in self.catalogue if fnmatchcase(key.casefold(), wanted))
        if not matches:
            near = self._nearest(word)
            raise CommandError(
                f"-m {word}: no such clause, feature or verdict"
                f"{_advice(near) if near else f'; {self.catalogue.advice(word)}'}"
            )
        return matches

    def _nearest(self, word: str) -> list[str]:
        bare = word.strip("*?").upper()
        begun = [key for key in self.catalogue if bare and key.startswith(bare)]
        nearest = self.catalogue.nearest(word.upper())
        others = difflib.get_close_matches(word.casefold(), [*self.features, *SAID, BROKEN], n=1, cutoff=0.7)
        return [*others, *(begun[:1] or ([nearest] if nearest else []))]


def known(folder: Path, names: Iterable[str] = ()) -> Known:
    """Return what the features of this suite, and the last run, which is in that folder, let a selection name."""
    features: dict[str, frozenset[str]] = {}
    for path in sorted(path for home in suite.features() for path in home.glob("*/*.feature")):
        text = path.read_text(encoding="utf-8")
        title = _TITLE.search(text)
        for name in {path.stem, title[1] if title else path.stem}:
            features[name.casefold()] = features.get(name.casefold(), frozenset()) | frozenset(_TAG.findall(text))
        below = f"{path.parent.name}/{path.stem}"  # as reports and `explain` name the file: of one API alone
        features |= dict.fromkeys((below.casefold(), f"features/{below}".casefold()), frozenset(_TAG.findall(text)))
    return Known(clause.read(*suite.features()), features, folder, frozenset(names))


def chosen(words: str, known: Known, apis: Iterable[str], everywhere: Iterable[str] = ()) -> list[str]:
    """Return the clauses of some APIs that an expression selects, in the order of the catalogue.

    Everywhere are those that other targets of the same command are asked by. Raises CommandError where there are no
    clauses; one that is named, and that nobody is asked by, is left out in so many words.
    """
    reader = _Reader(_tokens(words, known), known)
    clauses = reader.read()
    wanted = set(apis)
    named = [known.catalogue[word.upper()] for word in reader.named if word.upper() in known.catalogue]
    strange = [entry for entry in named if entry.api not in wanted | {*everywhere}]
    selected = [key for key in known.catalogue if key in clauses and known.catalogue[key].untested is None]
    ours = [key for key in selected if known.catalogue[key].api in wanted]
    if ours:
        for entry in strange:
            print(f"{_not_asked(words, entry, wanted)}: it is left out", file=sys.stderr)
        return ours
    if selected:
        raise _not_asked(words, known.catalogue[selected[0]], wanted)
    if untested := [known.catalogue[key] for key in sorted(clauses)]:
        raise CommandError(f"-m {words}: no scenario can show {untested[0].id}: {untested[0].untested}")
    raise CommandError(f"-m {words}: selects no clause{_advice(reader.named)}")


def excludes(words: str) -> bool:
    """Say whether an expression leaves clauses out: whoever does wants none besides."""
    return bool(re.search(r"\bnot\b(?! (applicable|conform|tested)\b)", words.casefold()))


def witnesses(chosen: Sequence[str], known: Known, past: Iterable[Results], names: Container[str]) -> list[str]:
    """Return the clauses in whose scenarios was asked what showed last that some chosen ones are not kept.

    These are about every answer of a run, and a part that did not ask the same would not see it. Past are the runs
    before, the latest first: of each clause the last one counts that has decided it at targets of such names, which a
    part, or a run that was ended, has only where it saw it broken.
    """
    shown, undecided = dict[str, list[str]](), {*chosen}  # by the witness, what it has shown
    for run in past:
        for key, scenarios in _by_clause(run, undecided, names).items():
            verdict = Judged.verdict_of(scenarios)
            if verdict in {Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS}:
                for other in dict.fromkeys(
                    seen for each in scenarios for seen in _repeated(said(each.message, "again"))
                ):
                    if other in known.catalogue and other not in chosen:
                        shown.setdefault(other, []).append(key)
            elif verdict is not Verdict.CONFORMS or not run.complete:
                continue
            undecided.discard(key)
        if not undecided:
            break
    for other, clauses in shown.items():
        what = " and ".join(clauses)
        print(f"note: {other} is asked as well: in its scenarios {what} was last seen not to be kept", file=sys.stderr)
    return [other for other in known.catalogue if other in shown]


def _by_clause(run: Results, clauses: Container[str], names: Container[str]) -> dict[str, list[Scenario]]:
    grouped = dict[str, list[Scenario]]()
    for scenario in run.scenarios:
        if scenario.clause in clauses and scenario.target in names:
            grouped.setdefault(scenario.clause, []).append(scenario)
    return grouped


def _repeated(again: str | None) -> list[str]:
    """Return the clauses that a line asks for which repeats a scenario."""
    try:
        words = shlex.split(again or "")
    except ValueError:
        return []
    return re.findall(clause.FORM, words[words.index("-m") + 1]) if "-m" in words[:-1] else []


def _not_asked(words: str, entry: Clause, wanted: Iterable[str]) -> CommandError:
    return CommandError(f"-m {words}: {entry.id} is of {entry.api}, and {' and '.join(sorted(wanted))} is asked")


def of_verdict(
    folder: Path, verdicts: Sequence[Verdict], names: frozenset[str] = frozenset(), apis: Container[str] | None = None
) -> list[str]:
    """Return the clauses a finished run has scenarios of with one of some verdicts.

    Where targets are named, or APIs, it is by these that it must have them. Raises CommandError where there are none.
    """
    results = _read(folder)
    last.mention_newer(folder, results, "name ")
    asked = {target.name for target in results.targets}
    if names and not names & asked:
        raise CommandError(
            f"{folder}: the last run there asked {', '.join(sorted(asked))}, not {', '.join(sorted(names))}; "
            "--target names who is asked"
        )
    clauses = {
        scenario.clause
        for scenario in results.scenarios
        if scenario.verdict in verdicts
        and (not names or scenario.target in names)
        and (apis is None or scenario.api in apis)
    }
    if verdicts == FAILED and results.unplayed:  # what was not played could not be found out either
        known = clause.read(*suite.features())
        left = (known[key] for key in results.unplayed if key in known)
        clauses |= {entry.id for entry in left if apis is None or entry.api in apis}
    if not clauses:
        what = " or ".join(IS.get(verdict, str(verdict)) for verdict in verdicts)
        kept = verdicts == FAILED and (results.kept or results.verdict is Verdict.CONFORMS)
        error = NothingFailedError if kept else CommandError
        raise error(f"{folder}: nothing there is {what}; it says {results.headline}")
    return sorted(clauses)


def _read(folder: Path) -> Results:
    try:
        return last.tested(folder, "--failed ")
    except finished.FinishedError as error:
        raise CommandError(f"there is no last run to repeat: {error}") from None


def _advice(nearest: Sequence[str]) -> str:
    unique = list(dict.fromkeys(nearest))[:2]
    return f"; did you mean {' or '.join(unique)}?" if unique else "; countermand clauses lists them all"


def _tokens(words: str, known: Known) -> list[str]:
    """Split an expression: verdicts and titles are of several words, and may hold those that join."""
    phrases = sorted([*SAID, *(name for name in known.features if " " in name)], key=len, reverse=True)
    tokens, rest = list[str](), words.strip()
    while rest:
        low = rest.casefold()
        begun = (candidate for candidate in phrases if low.startswith(candidate))
        phrase = next((candidate for candidate in begun if not low[len(candidate) :][:1].isalnum()), None)
        piece = rest[0]
        if phrase:
            piece = rest[: len(phrase)]
        elif match := _WORD.match(rest):
            piece = match[0]
        tokens.append("or" if piece == "," else piece)
        rest = rest[len(piece) :].lstrip()
    return tokens


class _Reader:
    """Reads one expression; `not` binds closest, then `and`, then `or`."""

    def __init__(self, tokens: list[str], known: Known) -> None:
        self._tokens, self._known, self.named = tokens, known, list[str]()

    def read(self) -> frozenset[str]:
        """Return the clauses that are meant."""
        try:
            clauses = self._any()
        except RecursionError:
            raise CommandError("-m: is nested too deep to be read") from None
        if self._tokens:
            raise CommandError(f"-m: {self._tokens[0]!r} follows what is complete; several are joined with or")
        return clauses

    def _any(self) -> frozenset[str]:
        clauses = self._all()
        while self._takes("or"):
            clauses |= self._all()
        return clauses

    def _all(self) -> frozenset[str]:
        clauses = self._one()
        while self._takes("and"):
            clauses &= self._one()
        return clauses

    def _one(self) -> frozenset[str]:
        if self._takes("not"):
            return frozenset(self._known.catalogue) - self._one()
        if self._takes("("):
            clauses = self._any()
            if not self._takes(")"):
                raise CommandError("-m: a bracket is not closed")
            return clauses
        if not self._tokens or self._tokens[0].casefold() in {"or", "and", ")"}:
            raise CommandError(
                f"-m: a clause is missing {f'before {self._tokens[0]!r}' if self._tokens else 'at the end'}"
            )
        word = self._tokens.pop(0)
        self.named.append(word)
        return self._known.clauses(word)

    def _takes(self, word: str) -> bool:
        if self._tokens and self._tokens[0].casefold() == word:
            self._tokens.pop(0)
            return True
        return False
