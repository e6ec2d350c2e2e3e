"""`countermand explain`: all that is known of a clause, for who was found to break it."""

from __future__ import annotations

import argparse
import inspect
import re
from typing import Any

from countermand.commands import saying
from countermand.exits import CommandError
from countermand.model import clause, suite
from countermand.model.apis import APIS
from countermand.model.clause import Clause
from countermand.model.results import WAITS
from countermand.report.naming import WEIGHT, api_title


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("clauses", nargs="+", metavar="CLAUSE", help="the clause, as in ALA-REQ-07")
    parser.add_argument("--json", action="store_true", help="as JSON")


def main(options: argparse.Namespace) -> int:
    """Explain clauses."""
    catalogue = clause.read(*suite.features())
    for wanted in options.clauses:
        if wanted.upper() not in catalogue:
            raise CommandError(f"no clause {wanted}; {_broken_by(wanted) or catalogue.advice(wanted)}")
    explanations = [_row(catalogue[key.upper()]) for key in options.clauses]
    if options.json:
        saying.as_json({"version": 1, "clauses": explanations})
    else:
        print("\n\n".join(map(_words, explanations)))
    return 0


def _broken_by(word: str) -> str:
    """Say which clause a deviant breaks, where the word is a deviant's."""
    from countermand.provider.deviants import called, deviants  # noqa: PLC0415 - the embedded sellers, which only this part needs

    breaks = dict.fromkeys(
        str(vars(wrong[name])["breaks"]) for wrong in map(deviants, APIS) if (name := called(wrong, word)) is not None
    )
    return f"it is a deviant, which breaks {' and '.join(breaks)}" if breaks else ""


def _row(entry: Clause) -> dict[str, Any]:
    return {
        "id": entry.id,
        "api": entry.api,
        "says": entry.says,
        "level": entry.evidence.level,
        "evidence": entry.evidence,
        "weight": WEIGHT[entry.evidence],
        "source": entry.source,
        "url": entry.url,
        "scenarios": _scenarios(entry),
        "deviants": _deviants(entry),
        "repeat": f"countermand run --target FILE -m {entry.id}",
    }


def _scenarios(entry: Clause) -> list[dict[str, str]]:
    """Return the Rules of the features that bear the clause, as they stand in their files."""
    rules = []
    for path in sorted((suite.home(entry.api) / "features" / entry.api).glob("*.feature")):
        for block in re.split(rf"(?m)^(?=  @{clause.FORM})", path.read_text(encoding="utf-8"))[1:]:
            if block.split(maxsplit=1)[0] == f"@{entry.id}":
                text = "\n".join(line.removeprefix("  ") for line in block.rstrip().split("\n")[1:])
                rules.append({"feature": suite.within(path), "gherkin": text})
    return rules


def _deviants(entry: Clause) -> list[dict[str, str]]:
    from countermand.provider.deviants import deviants, slug  # noqa: PLC0415 - the embedded sellers, which only this part needs

    breaking = [(name, deviant) for name, deviant in deviants(entry.api).items() if vars(deviant)["breaks"] == entry.id]
    return [
        {"slug": slug(deviant), "name": name, "does": " ".join((inspect.getdoc(deviant) or "").split())}
        for name, deviant in breaking
    ]


def _words(explanation: dict[str, Any]) -> str:
    head = f"{explanation['id']} ({api_title(explanation['api'])}): {explanation['says']}"
    lines = [
        head,
        "",
        f"  level     {explanation['level']}: {explanation['weight']}",
        f"  source    {explanation['source']}",
        f"  read it   {explanation['url']}",
    ]
    lines += [f"  repeat    {explanation['repeat']}"]
    if any(WAITS in scenario["gherkin"] for scenario in explanation["scenarios"]):
        lines.append("            of every answer of a run, of which this asks for some: a whole run asks for all")
    lines += ["", "What is asked:"]
    for scenario in explanation["scenarios"]:
        lines += ["", f"  {scenario['feature']}", *(f"    {line}".rstrip() for line in scenario["gherkin"].split("\n"))]
    lines += ["", "What sellers do wrong, as the deviants that prove the clause play it:"]
    lines += [f"  {deviant['slug']} ({deviant['name']}): {deviant['does']}" for deviant in explanation["deviants"]]
    return "\n".join(lines)
