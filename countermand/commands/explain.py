"""`countermand explain`: all that is known of a clause, for who was found to break it."""

from __future__ import annotations

import argparse
import inspect
import json
import re
from typing import Any

from countermand.exits import CommandError
from countermand.model import clause, suite
from countermand.model.clause import Clause
from countermand.report.naming import WEIGHT, api_title


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("clauses", nargs="+", metavar="CLAUSE", help="the clause, as in ALA-REQ-07")
    parser.add_argument("--json", action="store_true", help="as JSON")


def main(options: argparse.Namespace) -> int:
    """Explain clauses."""
    catalogue = clause.read(*suite.features())
    for wanted in options.clauses:
        if wanted not in catalogue:
            raise CommandError(f"no clause {wanted}; {catalogue.advice(wanted)}")
    told = [_told(catalogue[key]) for key in options.clauses]
    print(json.dumps(told, indent=1, ensure_ascii=False) if options.json else "\n\n".join(map(_words, told)))
    return 0


def _told(one: Clause) -> dict[str, Any]:
    return {
        "id": one.id,
        "api": one.api,
        "says": one.says,
        "level": one.evidence.level,
        "evidence": one.evidence,
        "weight": WEIGHT[one.evidence],
        "source": one.source,
        "url": one.url,
        "scenarios": _scenarios(one),
        "deviants": _deviants(one),
        "repeat": f"countermand run --target FILE -m {one.id}",
    }


def _scenarios(one: Clause) -> list[dict[str, str]]:
    """Return the Rules of the features that bear the clause, as they stand in their files."""
    found = []
    for path in sorted((suite.home(one.api) / "features" / one.api).glob("*.feature")):
        for block in re.split(rf"(?m)^(?=  @{clause.FORM})", path.read_text(encoding="utf-8"))[1:]:
            if block.split(maxsplit=1)[0] == f"@{one.id}":
                text = "\n".join(line.removeprefix("  ") for line in block.rstrip().split("\n")[1:])
                found.append({"feature": suite.within(path), "gherkin": text})
    return found


def _deviants(one: Clause) -> list[dict[str, str]]:
    from countermand.provider.deviants import deviants, slug  # noqa: PLC0415 - the embedded sellers, which only this part needs

    found = [(name, deviant) for name, deviant in deviants(one.api).items() if vars(deviant)["breaks"] == one.id]
    return [
        {"slug": slug(deviant), "name": name, "does": " ".join((inspect.getdoc(deviant) or "").split())}
        for name, deviant in found
    ]


def _words(told: dict[str, Any]) -> str:
    head = f"{told['id']} ({api_title(told['api'])}): {told['says']}"
    lines = [
        head,
        "",
        f"  level     {told['level']}: {told['weight']}",
        f"  source    {told['source']}",
        f"  read it   {told['url']}",
    ]
    lines += [f"  repeat    {told['repeat']}", "", "What is asked:"]
    for scenario in told["scenarios"]:
        lines += ["", f"  {scenario['feature']}", *(f"    {line}".rstrip() for line in scenario["gherkin"].split("\n"))]
    lines += ["", "What sellers do wrong, as the deviants that prove the clause play it:"]
    lines += [f"  {deviant['slug']} ({deviant['name']}): {deviant['does']}" for deviant in told["deviants"]]
    return "\n".join(lines)
