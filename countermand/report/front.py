"""The front page of a run.

It is one HTML file that says the verdict, what to act on and why, and shows every exchange; it loads nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

from countermand.document import MARK
from countermand.model.clause import Clause
from countermand.model.results import Judged, Results, Scenario, Step
from countermand.model.rows import ExchangeRow, ReplyRow, RequestRow
from countermand.model.verdict import WORST_FIRST, Verdict, worst
from countermand.report import exchanges, front_style, html, ticket
from countermand.report.environment import facts
from countermand.report.looks import css_class, look
from countermand.report.naming import WEIGHT, api_title, clean, counted, headline, titles

OPEN = frozenset({Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE})
#: Characters of one body that are shown, and of all bodies together:
#: a browser must open the page, whatever a seller sends.
ONE, ALL, LEAST = 40_000, 6_000_000, 400
#: What else a run leaves, and for whom.
FILES = (
    ("allure.html", "Allure's page, with the steps of every scenario, where it was drawn"),
    ("conformance.md", "the same as Markdown"),
    ("results.json", "for programs"),
    ("junit.xml", "for CI"),
    ("record.jsonl", "every exchange in full"),
)


def page(results: Results, targets: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the whole page: the verdict, what to act on, all clauses with their exchanges.

    Targets are as given.json tells them.
    """
    bodies = sum(2 for scenario in results.scenarios for _ in scenario.exchanges)
    drawn = Page(results, max(LEAST, min(ONE, ALL // max(1, bodies))))
    parts = [
        *drawn.head(),
        "<main>",
        *drawn.findings(ticket.tickets(results, targets)),
        *drawn.causes(),
        *drawn.clauses(),
        *drawn.foot(),
        "</main>",
    ]
    return html.document(drawn.title, front_style.style(), parts, front_style.SCRIPT)


def leading(page: bytes, there: Collection[str]) -> bytes:
    """Return a page that leads to those files alone which lie beside it."""
    for name, _ in FILES:
        page = page if name in there else page.replace(_link(name).encode(), name.encode())
    return page


def _link(name: str) -> str:
    return f'<a href="{name}">{name}</a>'


class Page:
    """One page as it is drawn."""

    def __init__(self, results: Results, room: int) -> None:
        self.results, self.room, self.named = results, room, titles(results)
        self.title = f"{', '.join(target.name for target in results.targets)}: {results.headline}"

    def head(self) -> Iterator[str]:
        """Say the verdict, whose it is and when it was come to."""
        results = self.results
        look_of = css_class(Verdict.CONFORMS if results.kept else results.verdict)
        yield f'<header class="{look_of}"><h1>{self._mark()} {_text(results.headline)}</h1>'
        for target in results.targets:
            yield f"<p>{_text(target.name)}, {_text(api_title(target.api))}, <code>{_text(target.url)}</code></p>"
        what = "a part of the suite" if results.asked else "not complete"
        part = "" if results.complete or results.untested else f"; {what}: only a whole run says more"
        yield (
            f"<p>{_text(results.started[:19].replace('T', ' '))} UTC, "
            f"Countermand {_text(results.suite['version'])}{part}</p></header>"
        )
        counts = " ".join(
            f"<li>{_sign(verdict)} {count} {verdict}</li>" for verdict, count in results.counts.items() if count
        )
        yield f'<ul class="counts" aria-label="scenarios by verdict">{counts}</ul>'
        yield from (f'<p class="note">{_text(note)}</p>' for note in results.notes)
        if results.waivers:
            yield f"<h2>Waivers ({len(results.waivers)})</h2><ul>"
            yield from (
                f'<li class="waiver">{_text(waiver.sentence)}{_followed(waiver.link)}</li>'
                for waiver in results.waivers
            )
            yield "</ul>"

    def _mark(self) -> str:
        """Return the sign of the verdict.

        A part whose clauses are kept has none of its own, and is never called conforming.
        """
        if not self.results.kept:
            return _sign(self.results.verdict)
        return f'<b class="sign conforms" role="img" aria-label="kept" title="kept">{look(Verdict.CONFORMS).sign}</b>'

    def findings(self, tickets: Sequence[ticket.Ticket]) -> Iterator[str]:
        """Show what is broken, and then what is departed from, each with the exchange that shows it."""
        verdict = Verdict.DOES_NOT_CONFORM
        all_broken = [finding for finding in tickets if finding.scenario.verdict is verdict]
        waived = [finding for finding in all_broken if self.results.is_waived(finding.clause.id, verdict)]
        broken = [finding for finding in all_broken if finding not in waived]
        departing = [finding for finding in tickets if finding.scenario.verdict is Verdict.DEPARTS]
        if broken:
            yield f"<h2>To act on ({len(broken)})</h2>"
            yield from (self._finding(finding, opened=True) for finding in broken)
        if waived:
            yield f"<h2>Broken, and waived ({len(waived)})</h2>"
            yield from (self._finding(finding, opened=False) for finding in waived)
        if departing:
            yield (
                f"<h2>Departs, and fails nobody ({len(departing)})</h2>"
                '<p class="note">What no page of the provider says.</p>'
            )
            yield from (self._finding(finding, opened=False) for finding in departing)

    def _finding(self, finding: ticket.Ticket, *, opened: bool) -> str:
        clause, scenario = finding.clause, finding.scenario
        head = f"{_sign(scenario.verdict)} <strong>{clause.id}</strong> {_text(headline(scenario))}"
        more = f" <small>and {finding.others} more scenarios</small>" if finding.others else ""
        waiver = self.results.waiver(scenario.id)
        more += f' <small class="waiver">{_text(waiver.sentence)}</small>' if waiver else ""
        inner = f'<p>{_text(clause.says)} <span class="level">{clause.evidence.level}</span>: {_source(clause)}</p>'
        inner += f'<pre class="message">{_text(scenario.message or "")}</pre>'
        inner += self._buttons(finding)
        if finding.exchange is not None:
            inner += _fold("The exchange", self._exchange(finding.exchange, ticket.place(scenario)), opened=opened)
        name = f'class="finding" id="act-{clause.id.lower()}"{" open" if opened else ""}'
        return f"<details {name}><summary><h3>{head}{more}</h3></summary>{inner}</details>"

    def _buttons(self, finding: ticket.Ticket) -> str:
        whole = ticket.markdown(finding)
        texts = {
            "Copy the ticket": whole,
            "Copy the curl lines": ticket.repeated(finding),
            "Copy the line to repeat it": ticket.again(finding),
        }
        buttons = [(label, words) for label, words in texts.items() if words]
        return "".join(
            f'<button type="button" data-copy="{escape(clean(words))}">{label}</button>' for label, words in buttons
        )

    def causes(self) -> Iterator[str]:
        """Show what could not be found out, by cause."""
        by_cause: dict[str, list[Scenario]] = {}
        for scenario in self.results.scenarios:
            if scenario.verdict is Verdict.INCONCLUSIVE:
                by_cause.setdefault(headline(scenario), []).append(scenario)
        if not by_cause:
            return
        yield f"<h2>Not found out ({sum(map(len, by_cause.values()))})</h2>"
        yield f'<p class="note">{counted(self.results, Verdict.INCONCLUSIVE)}.</p>'
        for cause, some in sorted(by_cause.items(), key=lambda item: -len(item[1])):
            clauses = dict.fromkeys(scenario.clause for scenario in some)
            links = " ".join(f'<a href="#{key.lower()}">{key}</a>' for key in clauses)
            waits = f"{len(some)} scenarios wait for one thing" if len(some) > 1 else "one scenario"
            yield (
                '<details class="finding" open>'
                f"<summary>{_sign(Verdict.INCONCLUSIVE)} {_text(cause)} <small>{waits}</small></summary>"
            )
            yield f"<p>{links}</p></details>"

    def clauses(self) -> Iterator[str]:
        """Show every clause, by API and feature."""
        clauses = sorted(self.results.clauses, key=lambda judged: judged.clause.api)
        if not clauses:
            return
        yield (
            '<h2>All clauses</h2><p class="tools"><label>'
            '<input type="checkbox" id="bad"> only those that somebody has to look at</label>'
        )
        yield ' <label>Find <input type="search" id="find" placeholder="ALA-REQ, reseller, ..."></label></p>'
        for api, of_api in groupby(clauses, key=lambda judged: judged.clause.api):
            yield f"<h3>{_text(api_title(api))}</h3>"
            yield from self._features(list(of_api))

    def _features(self, judged: list[Judged]) -> Iterator[str]:
        features = dict.fromkeys(scenario.feature for clause in judged for scenario in clause.scenarios)
        for feature in features:
            yield f"<section><h4>{_text(feature)}</h4>"
            for clause in judged:
                if shown := [scenario for scenario in clause.scenarios if scenario.feature == feature]:
                    yield self._clause(clause.clause, shown)
            yield "</section>"

    def _clause(self, clause: Clause, scenarios: list[Scenario]) -> str:
        verdict = worst(scenario.verdict for scenario in scenarios)
        weight = f'<span class="level">{clause.evidence.level}</span> {_text(WEIGHT[clause.evidence])}'
        inner = f'<p class="note">{weight}. Source: {_source(clause)}</p>'
        ranked = sorted(scenarios, key=lambda scenario: WORST_FIRST.index(scenario.verdict))
        inner += "".join(map(self._scenario, ranked))
        name = f"{_sign(verdict)} <strong>{clause.id}</strong> {_text(clause.says)}"
        kind = "clause" if look(verdict).bad else "clause fine"
        return f'<details class="{kind}" id="{escape(clause.id.lower())}"><summary>{name}</summary>{inner}</details>'

    def _scenario(self, scenario: Scenario) -> str:
        inner = f'<pre class="message">{_text(scenario.message)}</pre>' if scenario.message else ""
        inner += f"<ol>{''.join(map(_step, scenario.steps))}</ol>" if scenario.steps else ""
        for exchange in scenario.exchanges:
            inner += _fold(
                _text(exchanges.title(exchange)), self._exchange(exchange, ticket.place(scenario)), opened=False
            )
        inner += (
            f'<p class="note">{_text(scenario.file)}, line {scenario.line}; '
            f"{_text(scenario.target)}; {scenario.elapsed:.2f} s</p>"
        )
        return _fold(f"{_sign(scenario.verdict)} {_text(self.named[scenario.id])}", inner, opened=False)

    def _exchange(self, exchange: ExchangeRow, at: str | None) -> str:
        shown = (
            f'<p class="head">Sent as {_text(exchange["identity"])}</p>'
            f"{self._message(exchanges.sent(exchange), exchange['request'], None)}"
        )
        came = self._message(exchanges.came(exchange), exchange["reply"], at)
        return f'{shown}<p class="head">Came back</p>{came}'

    def _message(self, head: Iterable[str], message: RequestRow | ReplyRow | None, at: str | None) -> str:
        body = exchanges.pretty(message, at) if message else ""
        cut = f"\n[cut here: {len(body)} characters; the whole is in record.jsonl]" if len(body) > self.room else ""
        lines = [_text("\n".join(head)), "", _marked(body[: self.room])]
        return "<pre>" + "\n".join(lines).rstrip() + cut + "</pre>"

    def foot(self) -> Iterator[str]:
        """Say what the run was made with, and what else it has left."""
        rows = "".join(
            f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>'
            for name, value in facts(self.results).items()
        )
        yield f"<h2>The run</h2><table>{rows}</table>"
        yield "<ul>" + "".join(f"<li>{_link(name)}: {words}</li>" for name, words in FILES) + "</ul>"


def _followed(link: str | None) -> str:
    return f' <a href="{escape(link)}" rel="noreferrer">followed up</a>' if link else ""


def _source(clause: Clause) -> str:
    return (
        f'<a href="{escape(clause.url)}" rel="noreferrer">{_text(clause.source)}</a>'
        if clause.url
        else _text(clause.source)
    )


def _marked(words: str) -> str:
    """Return lines, one of which may be marked."""
    if MARK not in words:
        return _text(words)
    return "\n".join(
        f"<mark>{_text(line.removesuffix(MARK))}</mark>" if line.endswith(MARK) else _text(line)
        for line in words.split("\n")
    )


def _step(step: Step) -> str:
    said = "" if step.status == "passed" else f" ({step.status})"
    return f'<li class="{step.status.replace(" ", "-")}">{_text(f"{step.keyword} {step.text}{said}")}</li>'


def _fold(summary: str, inner: str, *, opened: bool) -> str:
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>{inner}</details>"


def _sign(verdict: Verdict) -> str:
    """Return a sign that differs in shape as well as in colour, and its word for who cannot see it."""
    return (
        f'<b class="sign {css_class(verdict)}" role="img" aria-label="{verdict}" '
        f'title="{verdict}">{look(verdict).sign}</b>'
    )


def _text(words: str) -> str:
    return escape(clean(words))
