"""How the matrix looks, in light and dark, narrow and printed, and what its boxes do."""

from __future__ import annotations

from countermand.report.looks import schemes

#: Shows only rows, or only columns, in which what is looked for stands.
SCRIPT = """
const find=document.getElementById("find");find.addEventListener("input",()=>{const w=find.value.trim().toLowerCase();
for(const table of document.querySelectorAll("table")){const heads=[...table.querySelectorAll("th.target")];
const hit=heads.map(h=>!w||h.textContent.toLowerCase().includes(w)),some=w&&hit.some(Boolean);
const runs=[...table.querySelectorAll("th.run")];\
heads.forEach((h,i)=>[h,runs[i]].forEach(t=>t.classList.toggle("hidden",some&&!hit[i])));
for(const row of table.querySelectorAll("tbody tr:not(.evidence)")){const cells=[...row.querySelectorAll("td.cell")];
cells.forEach((c,i)=>c.classList.toggle("hidden",some&&!hit[i]));
row.classList.toggle("hidden",!!w&&!some&&!row.querySelector("th").textContent.toLowerCase().includes(w))}}});
"""
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:1.5rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.4rem;margin:0 0 .5rem}h2{font-size:1.2rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:1.2rem 0 .2rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;list-style:none;padding:0;margin:0}
.pane{overflow:auto;max-height:90vh;border:1px solid var(--line);width:fit-content;max-width:100%}
.pane:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--link);outline-offset:1px}
table{border-collapse:separate;border-spacing:0}caption{position:absolute;left:-200vw}
th,td{border-right:1px solid var(--line);border-bottom:1px solid var(--line);padding:.15rem .35rem;\
background:var(--paper)}
td{text-align:center}
thead{position:sticky;top:0;z-index:2}thead th{background:var(--pane);font-weight:600;vertical-align:bottom}
tbody th,.corner{position:sticky;left:0;z-index:1;text-align:left;font-weight:400;min-width:16rem;max-width:26rem}
.corner{z-index:3}
.target span{display:block;max-width:12rem;overflow-wrap:anywhere;font-size:.85rem}
.target span{margin:0 auto}
.dense .target span,.dense time{writing-mode:vertical-rl;transform:rotate(180deg);max-height:14rem;margin:0 auto}
.dense time{white-space:nowrap;display:inline-block}.dense time br{display:none}.dense .scope{font-size:.65rem}
.dense th,.dense td{padding:.1rem .15rem}.dense tbody th{padding-left:.35rem}
.run{font-size:.72rem;font-weight:400;line-height:1.3;white-space:nowrap}
.id{font-weight:600;white-space:nowrap}.evidence th,.evidence td{background:var(--pane);color:var(--soft);\
font-size:.85rem}
.sign{display:inline-block;min-width:1.3em;text-align:center;border-radius:.3em;color:var(--paper);font-weight:700;\
position:relative}
.none{color:var(--soft)}a{color:var(--link);text-decoration:none}dt a,li a{text-decoration:underline}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
dt{font-weight:600;scroll-margin-top:1rem}dt:target{outline:2px solid var(--link)}\
dd{margin:0 0 .3rem 1.2rem;overflow-wrap:anywhere}
body:has(#trouble:checked) .fine,body:not(:has(#nights:checked)) .past,.hidden{display:none}
.answer{font-size:1.15rem;font-weight:600}.waived{font-size:.7rem;vertical-align:super;color:var(--soft)}
.strip{display:flex!important;flex-wrap:wrap;justify-content:center;gap:1px;margin-top:2px!important;\
max-width:5rem!important}
.strip i{display:inline-block;width:4px;height:12px;border-radius:1px}.strip a{line-height:0}
.dense .strip{writing-mode:horizontal-tb!important;transform:none!important;width:1.7em}.dense .strip i{height:6px}
.tools label{margin-right:1rem;white-space:nowrap}.tools input[type=search]{font:inherit;max-width:100%}
@media (max-width:40rem){body{margin:.5rem}.tools label{display:block;white-space:normal}\
.tools input[type=search]{width:97%}
 .says{display:none}tbody th,.corner{min-width:6rem}.pane{max-height:none}}
@media print{@page{size:landscape;margin:10mm}.pane{max-height:none;overflow:visible;border:0}\
thead,tbody th,.corner{position:static}
 html,body{margin:0;font-size:10px}.tools,.past{display:none!important}thead{display:table-header-group}\
tbody th{min-width:8rem}
 tr,section{break-inside:avoid}h2,h3,.evidence,dt{break-after:avoid}*{print-color-adjust:exact}
 table:not(.dense) .target span{min-width:5.5rem}.dense{zoom:calc(min(1,40/var(--columns)))}}
""" + schemes(".{0}{{background:{1}}}")
