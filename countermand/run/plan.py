"""What a dry run says: one screen of what was played with a stand-in, and every request for who asks for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from countermand.model.exchange import address
from countermand.model.target import Target
from countermand.model.verdict import Verdict
from countermand.orders import budget
from countermand.run.rehearsal import Rehearsal

Row = Mapping[str, Any]
#: Characters of a reason, and clauses that are named of those it is given for.
ROOM, NAMED = 100, 4
#: What a reason says that only the replies of a run give: those of a stand-in tell nothing of the target.
OF_RUN = "of this run"
#: What stands above all that would decide nothing.
EMPTY = "Not applicable, as things stand:"
#: What stands for the terminal, where a folder could be named.
PRINTED = "-"
APPROXIMATE = """\
A seller that conforms stands in for the target: each clause that another one breaks may cost one order more.
"at most" is for a seller that says every no in the same words, "expected" for one that does not."""


def lines(rehearsals: Mapping[str, Rehearsal], played: Iterable[Row], *, outlook: Mapping[str, str]) -> list[str]:
    """Return the one screen: what would be sent and used up, how long it takes, and what is not asked and why."""
    rows = list(played)
    screen = ["Dry run: nothing was sent."]
    for api, rehearsal in rehearsals.items():
        own = [row for row in rows if row.get("api", api) == api]
        screen += ["", *_of_target(rehearsal, own), *([outlook[api]] if api in outlook else [])]
        screen += _unplayed(own)
    screen += ["", *empty(rows), "", *APPROXIMATE.splitlines()]
    return [*screen, "Every request: -v prints them, --requests DIR writes them into a folder."]


def _of_target(rehearsal: Rehearsal, rows: list[Row]) -> list[str]:
    target = rehearsal.target
    asked = sum(len(row["exchanges"]) for row in rows)
    rate = target.safety.rate
    pace = "no rate is set: as fast as it answers"
    if rate:
        pace = f"about {_duration(asked / rate)} at {rate:g} requests a second"
    hostile = "yes, as the target file agrees" if target.safety.hostile else "no ([safety] hostile)"
    judged = sum("verdict" in row for row in rows)
    real = f"production: its orders are real, and a run must say --production {target.name}"
    return [
        f"{target.name}: {asked} requests in {judged} scenario{'' if judged == 1 else 's'}; {pace}",
        *([real] if target.production else []),
        f"hostile documents: {hostile}",
        *needs(rehearsal, target),
    ]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes


def needs(rehearsal: Rehearsal, target: Target) -> list[str]:
    """Return the table of what the selected scenarios use up of a target's orders."""
    states = sorted(rehearsal.taken, key=lambda state: (-rehearsal.taken[state], state))
    if not states:
        return ["no order is needed"]
    table = [f"  {'orders':<20} {'expected':>9} {'at most':>9} {'left':>6}"]
    for state in states:
        most, there = rehearsal.used[state], rehearsal.left.get(state, 0)
        expected = most - rehearsal.risked[state]
        more = ""
        if budget.made(target, state):
            more = "  made as needed"
        elif there < max(expected, 1):
            more = "  too few"
        table.append(f"  {state:<20} {expected:>9} {most:>9} {there:>6}{more}")
    return table


def _unplayed(rows: list[Row]) -> list[str]:
    """Return what a stand-in could not be led through, and why."""
    reasons = _by_reason(row for row in rows if row.get("verdict") == Verdict.INCONCLUSIVE)
    summary = [f"not played to its end here: {sum(map(len, reasons.values()))}"] if reasons else []
    return [*summary, *(f"  {_counted(reason, clauses, clauses)}" for reason, clauses in _commonest_first(reasons))]


def empty(rows: Iterable[Row]) -> list[str]:
    """Return why scenarios would not be applicable, and which clauses would be empty for that.

    None of their scenarios decides anything.
    """
    verdicts: dict[str, set[str]] = {}
    missing = []
    for row in rows:
        if "verdict" in row:
            verdicts.setdefault(row["clause"], set()).add(row["verdict"])
            missing += [row] if row["verdict"] == Verdict.NOT_APPLICABLE else []
    left = [clause for clause, outcomes in verdicts.items() if outcomes == {Verdict.NOT_APPLICABLE}]
    summary = [EMPTY]
    for reason, clauses in _commonest_first(_by_reason(missing)):
        gone = [clause for clause in left if clause in clauses]
        left = [clause for clause in left if clause not in gone]
        others = [clause for clause in clauses if clause not in gone]
        parts = [_counted(reason, clauses, others)]
        if gone:
            parts.append(f"{len(gone)} clause{'' if len(gone) == 1 else 's'} would be empty ({', '.join(gone)})")
        summary.append(f"  {'; '.join(parts)}")
    return summary if summary[1:] else [*summary, "  nothing"]


def _by_reason(rows: Iterable[Row]) -> dict[str, list[str]]:
    """Return the clauses of some scenarios by what was said of these, in a line."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if OF_RUN not in row["message"]:
            reason = row["message"].partition("\n")[0].removeprefix("NotApplicable: ")
            reasons.setdefault(reason, []).append(row["clause"])
    return reasons


def _commonest_first(reasons: Mapping[str, list[str]]) -> list[tuple[str, list[str]]]:
    return sorted(reasons.items(), key=lambda item: -len(item[1]))


def _counted(reason: str, clauses: list[str], shown: list[str]) -> str:
    """Return a reason with the number of its scenarios, and some of the clauses they belong to."""
    unique = list(Counter(shown))
    more = ", ..." if len(unique) > NAMED else ""
    named = f" ({', '.join(unique[:NAMED])}{more})" if unique else ""
    short = reason if len(reason) <= ROOM else f"{reason[: ROOM - 3]}..."
    return f"{len(clauses)} x {short}{named}"


def requests(played: Iterable[Row]) -> list[str]:
    """Return every request, as it would go over the wire."""
    return [line for row in played for line in (f"=== {title(row)}", *_sent(row))]


def title(row: Row) -> str:
    """Return what a scenario is called."""
    return " ".join(filter(None, (row.get("clause"), row["name"])))


def _sent(row: Row) -> list[str]:
    return [line for exchange in row["exchanges"] for line in request_lines(exchange)] or ["(no request)", ""]


def request_lines(row: Row) -> list[str]:
    """Return a recorded, masked request as it would go over the wire."""
    request = row["request"]
    head = [
        f"--- {row['number']}: {row['operation']}, sent by: {row['identity']}",
        f"{request['method']} {address(request['url'], whole=request.get('whole', False))}",
    ]
    head += [f"{name}: {value}" for name, value in request["headers"]]
    body = request["body"]
    words = body["value"] if body["encoding"] == "utf8" else f"({body['encoding']}) {body['value']}"
    return [*head, "", *words.splitlines(), ""]


def write(folder: Path, played: Iterable[Row], mask: Any) -> int:  # noqa: ANN401 - what masks a text
    """Write a file per scenario into a folder that is new or empty; raises OSError."""
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(None, "is a file, and a new folder was expected")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(None, "cannot be written: it is not empty")
    number = 0
    for number, row in enumerate(played, 1):
        name = re.sub(r"[^A-Za-z0-9-]+", "-", title(row))[:80].strip("-")
        text = mask("\n".join([title(row), "", *_sent(row)]))
        (folder / f"{number:03}-{name}.txt").write_bytes(text.encode("utf-8", "backslashreplace"))
    return number
