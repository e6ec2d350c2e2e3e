"""The proof as one HTML file: the matrix of deviants and clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape

from countermand.model.clause import Clause
from countermand.model.verdict import WORST_FIRST, Verdict
from countermand.proof.shown import Proof, Shown
from countermand.proof.words import summary, together
from countermand.report import html
from countermand.report.looks import css_class, look, schemes
from countermand.report.naming import api_title

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.4rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}p,li{max-width:60rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0}
.pane{overflow:auto;max-height:88vh;border:1px solid var(--line);width:fit-content;max-width:100%}
.pane:focus-visible{outline:3px solid var(--link)}
table{border-collapse:separate;border-spacing:0;font-size:.8rem}caption{position:absolute;left:-200vw}
th,td{border-right:1px solid var(--line);border-bottom:1px solid var(--line);padding:.05rem .15rem;\
background:var(--paper)}
td{text-align:center;min-width:1.15rem}
thead{position:sticky;top:0;z-index:2}thead th{background:var(--pane);vertical-align:bottom;font-weight:400}
thead th span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap}
tbody th,.corner{position:sticky;left:0;z-index:1;text-align:left;font-weight:400;min-width:24rem;max-width:32rem;\
padding:.05rem .4rem}
.corner{z-index:3}.clause th{background:var(--pane)}.clause td{background:var(--pane)}
.clause th span{font-weight:600}
tr:hover td,tr:hover th{background:var(--mark)}
.vice{color:var(--soft)}.sign{display:inline-block;min-width:1.1rem;text-align:center;border-radius:.2rem;\
color:var(--paper);font-weight:700}
.broken .sign{outline:2px solid var(--ink);outline-offset:1px}
.hole{background:#ff0}.hole .sign{outline:3px dotted #cf222e}
@media (max-width:60rem){tbody th,.corner{min-width:11rem}}
@media print{.pane{max-height:none;overflow:visible}thead,tbody th,.corner{position:static}}
""" + schemes(".{0}{{background:{1}}}")


def page(proof: Proof) -> str:
    """Return the whole page: the summary, every hole, and per API the matrix."""
    title = "The proof that every clause can fail"
    parts = [f"<h1>{title}</h1>", f"<p><strong>{escape(summary(proof))}</strong></p>", *_holes(proof), _legend(proof)]
    for api in proof.references:
        parts += [f"<h2>{escape(api_title(api))}</h2>", *_reference(proof, api), *_table(proof, api)]
    return html.document(title, STYLE, parts)


def _holes(proof: Proof) -> Iterator[str]:
    if proof.holes:
        yield "<h2>Holes</h2><ul>"
        yield from (f"<li>{escape(words)}</li>" for words in proof.holes)
        yield "</ul>"


def _legend(proof: Proof) -> str:
    signs = "".join(f"<li>{_sign(verdict)} {verdict}</li>" for verdict in WORST_FIRST)
    marks = f'<li><span class="broken">{_sign(Verdict.DEPARTS)}</span> the clause the deviant breaks</li>'
    marks += f'<li><span class="hole">{_sign(Verdict.CONFORMS)}</span> a hole</li>'
    text = "Each row is a seller wrong in one thing, below the clause it breaks; each column is a clause. "
    text += f"{many} " if (many := together(proof)) else ""
    text += "Shown is what the suite says otherwise than of the reference seller: an empty cell is as there."
    return f'<p>{text}</p><ul class="legend">{signs}{marks}</ul>'


def _reference(proof: Proof, api: str) -> Iterator[str]:
    counts = Counter(proof.references[api].clauses.values())
    verdicts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict])
    count = sum(deviant.api == api for deviant in proof.shown)
    yield f"<p>{count} deviants. Of the reference seller: {escape(verdicts)}.</p>"


def _table(proof: Proof, api: str) -> Iterator[str]:
    clauses = [clause for clause in proof.clauses if clause.api == api]
    label = escape(f"{api_title(api)}: deviants by clauses")
    yield f'<div class="pane" role="region" tabindex="0" aria-label="{label}"><table><caption>{label}</caption>'
    heads = "".join(
        f'<th scope="col" title="{escape(clause.says)}"><span>{clause.id}</span></th>' for clause in clauses
    )
    yield f'<thead><tr><th scope="col" class="corner">Deviant</th>{heads}</tr></thead>'
    for clause in clauses:
        rows = [deviant for deviant in proof.shown if deviant.breaks == clause.id]
        if rows or clause.id in proof.unbroken:
            yield from _body(clause, rows, clauses)
    yield "</table></div>"


def _body(clause: Clause, rows: list[Shown], clauses: list[Clause]) -> Iterator[str]:
    empty = f'<td colspan="{len(clauses)}"></td>'
    none = "" if rows else " <mark>no deviant breaks it</mark>"
    yield (
        '<tbody><tr class="clause"><th scope="rowgroup">'
        f"<span>{clause.id}</span> {escape(clause.says)}{none}</th>{empty}</tr>"
    )
    yield from (_row(deviant, clauses) for deviant in rows)
    yield "</tbody>"


def _row(deviant: Shown, clauses: list[Clause]) -> str:
    cells = "".join(_cell(deviant, clause.id) for clause in clauses)
    named = f'{escape(deviant.slug)} <span class="vice">{escape(deviant.name)}: {escape(deviant.vice)}</span>'
    return f'<tr><th scope="row">{named}</th>{cells}</tr>'


def _cell(deviant: Shown, clause: str) -> str:
    hole, named = deviant.holes.get(clause), clause == deviant.breaks
    if not hole and not named and clause not in deviant.changed:
        return "<td></td>"
    got = deviant.got.get(clause)
    title = f"{deviant.slug}, {clause}: {got or 'nothing'}" + (f", and must be {hole[0] or 'nothing'}" if hole else "")
    kinds = " ".join(kind for kind, fits in (("broken", named), ("hole", hole)) if fits)
    return f'<td class="{kinds}" title="{escape(title)}">{_sign(got) if got else "!"}</td>'


def _sign(verdict: Verdict) -> str:
    """Return a sign that differs in shape as well as in colour."""
    return f'<span class="sign {css_class(verdict)}" role="img" aria-label="{verdict}">{look(verdict).sign}</span>'
