"""How the front page looks, in light and dark, narrow and printed, and what its buttons do."""

from __future__ import annotations

from countermand.report.looks import schemes

SHEET = """
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;overflow-wrap:break-word;max-width:68rem;margin:0 auto;padding:1rem;\
color:var(--ink);background:var(--paper)}
header{border-left:.5rem solid;padding:.4rem 1rem;background:var(--pane)}\
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .3rem}
header p{margin:.1rem 0;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1.05rem;margin:1.2rem 0 .3rem}h4{margin:.8rem 0 .2rem}
.head{margin:.6rem 0 .2rem;font-size:.9rem;font-weight:bold}
summary h3{display:inline;margin:0;font-size:inherit;font-weight:inherit}
.counts{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0}
.sign{display:inline-block;min-width:1.5em;text-align:center;border-radius:.3em;color:var(--paper)}
details{margin:.2rem 0}details details{margin-left:1rem}summary{cursor:pointer;overflow-wrap:anywhere}
.finding{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .8rem;margin:.5rem 0}
.level{font-size:.75rem;font-weight:700;border:1px solid var(--line);border-radius:.3em;padding:0 .3em}
pre{background:var(--pane);padding:.6rem;overflow:auto;font:13px/1.45 ui-monospace,monospace;\
font-variant-ligatures:none;
 white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}
pre.message{border-left:3px solid var(--link)}mark{background:var(--mark);color:inherit;font-weight:700}
small,.note{color:var(--soft);font-size:.9rem}a{color:var(--link)}
button{font:inherit;font-size:.85rem;margin:.2rem .4rem .2rem 0;padding:.2rem .6rem;border:1px solid var(--line);\
border-radius:.3rem;
 background:var(--pane);color:inherit;cursor:pointer}
table{border-collapse:collapse}th{text-align:left;padding-right:1rem;vertical-align:top;font-weight:600}\
td{overflow-wrap:anywhere}
.failed,.broken{font-weight:700}.skipped,.not-reached{color:var(--soft)}
:focus-visible{outline:3px solid var(--link);outline-offset:1px}input[type=search]{font:inherit;max-width:100%}
body:has(#bad:checked) .fine,.hidden{display:none}
@media (max-width:40rem){body{padding:.5rem;font-size:15px}details details{margin-left:.3rem}h1{font-size:1.2rem}}
.tools label{display:inline-block;margin-right:1.5rem}
@media print{body{max-width:none;font-size:11px}pre{font-size:9px}button,.tools{display:none}.finding{break-inside:auto}
 .finding:not([open])::details-content,.finding details:not([open])::details-content{display:block;\
content-visibility:visible}}
"""
#: Copies what a button carries, opens the folded parts of findings for print and for a link that leads into them,
#: and filters the list of clauses.
SCRIPT = """
addEventListener("click",async e=>{const b=e.target.closest("button[data-copy]");if(!b)return;const t=b.dataset.copy;\
let done=true;
try{await navigator.clipboard.writeText(t)}catch{const a=document.createElement("textarea");a.value=t;\
document.body.append(a);a.select();
done=document.execCommand("copy");a.remove()}const was=b.textContent;b.textContent=done?"Copied":"Could not copy";
setTimeout(()=>b.textContent=was,1500)});
const all=()=>document.querySelectorAll(".finding,.finding details");let were=[];
addEventListener("beforeprint",()=>{were=[...all()].filter(d=>!d.open);were.forEach(d=>d.open=true)});
addEventListener("afterprint",()=>were.forEach(d=>d.open=false));
const show=()=>{const p=document.getElementById(decodeURIComponent(location.hash.slice(1)));
if(p){for(let d=p;d;d=d.parentElement)if(d.tagName==="DETAILS")d.open=true;p.scrollIntoView()}};
addEventListener("hashchange",show);show();
const find=document.getElementById("find");if(find)find.addEventListener("input",\
()=>{const w=find.value.trim().toLowerCase();
document.querySelectorAll("details.clause").forEach(d=>d.classList.toggle("hidden",\
!!w&&!d.textContent.toLowerCase().includes(w)))});
"""


def style() -> str:
    """Return the style sheet, each verdict in its colours."""
    return SHEET + schemes("b.{0}{{background:{1}}}header.{0}{{border-color:{1}}}")
