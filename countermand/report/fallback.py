"""The built-in page: on one side the results, on the other one small HTML file for where Allure is not to be had; standard library only."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from countermand.guard.foreign import in_html
from countermand.model.clause import Clause
from countermand.model.results import Judged, Results, Scenario, Step
from countermand.model.verdict import WORST_FIRST, Verdict, worst
from countermand.report import exchanges
from countermand.report.environment import facts
from countermand.report.looks import css_class, look
from countermand.report.naming import WEIGHT, api_title, clean, titles

OPEN = {Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE}
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
h1{font-size:1.4rem;margin:0}h2{font-size:1.2rem;margin:2rem 0 .3rem}h3{font-size:1.05rem;margin:1rem 0 .2rem}
details{margin:.2rem 0 .2rem 1rem}summary{cursor:pointer}details details{margin-left:1.4rem}
b{color:#fff;border-radius:.7rem;padding:0 .6rem;font-size:.8rem;font-weight:600;margin-right:.4rem;white-space:nowrap}
pre{background:#f6f8fa;padding:.7rem;overflow:auto;font-size:.83rem;white-space:pre-wrap;overflow-wrap:anywhere}
pre.message{background:#fdf0ef;border-left:3px solid #c5221f}
table{border-collapse:collapse}th{text-align:left;padding-right:1rem;font-weight:600}
td{overflow-wrap:anywhere}p.note,.source{color:#57606a;font-size:.9rem}ol{margin:.3rem 0}.failed,.broken{color:#c5221f;font-weight:600}
.skipped,.unreached{color:#6a737d}
"""


def page(results: Results) -> str:
    """Return the whole page: verdict, counts, then API, feature, clause and scenario, what went wrong standing open."""
    by_api = groupby(sorted(results.clauses, key=lambda judged: judged.clause.api), key=lambda judged: judged.clause.api)
    parts = [f'<h1 class="{css_class(results.verdict)}">{_text(results.sentence)}</h1>', f"<p>{_counts(results)}</p>", _facts(results)]
    parts += [f'<p class="note">{_text(note)}</p>' for note in results.notes]
    named = titles(results)
    parts += list(_findings(results))
    for api, judged in by_api:
        parts += [f"<h2>{_text(api_title(api))}</h2>", *_features(list(judged), named)]
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_text(results.sentence)}</title><style>{STYLE}{_badges()}</style>'
    return in_html("\n".join([head, *parts, "</html>\n"]))


def _findings(results: Results) -> Iterable[str]:
    """Return what to look at first, each clause leading to its place on the page."""
    found = sorted((judged for judged in results.clauses if judged.verdict in OPEN), key=lambda judged: WORST_FIRST.index(judged.verdict))
    for judged in found:
        clause = judged.clause
        yield f'<div>{_badge(judged.verdict)}<a href="#{escape(clause.id.lower())}">{clause.id}</a>: {_text(clause.says)}</div>'


def _features(judged: list[Judged], named: dict[str, str]) -> Iterable[str]:
    features = dict.fromkeys(scenario.feature for clause in judged for scenario in clause.scenarios)
    for feature in features:
        yield f"<h3>{_text(feature)}</h3>"
        for clause in judged:
            if told := [scenario for scenario in clause.scenarios if scenario.feature == feature]:
                yield _clause(clause.clause, told, named)


def _clause(clause: Clause, scenarios: list[Scenario], named: dict[str, str]) -> str:
    verdict = worst(scenario.verdict for scenario in scenarios)
    source = f'<a href="{escape(clause.url)}">{_text(clause.source)}</a>' if clause.url else _text(clause.source)
    inner = f'<p class="source">{_text(WEIGHT[clause.evidence])}. Source: {source}</p>'
    inner += "".join(_scenario(scenario, named[scenario.id]) for scenario in sorted(scenarios, key=lambda s: WORST_FIRST.index(s.verdict)))
    return _fold(f"{_badge(verdict)}{_text(clause.id)}: {_text(clause.says)}", inner, opened=verdict in OPEN, anchor=clause.id.lower())


def _scenario(scenario: Scenario, title: str) -> str:
    inner = f'<pre class="message">{_text(scenario.message)}</pre>' if scenario.message else ""
    inner += f"<ol>{''.join(map(_step, scenario.steps))}</ol>" if scenario.steps else ""
    for exchange in scenario.exchanges:
        inner += _fold(_text(exchanges.title(exchange)), f"<pre>{_text(exchanges.plain(exchange))}</pre>", opened=scenario.verdict in OPEN)
    inner += (
        f'<p class="source">{_text(scenario.file)}, line {scenario.line}; target {_text(scenario.target)}; {scenario.elapsed:.2f} s</p>'
    )
    return _fold(f"{_badge(scenario.verdict)}{_text(title)}", inner, opened=scenario.verdict in OPEN)


def _step(step: Step) -> str:
    said = "" if step.status == "passed" else f" ({step.status})"
    return f'<li class="{"unreached" if step.status == "not reached" else step.status}">{_text(f"{step.keyword} {step.text}{said}")}</li>'


def _facts(results: Results) -> str:
    rows = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in facts(results).items() if name != "Verdict")
    return f"<table>{rows}</table>"


def _counts(results: Results) -> str:
    return " ".join(f"{_badge(verdict)}{count}&emsp;" for verdict, count in results.counts.items()) + "scenarios"


def _fold(summary: str, inner: str, *, opened: bool, anchor: str = "") -> str:
    name = f' id="{escape(anchor)}"' if anchor else ""
    return f"<details{name}{' open' if opened else ''}><summary>{summary}</summary>{inner}</details>"


def _badge(verdict: Verdict) -> str:
    return f'<b class="{css_class(verdict)}">{verdict}</b>'


def _badges() -> str:
    rule = "b.{0}{{background:{1}}}h1.{0}{{color:{1}}}"
    return "".join(rule.format(css_class(verdict), look(verdict).colour) for verdict in Verdict)


def _text(words: str) -> str:
    return escape(clean(words))
