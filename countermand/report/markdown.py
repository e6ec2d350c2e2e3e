"""Markdown: conformance.md, and the summary of a CI step."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from countermand.model.results import Judged, Results, Scenario
from countermand.model.verdict import Verdict
from countermand.report import ticket
from countermand.report.environment import facts
from countermand.report.naming import api_title, clean, counted, headline, of_verdict, titles

LIMIT = 1024 * 1024  # bytes: what GitHub takes as the summary of one step


def conformance(results: Results) -> str:
    """Return conformance.md: the verdict first, then what to act on, then every clause."""
    return "\n".join([*_head(results), *_findings(results), *_clauses(results)])


def summary(results: Results, limit: int = LIMIT) -> str:
    """Return the same, cut at a line so that it stays below a number of bytes, and saying so where it was cut."""
    whole = conformance(results)
    if len(whole.encode()) <= limit:
        return whole
    short = "\n".join([*_head(results), *_findings(results)])
    notice = "\n\n*Cut here: the whole is in conformance.md.*\n"
    room = max(0, limit - len(notice.encode()) - len("\n```"))
    kept = short.encode()[:room].decode("utf-8", "ignore").rpartition("\n")[0] if len(short.encode()) > room else short
    fence = "\n```" if kept.count("\n```") % 2 else ""
    return (kept + fence + notice)[: limit or None]


def _head(results: Results) -> Iterable[str]:
    counts = results.counts
    yield from (f"# {plain(results.headline)}", "")
    if results.answer:
        yield from ("A part of the suite; only a whole run says more.", "")
    yield from table(("Target", "API", "URL"), [(t.name, api_title(t.api), t.url) for t in results.targets])
    yield from table([*counts, "scenarios"], [[str(number) for number in (*counts.values(), sum(counts.values()))]])
    shown = ("Suite", "Suite digest", "Seed", "Started", "Finished", "Complete")
    yield from (f"- {name}: {plain(value)}" for name, value in facts(results).items() if name in shown)
    yield ""
    yield from (f"> {plain(note)}\n" for note in results.notes)
    if results.waivers:
        yield from (f"## Waivers ({len(results.waivers)})", "")
        rows = [
            (w.clause, w.owner, w.expires, w.state, w.reason, w.link or "", str(len(w.scenarios)))
            for w in results.waivers
        ]
        yield from table(("Clause", "Waived by", "Until", "State", "Why", "Followed up", "Scenarios"), rows)


def _findings(results: Results) -> Iterable[str]:
    named = titles(results)
    for verdict, heading in (
        (Verdict.DOES_NOT_CONFORM, "Does not conform"),
        (Verdict.DEPARTS, "Departs"),
        (Verdict.INCONCLUSIVE, "Inconclusive"),
    ):
        scenarios = of_verdict(results, verdict)
        if scenarios:
            yield from (f"## {heading} ({len(scenarios)})", "")
        if scenarios and verdict is Verdict.INCONCLUSIVE:
            yield from (f"{counted(results, verdict)}.", "")
        for scenario in scenarios:
            yield from _finding(results, scenario, named[scenario.id])
    if absent := of_verdict(results, Verdict.NOT_APPLICABLE):
        yield from (f"## Not applicable ({len(absent)})", "", f"{counted(results, Verdict.NOT_APPLICABLE)}.", "")
        yield from table(("Clause", "Scenario", "Reason"), [(s.clause, named[s.id], headline(s)) for s in absent])


def _finding(results: Results, scenario: Scenario, title: str) -> Iterable[str]:
    words = clean(scenario.message or "no reason was recorded").strip()
    clause = results.catalogue[scenario.clause]
    yield from (f"### {clause.id}: {plain(title)}", "")
    yield from (
        (
            f"{plain(clause.says)} ({clause.evidence}; {plain(scenario.file)}, line {scenario.line}; "
            f"target {plain(scenario.target)})"
        ),
        "",
    )
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", words)), default=0))  # longer than any the message holds
    yield from (f"{fence}text", words, fence, "")
    if waiver := results.waiver(scenario.id):
        yield from (plain(waiver.sentence), "")
    if scenario.verdict in ticket.FINDINGS:
        yield from (f"Both messages, and how to repeat it without the suite: [{clause.id}](tickets/{clause.id}.md)", "")


def _clauses(results: Results) -> Iterable[str]:
    yield from ("## All clauses", "")
    for api, of_api in groupby(
        sorted(results.clauses, key=lambda judged: judged.clause.api), key=lambda judged: judged.clause.api
    ):
        judged = list(of_api)
        yield from (f"### {plain(api_title(api))}", "")
        for feature in dict.fromkeys(clause.scenarios[0].feature for clause in judged):
            yield from (f"#### {plain(feature)}", "")
            rows = [_row(clause) for clause in judged if clause.scenarios[0].feature == feature]
            yield from table(("Clause", "What the seller must do", "Evidence", "Verdict", "Scenarios"), rows, ready=1)


def _row(judged: Judged) -> tuple[str, ...]:
    clause = judged.clause
    anchor = f'<a id="{clause.id.lower()}"></a>{clause.id}'
    return anchor, clause.says, clause.evidence, judged.verdict, str(len(judged.scenarios))


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], ready: int = 0) -> Iterable[str]:
    """Return a table; the first cells, as many as are ready, are Markdown already."""
    columns = list(heads)
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell if place < ready else plain(cell) for place, cell in enumerate(row))} |"
    yield ""


def code(words: str) -> str:
    """Return text as code within a line, in more backticks than it has itself."""
    line = " ".join(clean(words).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    pad = " " if "`" in line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def plain(words: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", " ".join(clean(words).split()))
