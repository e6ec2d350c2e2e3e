"""What stands above Allure's page.

It is the verdict, in place of the share of scenarios passed, which is none of our verdicts.
"""

from __future__ import annotations

from html import escape

from countermand.guard.foreign import in_html
from countermand.model.results import Results
from countermand.model.verdict import Verdict
from countermand.report import outputs
from countermand.report.looks import look
from countermand.report.naming import clean

#: Allure has no switch for its ring and its percentages; the second rule is for browsers that do not know :has().
#: Its page is as high as the window: it is given what the verdict leaves, or there were two bars to scroll by.
STYLE = """
article:has([aria-label^="Success rate"]), [data-testid="report-header"] + div, [aria-label^="Success rate"] { \
display: none !important }
#countermand { padding: 8px 16px; font: 600 16px/1.4 system-ui, sans-serif; color: #fff }
#countermand a { color: #fff; font-weight: 400; margin-left: 1em }
@media screen { body { display: flex; flex-direction: column; height: 100vh; height: 100dvh }
#countermand { flex: none; max-height: 40vh; overflow: auto; z-index: 9999 }
#app { flex: 1; min-height: 0 } #app > * { height: 100% !important } }
"""
#: Allure scrolls to the first of its groups as it opens, past its own head; where no result was asked for it is brought
#: back, until somebody does something or a second is over.
SCRIPT = """{
let idle = true; const over = () => { idle = false };
for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(act, over, true);
document.addEventListener("scroll", ({ target }) => {
if (idle && location.hash.length < 2 && target.scrollTop) { target.scrollTop = 0; setTimeout(over, 1000) } }, true);
}"""


def headed(page: str, results: Results) -> str:
    """Return the page with the verdict on top, wherever it is scrolled to, and without percentages."""
    verdict = Verdict.CONFORMS if results.kept else results.verdict
    mark = look(verdict)
    names = ", ".join(target.name for target in results.targets)
    words = escape(clean(f"{mark.sign} {names}: {results.headline}"))
    link = f'<a href="{outputs.PAGE}">what to act on</a>'
    banner = in_html(f'<div id="countermand" role="banner" style="background:{mark.colour}">{words} {link}</div>')
    return page.replace("</head>", f"<style>{STYLE}</style><script>{SCRIPT}</script></head>", 1).replace(
        '<div id="app">', f'{banner}<div id="app">', 1
    )
