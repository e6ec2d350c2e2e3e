"""The page of a register: static HTML, and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from countermand.certify.page_style import COLOURS
from countermand.certify.register import HOLDS, UNJUDGED, Entry, Refused
from countermand.guard.foreign import shown
from countermand.model.verdict import Verdict
from countermand.report.html import document
from countermand.report.looks import css_class, look
from countermand.report.naming import api_title

VERSION = 1
#: What stands above the cells of a row, and where a page is narrow in each.
HEADS = ("Who and what", "Against", "Verdict by profile", "Tested, valid until", "Certificate")
SHEET = (
    """
*{box-sizing:border-box}body{font:15px/1.45 system-ui,sans-serif;color:#1f2328;background:#fff;max-width:80rem;\
margin:0 auto;padding:1.2rem}
h1{font-size:1.4rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:1.8rem 0 .4rem}p{max-width:60rem;margin:.2rem 0}
.pane{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.5rem .6rem;
 border-bottom:1px solid #d0d7de;overflow-wrap:anywhere}thead th{background:#f6f8fa;font-weight:600;white-space:nowrap}
td span{white-space:nowrap}td b{color:var(--tone)}small{display:block;color:#57606a}\
.gone{color:#6e7781;background:#f6f8fa}
.gone *{--tone:#6e7781;color:#6e7781}
img{display:block;max-width:220px;height:20px}a{color:#0969da}code{font:12px ui-monospace,monospace}\
details{margin-top:.3rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:12px ui-monospace,monospace;background:#f6f8fa;padding:.4rem;\
margin:.3rem 0}
:focus-visible{outline:3px solid #0969da}
@media (max-width:50rem){thead{display:none}tr{display:block;border-bottom:2px solid #d0d7de;padding:.5rem 0}
 td,tbody th{display:block;border:0;padding:.15rem 0}
 td::before{content:attr(data-head);display:block;font-size:small;color:#57606a}}
@media print{.pane{overflow:visible}details{display:none}}
"""
    + COLOURS
)


def page(
    title: str,
    entries: Sequence[Entry],
    refused: Sequence[Refused],
    on: str,
    address: str = "",
    before: Sequence[str] = (),
) -> str:
    """Return the page as of a day; with an address, snippets for badges name it.

    Before are the numbers of those that were listed once, and are no more.
    """
    parts = [
        f"<h1>{escape(title)}</h1>",
        *(_table(entries, on, address) if entries else [f"<p>{_summary(entries)}</p>"]),
    ]
    return document(title, SHEET, [*parts, *_refused(refused), *_before(before)], images=True)


def _table(entries: Sequence[Entry], on: str, address: str) -> Iterator[str]:
    yield (
        f"<p>{_summary(entries)} Each was verified when this page was drawn, on {on}: "
        f"signature, every file, and every verdict again{_but(entries)}."
    )
    yield "They are self-declarations: nobody here has watched the tests.</p>"
    yield f'<div class="pane"><table><thead><tr>{"".join(f"<th>{head}" for head in HEADS)}</tr>'
    yield "</thead><tbody>"
    yield from (_row(entry, address) for entry in entries)
    yield "</tbody></table></div>"


def past(number: str, why: str) -> str:
    """Return the page of a certificate that is none any more, for whoever comes by its badge."""
    parts = [
        f"<h1>{escape(number)}</h1>",
        f'<p>This certificate holds no longer: {escape(why)}. <a href="index.html">The register</a></p>',
        f'<p>What it said lies in <a href="{escape(number)}.zip">{escape(number)}.zip</a>.</p>',
    ]
    return document(f"{number}: holds no longer", SHEET, parts)


def ended(entry: Entry) -> str:
    """Say why a certificate holds no more, nothing where it does."""
    why = f"superseded by {entry.superseded}" if entry.superseded else f"expired on {entry.said['validUntil']}"
    return why if entry.gone else ""


def as_json(
    entries: Sequence[Entry], refused: Sequence[Refused], on: str, before: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the same for programs."""
    rows = [
        {
            **entry.said,
            "file": f"{entry.number}.zip",  # as it lies beside the register, whatever its maker called it
            "state": entry.state,
            "supersededBy": entry.superseded,
            "otherSuite": entry.other_suite,
        }
        for entry in entries
    ]
    return {
        "version": VERSION,
        "drawn": on,
        "certificates": rows,
        "listedBefore": [*before],
        "refused": [{"file": refusal.file, "why": list(refusal.why)} for refusal in refused],
    }


def snippet(entry: Entry, address: str) -> str:
    """Return the lines by which a badge is shown elsewhere, as Markdown; it leads to the certificate."""
    base = f"{address.rstrip('/')}/" if address else ""
    return f"[![{shown(entry.badge.title)}]({base}{entry.number}.svg)]({base}{leads_to(entry)})"


def leads_to(entry: Entry) -> str:
    """Return the file a badge leads to: the page of the certificate, or where others have drawn that, the zip."""
    return f"{entry.number}.html" if entry.page is not None or entry.gone else f"{entry.number}.zip"


def _summary(entries: Sequence[Entry]) -> str:
    gone = sum(bool(entry.gone) for entry in entries)
    hold = sum(entry.state == HOLDS for entry in entries)
    past = f", {gone} no longer" if gone else ""
    return f"{hold} {'certificate holds' if hold == 1 else 'certificates hold'}{past}."


def _but(entries: Sequence[Entry]) -> str:
    """Except from what was done with each those that another suite has made."""
    number = sum(entry.state == UNJUDGED for entry in entries)
    return f", but for {number} whose verdicts only the suite that made them can judge again" if number else ""


def _row(entry: Entry, address: str) -> str:
    state = ended(entry)
    cells = (_who(entry), _against(entry), _verdict(entry), _dates(entry, state), _links(entry, address))
    kind = "" if entry.state == HOLDS else ' class="gone"'
    named = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(HEADS, cells, strict=True))
    return f'<tr{kind} id="{escape(entry.number)}">{named}</tr>'


def _who(entry: Entry) -> str:
    cells = []
    for target in entry.said["targets"]:
        declaration = target["declaration"]
        product = " ".join(filter(None, (declaration["product"], declaration["version"]))) or target["name"]
        who = declaration["organisation"] or entry.owner or "not said"
        cells.append(
            f"<b>{_words(who)}</b><br>{_words(product)}"
            f"<small>{_words(target['url'])} ({_words(target['environment'])})</small>"
        )
    owner = f" of {_words(entry.owner)}" if entry.owner else ""
    return "".join(cells) + f"<small>key {entry.said['signer']['keyid'][:16]}{owner}</small>"


def _against(entry: Entry) -> str:
    sets = [
        f"{_words(api_title(row['api']))}<small>clauses {_words(row['version'])}, {row['sha256'][:12]}</small>"
        for row in entry.said["clauseSets"]
    ]
    return "".join(sets) + f"<small>suite {_words(entry.said['suite']['version'])}</small>"


def _verdict(entry: Entry) -> str:
    rows = ["<small>as its maker says: not judged again here</small>"] if entry.other_suite else []
    for row in entry.said["profiles"]:
        verdict = Verdict(row["verdict"])
        counted = "" if verdict is Verdict.NOT_TESTED else f" {row['decided']} of {row['clauses']}"
        rows.append(
            f'<span class="{css_class(verdict)}">{_words(row["name"])}: '
            f"<b>{look(verdict).sign} {verdict}</b>{counted}</span><br>"
        )
    if empty := len(entry.said["notApplicable"]):
        rows.append(f"<small>{empty} clause{'' if empty == 1 else 's'} not applicable</small>")
    return "".join(rows)


def _dates(entry: Entry, state: str) -> str:
    small = f"<small>{_words(state)}</small>" if state else ""
    days = (entry.said["finished"][:10], entry.said["validUntil"])
    return "<br>".join(f"<span>{_words(day)}</span>" for day in days) + small


def _links(entry: Entry, address: str) -> str:
    name, lead = escape(entry.number), escape(leads_to(entry))
    return (
        f'<a href="{lead}"><img src="{name}.svg" alt="{escape(entry.badge.title)}"></a><small>{name}</small>'
        f'<a href="{name}.zip">zip</a> <details><summary>badge</summary>'
        f"<pre>{escape(snippet(entry, address))}</pre></details>"
    )


def _refused(refused: Sequence[Refused]) -> Iterator[str]:
    if refused:
        yield f"<h2>Not listed: {len(refused)} of the files here</h2><ul>"
        yield from (f"<li><code>{escape(refusal.file)}</code>: {escape(refusal.reason)}</li>" for refusal in refused)
        yield "</ul>"


def _before(numbers: Sequence[str]) -> Iterator[str]:
    if numbers:
        yield f'<h2>Listed before, and grey since: {len(numbers)}</h2><ul class="gone">'
        yield from (f'<li><a href="{escape(name)}.html">{escape(name)}</a></li>' for name in numbers)
        yield "</ul>"


def _words(said: object) -> str:
    return escape(shown(said, 200))
