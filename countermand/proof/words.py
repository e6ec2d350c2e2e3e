"""The proof in words: the summary, proof.md and proof.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from countermand import __version__
from countermand.model.verdict import Verdict
from countermand.proof.shown import Proof, Shown
from countermand.report.naming import api_title

VERSION = 1
FEW = 9  # clauses that are named one by one


def claim(deviants: int, clauses: int) -> str:
    """Return the one line that a proof without a hole says, and README repeats."""
    return (
        f"{deviants} deviants: every one of {clauses} clauses was broken and caught; "
        "nothing changed that was not declared."
    )


def summary(proof: Proof) -> str:
    """Return the one line that says what came of it."""
    deviants, holes = len(proof.shown), len(proof.holes)
    if holes:
        named = f"{deviants} deviant{'' if deviants == 1 else 's'}, {len(proof.clauses)} clauses"
        return f"{named}: {holes} hole{'' if holes == 1 else 's'}"
    if proof.complete:
        return claim(deviants, len(proof.clauses))
    caught = len({deviant.breaks for deviant in proof.shown})
    noun = "clause" if caught == 1 else "clauses"
    return f"{deviants} of the deviants, for {caught} {noun}: each was caught; nothing changed that was not declared."


def together(proof: Proof) -> str:
    """Say how many were judged beside others, or nothing."""
    many = sum(bool(deviant.beside) for deviant in proof.shown)
    return f"{many} of them change other verdicts than some others do, and were one seller with these." if many else ""


def markdown(proof: Proof) -> str:
    """Return proof.md: the summary, every hole, and by clause who breaks it and what was said."""
    return "\n".join([*_head(proof), *_clauses(proof)]) + "\n"


def _head(proof: Proof) -> Iterator[str]:
    yield from ("# The proof that every clause can fail", "", summary(proof), "")
    yield "Each deviant is a seller wrong in one thing."
    yield "The suite was run against each, and every verdict on it compared with that on the reference seller."
    if many := together(proof):
        yield many
    yield f"It took {proof.elapsed:.0f} seconds. Suite {__version__}."
    yield ""
    for api, judgement in proof.references.items():
        counts = Counter(judgement.clauses.values())
        verdicts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
        count = sum(deviant.api == api for deviant in proof.shown)
        yield f"- {api_title(api)}: {count} deviants; of the reference seller: {verdicts}."
    yield ""
    if proof.holes:
        yield from ("## Holes", "", *(f"- {words}" for words in proof.holes), "")


def _clauses(proof: Proof) -> Iterator[str]:
    for clause in proof.clauses:
        breaking = [deviant for deviant in proof.shown if deviant.breaks == clause.id]
        if not breaking and not proof.complete:
            continue
        yield from (f"## {clause.id}: {_cell(clause.says)}", "")
        if not breaking:
            yield from ("No deviant breaks it.", "")
            continue
        yield from ("| Deviant | Vice | Said | Besides |", "|---|---|---|---|")
        yield from map(_row, breaking)
        yield ""


def _row(deviant: Shown) -> str:
    if deviant.trouble:
        said = deviant.changed.get(deviant.breaks) or "could not be judged"
    else:
        said = deviant.got.get(deviant.breaks, "nothing")
    hole = "" if deviant.caught else " (a hole)"
    return f"| {deviant.slug} ({deviant.name}) | {_cell(deviant.vice)} | {said}{hole} | {_besides(deviant)} |"


def _besides(deviant: Shown) -> str:
    """Say what else changed, by verdict: the clauses where they are few, and else how many."""
    changed: dict[str, list[str]] = {}
    for clause, verdict in deviant.changed.items():
        if clause != deviant.breaks:
            changed.setdefault(verdict or "nothing", []).append(clause)
    return "; ".join(
        f"{verdict}: {', '.join(many) if len(many) <= FEW else f'{len(many)} clauses'}"
        for verdict, many in changed.items()
    )


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("<", "\\<").replace("`", "\\`")


def as_json(proof: Proof) -> dict[str, Any]:
    """Return proof.json."""
    return {
        "version": VERSION,
        "suite": __version__,
        "summary": summary(proof),
        "complete": proof.complete,
        "elapsed": round(proof.elapsed, 1),
        "clauses": [clause.id for clause in proof.clauses],
        "unbroken": proof.unbroken,
        "holes": proof.holes,
        "references": {
            api: {"verdicts": dict(judgement.clauses), "orders": judgement.orders}
            for api, judgement in proof.references.items()
        },
        "deviants": [_deviant(deviant) for deviant in proof.shown],
    }


def _deviant(deviant: Shown) -> dict[str, Any]:
    facts = {
        "api": deviant.api,
        "name": deviant.name,
        "slug": deviant.slug,
        "vice": deviant.vice,
        "breaks": deviant.breaks,
        "caught": deviant.caught,
        "orders": deviant.orders,
        "beside": list(deviant.beside),
    }
    holes = {clause: {"wanted": wanted, "got": got} for clause, (wanted, got) in deviant.holes.items()}
    return {**facts, "changed": deviant.changed, "holes": holes, "trouble": deviant.trouble or None}
