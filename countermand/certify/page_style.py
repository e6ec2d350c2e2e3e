"""How the page of a certificate, and the register of many, look: light, without a script, and printed on A4."""

from __future__ import annotations

from countermand.model.verdict import Verdict
from countermand.report.looks import css_class, look

COLOURS = "".join(f".{css_class(verdict)}{{--tone:{look(verdict).colour}}}" for verdict in Verdict)
SHEET = (
    """
@page{size:A4;margin:12mm}
*{box-sizing:border-box}
body{font:10.5pt/1.38 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;color:#1f2328;background:#fff;
 max-width:186mm;margin:8mm auto;padding:0 4mm}
header{border-top:4px solid var(--tone);border-bottom:1px solid #d0d7de;padding:4mm 0 2.5mm;margin-bottom:3mm}
.kind{text-transform:uppercase;letter-spacing:.08em;font-size:8.5pt;color:#57606a;margin:0}
h1{font-size:16pt;line-height:1.25;font-weight:400;margin:1.5mm 0 2mm;overflow-wrap:anywhere}h1 strong{font-weight:650}
h2{font-size:10.5pt;margin:3mm 0 1mm}p{margin:0 0 1mm}ul{margin:0;padding-left:4.5mm}
.verdict{font-size:12pt;color:var(--tone);font-weight:600}
table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:600;vertical-align:top}
.facts th{width:32mm;padding:.4mm 3mm .4mm 0;color:#57606a;font-weight:400}\
.facts td{padding:.4mm 0;overflow-wrap:anywhere}
.profiles th,.profiles td{width:33.3%;border:1px solid #d0d7de;padding:1.2mm 2mm}.profiles td b{color:var(--tone)}
small{display:block;font-weight:400;color:#57606a;font-size:8.5pt}.whole{white-space:nowrap}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 6mm}.two li,.seed,li,footer{font-size:9pt}
table+p{margin-top:2mm}.seed{margin-top:2mm}footer{border-top:1px solid #d0d7de;margin-top:2.5mm;padding-top:1.5mm;\
color:#57606a}
code{font:8.5pt ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
@media (max-width:40rem){.two{display:block}body{margin:0 auto}}
@media print{body{margin:0;padding:0;max-width:none;font-size:9pt;line-height:1.3}h1{font-size:13.5pt}\
h2{margin:2mm 0 .5mm}
 .two li,.seed,li,footer{font-size:8.3pt}*{print-color-adjust:exact}}
"""
    + COLOURS
)
