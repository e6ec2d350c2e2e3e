"""The badge of a run or a certificate: JSON for shields.io, and a picture of at most 220 pixels that may lead on."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from countermand.guard import placing
from countermand.guard.foreign import in_json
from countermand.model.results import Results
from countermand.model.verdict import Verdict
from countermand.records import finished
from countermand.report.looks import look
from countermand.report.naming import api_title, clean

JSON, SVG = "badge.json", "badge.svg"
#: Pixels. A character takes about so much of its size in the faces named below;
#: textLength makes whatever font there is keep to it.
WIDEST, HEIGHT, PADDING, LARGEST, SHARE = 220.0, 20, 8, 11.0, 0.53
GREY = "#6e7781"


@dataclass(frozen=True)
class Badge:
    """The two halves of a badge, and the verdict that colours it; grey where it holds no longer."""

    label: str
    message: str
    verdict: Verdict
    grey: bool = False

    @property
    def title(self) -> str:
        """What it says, to whoever does not see it as well."""
        return f"{self.label} | {self.message}"


def write(results: Path, folder: Path) -> list[Path]:
    """Write badge.json and badge.svg of what was certified into a folder.

    Raises finished.FinishedError, and OSError where the folder cannot be written.
    """
    badge = of(finished.read(results))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((JSON, endpoint(badge)), (SVG, picture(badge))):
        placing.put(folder / name, text.encode())
    return [folder / JSON, folder / SVG]


def of(run: Results) -> Badge:
    """Return what a badge says of a run: which API, the verdict and the month."""
    return said({target.api for target in run.targets}, run.verdict, run.finished)


def said(apis: set[str], verdict: Verdict, moment: str, instead: str = "") -> Badge:
    """Return the badge of a verdict on some APIs.

    Where it holds no longer, it says instead what has become of it, in grey.
    """
    titles = sorted(apis) if len(apis) > 1 else [api_title(api) for api in apis]
    return Badge(clean(", ".join(titles)), f"{instead or verdict} {moment[:7]}", verdict, bool(instead))


def unlisted(apis: set[str]) -> Badge:
    """Return the badge of a certificate that a register lists no more."""
    return replace(said(apis, Verdict.INCONCLUSIVE, "", "not listed"), message="not listed")


def endpoint(badge: Badge) -> str:
    """Return the JSON that shields.io reads from an address (its endpoint badge); it takes no keys of our own."""
    colour = "lightgrey" if badge.grey else look(badge.verdict).badge
    payload = {"schemaVersion": 1, "label": badge.label, "message": badge.message, "color": colour}
    bad = badge.verdict is Verdict.DOES_NOT_CONFORM and not badge.grey
    return in_json(json.dumps(payload | {"isError": bad}, ensure_ascii=False, indent=1)) + "\n"


def picture(badge: Badge, link: str = "") -> str:
    """Return the badge as SVG, which loads no font and no picture.

    With a link it leads there, where it is opened by itself.
    """
    size = min(LARGEST, (WIDEST - 2 * PADDING) / (SHARE * (len(badge.label) + len(badge.message))))
    wide = [SHARE * size * len(words) for words in (badge.label, badge.message)]
    left, right = (width + PADDING for width in wide)
    title, colour = escape(badge.title), GREY if badge.grey else look(badge.verdict).colour
    fit = 'lengthAdjust="spacingAndGlyphs"'
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.1f}" '
                f'height="{HEIGHT}" role="img" aria-label="{title}">'
            ),
            f"<title>{title}</title>",
            *([f'<a href="{escape(link)}">'] if link else []),
            f'<rect width="{left:.1f}" height="{HEIGHT}" fill="#444"/>',
            f'<rect x="{left:.1f}" width="{right:.1f}" height="{HEIGHT}" fill="{colour}"/>',
            (
                '<g fill="#fff" text-anchor="middle" '
                f'font-family="Helvetica,Arial,Liberation Sans,sans-serif" font-size="{size:.1f}">'
            ),
            f'<text x="{left / 2:.1f}" y="14" textLength="{wide[0]:.1f}" {fit}>{escape(badge.label)}</text>',
            f'<text x="{left + right / 2:.1f}" y="14" textLength="{wide[1]:.1f}" {fit}>{escape(badge.message)}</text>',
            f"</g>{'</a>' if link else ''}</svg>\n",
        ]
    )
