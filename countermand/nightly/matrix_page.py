"""The matrix as one HTML file that opens from disk and loads nothing from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from countermand.model.clause import Clause, Evidence
from countermand.model.results import UNKNOWN_API, Judged
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.nightly.matrix import Column, Matrix, Table
from countermand.nightly.matrix_style import SCRIPT, STYLE
from countermand.nightly.night import Change, Kind
from countermand.nightly.night_words import sentence
from countermand.report import html
from countermand.report.looks import css_class, look
from countermand.report.naming import UNKNOWN, WEIGHT, api_title, clean, headline, titles

NIGHTS = 30  # strokes of a target's strip
ROOM = 12  # columns that fit a screen with their names written across
TROUBLE = (Verdict.DOES_NOT_CONFORM, Verdict.INCONCLUSIVE, Verdict.DEPARTS)


def page(matrix: Matrix) -> str:
    """Return the whole page: what the signs mean, then per API the table and below it what was found."""
    title = f"Conformance: {_count(matrix)}"
    parts = [f"<h1>{_text(title)}</h1>", *_answer(matrix), _legend()]
    if matrix.missing:
        parts += ["<h2>Not read</h2><ul>", *(f"<li>{_text(words)}</li>" for words in matrix.missing), "</ul>"]
    for table in matrix.tables:
        parts += [f'<h2 id="{escape(table.api)}">{_text(api_title(table.api))}</h2>', *_table(table), *_findings(table)]
    return html.document(title, STYLE, parts, SCRIPT)


def _answer(matrix: Matrix) -> Iterator[str]:
    """Yield what was there last night: one sentence, and what is to be acted on."""
    yield f'<p class="answer">{_text(sentence(matrix.changes))}</p>'
    shown = [change for change in matrix.changes if change.red or change.kind in {Kind.STILL, Kind.WAIVED, Kind.STALE}]
    if shown:
        yield "<ul>" + "".join(f"<li>{_change(change)}</li>" for change in shown) + "</ul>"


def _change(change: Change) -> str:
    parts = [f"<strong>{_text(change.target)}</strong>", change.clause or "", change.kind]
    parts += [f"since {change.since}"] if change.since else []
    parts += [change.flaky] if change.flaky else []
    parts += [change.words] if change.words else []
    return ", ".join([parts[0], *map(_text, filter(None, parts[1:]))])


def _count(matrix: Matrix) -> str:
    columns = [column for table in matrix.tables for column in table.columns]
    targets = {(column.target.api, column.target.name) for column in columns}
    runs = "" if len(columns) == len(targets) else f", {len(columns)} runs"
    return f"{len(targets)} target{'' if len(targets) == 1 else 's'}{runs}"


def _legend() -> str:
    signs = " ".join(f"<li>{_sign(verdict)} {verdict}</li>" for verdict in (*WORST_FIRST, Verdict.NOT_TESTED))
    box = (
        '<p class="tools"><label>'
        '<input type="checkbox" id="trouble"> only clauses that something is the matter with</label>'
    )
    box += ' <label><input type="checkbox" id="nights"> earlier nights as well</label>'
    box += ' <label>Find a clause or a target <input type="search" id="find"></label></p>'
    signs += ' <li><span class="sign none">·</span> not judged</li>'
    signs += ' <li><span class="waived">w</span> waived</li> <li>* below a run: not complete</li>'
    return f'<ul class="legend">{signs}</ul>{box}'


def _table(table: Table) -> Iterator[str]:
    label = f"Clauses of {api_title(table.api)} by run" if table.api != UNKNOWN_API else f"{UNKNOWN}, by run"
    shown = sum(column.last for column in table.columns)
    dense = f' class="dense" style="--columns:{shown}"' if shown > ROOM else ""
    yield f'<div class="pane" role="region" tabindex="0" aria-label="{escape(label)}"><table{dense}>'
    yield f"<caption>{_text(label)}</caption><thead>"
    yield '<tr><th scope="col" rowspan="2" class="corner">Clause</th>'
    for column in table.columns:
        strip = "".join(_night(run) for run in table.past(column)[-NIGHTS:]) if column.last else ""
        name = f'<span>{_text(column.target.name)}</span><span class="strip">{strip}</span>'
        yield f'<th scope="col" class="target{_past(column)}">{name}</th>'
    yield "</tr><tr>"
    yield from map(_head, table.columns)
    yield "</tr></thead>"
    for evidence in Evidence:
        if clauses := [clause for clause in table.clauses if clause.evidence is evidence]:
            span = len(table.columns)
            yield (
                f'<tbody><tr class="evidence"><th scope="rowgroup">{_text(WEIGHT[evidence])}</th>'
                f'<td colspan="{span}"></td></tr>'
            )
            yield from (_row(table, clause) for clause in clauses)
            yield "</tbody>"
    yield "</table></div>"


def _head(column: Column) -> str:
    run = column.run
    day, _, time = run.started.partition("T")
    date = f'<time datetime="{escape(run.started)}">{day}<br> {time[:5]}</time>'
    link = f'<a href="{escape(column.page)}">{date}</a>' if column.page else date
    words = column.run.untested or f"{column.scope} documented clauses decided"
    title = f"{column.verdict}: {words}; suite {run.suite['version']}" + ("" if run.complete else "; not complete")
    scope = (
        f'<span class="scope" title="{_text(title)}">'
        f"{column.scope.replace(' of ', '/')}{'' if run.complete else '*'}</span>"
    )
    return f'<th scope="col" class="run{_past(column)}">{link}<br>{_sign(column.verdict)}<br>{scope}</th>'


def _row(table: Table, clause: Clause) -> str:
    fine = "" if table.worst(clause) in TROUBLE else ' class="fine"'
    words = f'<span class="id">{clause.id}</span> <span class="says">{_text(clause.says)}</span>'
    name = f'<th scope="row" title="{_text(clause.says)}">{words}</th>'
    cells = "".join(
        f'<td class="cell{_past(table.columns[number])}">{_cell(table, clause, number, cell)}</td>'
        for number, cell in enumerate(table.cells(clause))
    )
    return f"<tr{fine}>{name}{cells}</tr>"


def _cell(table: Table, clause: Clause, number: int, cell: Judged | None) -> str:
    if cell is None:
        return (
            '<span class="sign none" title="not judged"><span aria-hidden="true">·</span>'
            '<span class="unseen">not judged</span></span>'
        )
    if cell.verdict not in TROUBLE:
        return _sign(cell.verdict)
    waiver = table.columns[number].waiver(clause.id)
    title = f"{table.columns[number].target.name}: {cell.verdict}" + (f"; {waiver}" if waiver else "")
    mark = '<span class="waived" title="waived">w</span>' if waiver else ""
    return f'<a href="#{_anchor(clause, number)}" title="{_text(title)}">{_sign(cell.verdict)}{mark}</a>'


def _findings(table: Table) -> Iterator[str]:
    """Yield what was found, a section per clause, for the signs of the table to lead to.

    Runs that found the same stand together.
    """
    named = [titles(column.run) for column in table.columns]
    for clause in table.clauses:
        findings: dict[str, list[str]] = {}
        for number, cell in enumerate(table.cells(clause)):
            if cell and cell.verdict in TROUBLE:
                whose = _whose(table.columns[number], _anchor(clause, number))
                findings.setdefault(_finding(cell, named[number]), []).append(whose)
        if findings:
            yield f"<section><h3>{clause.id}: {_text(clause.says)}</h3><dl>"
            yield from ("".join([*owners, finding]) for finding, owners in findings.items())
            yield "</dl></section>"


def _finding(cell: Judged, named: Mapping[str, str]) -> str:
    rows = [scenario for scenario in cell.scenarios if scenario.verdict in TROUBLE]
    return "".join(
        f"<dd>{_sign(scenario.verdict)} {_text(named[scenario.id])}: {_text(headline(scenario))}</dd>"
        for scenario in rows
    )


def _past(column: Column) -> str:
    return "" if column.last else " past"


def _night(column: Column) -> str:
    """Return one night of a target as a stroke, which leads to its page."""
    name = f"{column.run.started[:10]}: {column.verdict}"
    stroke = f'<i class="{css_class(column.verdict)}" title="{_text(name)}"></i>'
    return f'<a href="{escape(column.page)}">{stroke}</a>' if column.page else stroke


def _whose(column: Column, anchor: str) -> str:
    return (
        f'<dt id="{anchor}" tabindex="-1">{_text(column.target.name)}, '
        f"{_text(column.run.started[:16].replace('T', ' '))}</dt>"
    )


def _anchor(clause: Clause, number: int) -> str:
    return f"{clause.id.lower()}-{number + 1}"


def _sign(verdict: Verdict) -> str:
    """Return a sign that differs in shape as well as in colour, and its word for who cannot see it."""
    name = css_class(verdict)
    seen = f'<span aria-hidden="true">{look(verdict).sign}</span>'
    return f'<span class="sign {name}" title="{verdict}">{seen}<span class="unseen">{verdict}</span></span>'


def _text(words: str) -> str:
    return escape(clean(words))
