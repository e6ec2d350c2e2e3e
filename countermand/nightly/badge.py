"""The badge of a run or a certificate: JSON for shields.io, and a picture."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from countermand.guard.foreign import in_json
from countermand.model.verdict import Verdict
from countermand.records import finished
from countermand.records.finished import Finished
from countermand.report.looks import look
from countermand.report.naming import clean

JSON, SVG = "badge.json", "badge.svg"
LABEL = "countermand"
#: Pixels: about what a character of Verdana 11 takes; textLength makes whatever font there is keep to it.
CHARACTER, PADDING, HEIGHT = 6.5, 12, 20


@dataclass(frozen=True)
class Badge:
    """The two halves of a badge, and the verdict that colours it."""

    label: str
    message: str
    verdict: Verdict


def write(results: Path, folder: Path, certificate: Path | None = None) -> list[Path]:
    """Write badge.json and badge.svg for a results.json (or the folder or zip that holds one) into a folder.

    They name the certificate they stand for: its file and, once it is written, the first twelve digits of its SHA-256; without one
    they say that nothing is certified. Raises finished.FinishedError, and OSError where the folder cannot be written.
    """
    badge = of(finished.read(results), certificate)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((JSON, endpoint(badge)), (SVG, picture(badge))):
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / JSON, folder / SVG]


def of(run: Finished, certificate: Path | None = None) -> Badge:
    """Return what a badge says of a run: target, date, suite version, coverage, verdict and certificate."""
    targets = ", ".join(target.name for target in run.targets)
    covered = run.coverage
    said = [f"{targets} {run.verdict}", f"{covered['decided']} of {covered['documented']} documented clauses", run.started[:10]]
    return Badge(f"{LABEL} {run.suite['version']}", clean(", ".join([*said, _certificate(certificate)])), run.verdict)


def endpoint(badge: Badge) -> str:
    """Return the JSON that shields.io reads from an address (its endpoint badge); it takes no keys of our own."""
    told = {"schemaVersion": 1, "label": badge.label, "message": badge.message, "color": look(badge.verdict).badge}
    return in_json(json.dumps(told | {"isError": badge.verdict is Verdict.DOES_NOT_CONFORM}, ensure_ascii=False, indent=1)) + "\n"


def picture(badge: Badge) -> str:
    """Return the badge as SVG, which loads no font and no picture."""
    wide = [CHARACTER * len(words) for words in (badge.label, badge.message)]
    left, right = (width + PADDING for width in wide)
    title = escape(f"{badge.label}: {badge.message}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:g}" height="{HEIGHT}" role="img" aria-label="{title}">',
            f"<title>{title}</title>",
            f'<rect width="{left:g}" height="{HEIGHT}" fill="#444"/>',
            f'<rect x="{left:g}" width="{right:g}" height="{HEIGHT}" fill="{look(badge.verdict).colour}"/>',
            '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">',
            f'<text x="{left / 2:g}" y="14" textLength="{wide[0]:g}">{escape(badge.label)}</text>',
            f'<text x="{left + right / 2:g}" y="14" textLength="{wide[1]:g}">{escape(badge.message)}</text>',
            "</g></svg>\n",
        ]
    )


def _certificate(path: Path | None) -> str:
    if path is None:
        return "not certified"
    digest = f" (sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]})" if path.is_file() else ""
    return f"certificate {path.name}{digest}"
