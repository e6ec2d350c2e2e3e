"""Judges the record in a certificate again, and says where this suite and the certificate differ."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from countermand.certify import drawing, masks
from countermand.exits import Exit
from countermand.guard import bounds
from countermand.model import clause
from countermand.records import inputs, isolation
from countermand.report import outputs

#: What differs between a run and its replay, and says nothing of the seller.
PASSING = frozenset({"started", "elapsed", "message"})
#: What results.json says that must follow from the record; `notes`, `started` and `finished` are the run's own.
FOLLOWS = (
    *("version", "suite", "targets", "seed", "complete", "verdict", "sentence", "coverage", "counts"),
    *("answer", "untested", "waivers"),
)
#: How the notes begin that every replay makes, of itself.
AGAIN = "judged again"
#: Codes by which a run says that it came to its end.
ENDED = frozenset({Exit.CONFORMS, Exit.DOES_NOT_CONFORM, Exit.INCONCLUSIVE})


class ReplayError(RuntimeError):
    """A replay that did not come to its end; says what it said."""


def differences(files: Mapping[str, bytes], patience: float | None = None, *, drawn_here: bool = True) -> Iterator[str]:
    """Play the record once more, offline, and say where the certificate says otherwise; raises ReplayError."""
    with tempfile.TemporaryDirectory(prefix="countermand-") as folder:  # 0700, and on nobody's import path
        record, reports, empty = (Path(folder, name) for name in ("record", "again", "empty"))
        for path in (record, empty):
            path.mkdir()
        for name in drawing.SOURCES:
            (record / name).write_bytes(files[name])
        asked = _asked(_parsed(files[outputs.RESULTS]), _rows(files[outputs.RECORD]))
        _play(record, reports, empty, asked, isolation.patience(len(files[outputs.RECORD]), patience))
        again = {name: (reports / name).read_bytes() for name in (*drawing.SOURCES, outputs.PAGE)}
    then, now = _rows(files[outputs.RECORD]), _rows(again[outputs.RECORD])
    yield from _of_scenarios(then, now)
    yield from _of_results(_parsed(files[outputs.RESULTS]), _parsed(again[outputs.RESULTS]), then)
    yield from _of_given(_parsed(files[inputs.FILE]), _parsed(again[inputs.FILE]))
    if drawn_here and files[outputs.PAGE] != again[outputs.PAGE]:
        yield f"{outputs.PAGE}: does not follow from the results and the record"


def _asked(results: Mapping[str, Any], rows: Mapping[str, Any]) -> list[str]:
    """Return the clauses that a part says it was asked for in whole, where it holds nothing else: it answers these.

    They are asked for again, so that a scenario that was left out is missed.
    """
    asked = [name for name in results["asked"] if clause.ID.fullmatch(name)]
    return asked if {row["clause"] for row in rows.values()} <= {*asked} else []


def _play(record: Path, reports: Path, empty: Path, asked: list[str], patience: float) -> None:
    arguments = [f"--replay={record}", f"--reports={reports}", "--no-reports", "-q"]
    arguments += ["-m", " or ".join(asked)] if asked else []
    try:
        task = isolation.Task(arguments, (empty, reports), patience, cwd=empty, page=(record, reports / outputs.PAGE))
        done = isolation.run(task, captured=True)
    except isolation.Spent as error:
        raise ReplayError(str(error)) from None
    if done.returncode not in ENDED or not (reports / outputs.PAGE).is_file():
        words = done.stderr.strip().removeprefix("countermand run: ") or done.stdout.strip()
        said = words.replace(f"{record}: ", "").replace(str(record), "the record").splitlines()
        raise ReplayError(
            f"the record cannot be judged again (exit {done.returncode}): "
            f"{' '.join(said[-3:])[:400] or 'nothing was said'}"
        )


def _parsed(data: bytes) -> Any:  # noqa: ANN401 - what JSON holds
    return bounds.parsed(data)


def _rows(record: bytes) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for _, row in bounds.lines(record)}


def _of_scenarios(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name, row in then.items():
        if name not in now:
            yield f"{outputs.RECORD}: {name} is no scenario of this suite"
            continue
        again = now[name]
        if row["verdict"] != again["verdict"]:
            yield f"{name}: recorded as {row['verdict']!r}, judged again as {again['verdict']!r}: {_why(again)}"
        elif not masks.same(row["message"], again["message"], again["exchanges"]):
            yield f"{name}: {row['verdict']!r} it is, but not in these words: {_why(again)}"
        yield from (f"{outputs.RECORD}: {name}: {words}" for words in _of_rows(row, again))


def _of_rows(row: Mapping[str, Any], again: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted((row.keys() | again.keys()) - PASSING - {"verdict", "exchanges"}):
        if row.get(key) != again.get(key):
            yield f"its {key} is {_short(row.get(key))}, judged again {_short(again.get(key))}"
    pairs = list(zip(_bare(row["exchanges"]), _bare(again["exchanges"]), strict=False))
    yield from (
        f"exchange {number} is not what the suite makes of it"
        for number, (recorded, replayed) in enumerate(pairs, 1)
        if recorded != replayed
    )
    if len(row["exchanges"]) != len(again["exchanges"]):
        yield f"it has {len(row['exchanges'])} exchanges, judged again {len(again['exchanges'])}"


def _of_results(then: Mapping[str, Any], now: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    for key in (*FOLLOWS, *(["asked"] if then["answer"] else [])):
        if then.get(key) != now.get(key):
            yield f"{outputs.RESULTS}: its {key} is {_short(then.get(key))}, judged again {_short(now.get(key))}"
    yield from _of_notes(then, now)
    clauses = {entry["id"]: entry for entry in now["clauses"]}
    scenarios = {row["id"]: row for entry in then["clauses"] for row in entry["scenarios"]}
    for entry in then["clauses"]:
        again = clauses.pop(entry["id"], {})
        for key in ("api", "says", "evidence", "source", "url", "verdict"):
            if entry.get(key) != again.get(key):
                yield (
                    f"{outputs.RESULTS}: {entry['id']}: its {key} is {_short(entry.get(key))}, "
                    f"judged again {_short(again.get(key))}"
                )
    yield from (f"{outputs.RESULTS}: {name} is missing" for name in clauses)
    for name in sorted(scenarios.keys() ^ record.keys()):
        yield f"{name} is in {outputs.RESULTS if name in scenarios else outputs.RECORD} alone"
    for name in scenarios.keys() & record.keys():
        for key in scenarios[name]:
            if scenarios[name][key] != record[name].get(key):
                yield (
                    f"{outputs.RESULTS}: {name}: its {key} is {_short(scenarios[name][key])}, "
                    f"in the record {_short(record[name].get(key))}"
                )


def _of_notes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Hold a run to what it has to tell its reader, as of claims its target contradicts; other notes are its own."""
    remarks = [note for note in now["notes"] if note not in then["notes"]]
    if then["complete"] and not now["complete"]:
        yield from (f"{outputs.RECORD}: {note}" for note in remarks if note.startswith(AGAIN))
    yield from (f"{outputs.RESULTS}: lacks the note: {note}" for note in remarks if not note.startswith(AGAIN))


def _of_given(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(then.keys() | now.keys()):
        recorded, replayed = (_unspanned(side.get(key)) for side in (then, now))
        if recorded != replayed:
            yield f"{inputs.FILE}: its {key} is not what the replay makes of it"


def _bare(exchanges: Any) -> list[Any]:  # noqa: ANN401 - what JSON holds
    return [_unspanned(exchange) for exchange in exchanges]


def _unspanned(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Leave out where secrets stood: a replay has none to look for."""
    if isinstance(value, dict):
        # What a long body packs to depends on the packer: its digest tells it as well, and is made anew.
        passing = {"masked", "value"} if value.get("encoding") == "deflate" else {"masked"}
        return {key: _unspanned(item) for key, item in value.items() if key not in passing}
    return [_unspanned(item) for item in value] if isinstance(value, list) else value


def _why(row: Mapping[str, Any]) -> str:
    return str(row["message"] or "every sentence holds").partition("\n")[0]


def _short(value: object) -> str:
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 80 else words[:77] + "..."  # noqa: PLR2004 - about what a line takes
