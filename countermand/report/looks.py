"""What each verdict looks like everywhere: one row per verdict, and a type error where one is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from countermand.model.verdict import Verdict

#: The colours of a page besides those of verdicts, as variables of its style sheet; the dark ones are for screens only.
LIGHT = "--ink:#1f2328;--soft:#57606a;--paper:#fff;--pane:#f6f8fa;--line:#d0d7de;--link:#0969da;--mark:#fff1a8"
DARK = "--ink:#e6edf3;--soft:#9aa4ae;--paper:#0d1117;--pane:#161b22;--line:#30363d;--link:#58a6ff;--mark:#5c4a00"


@dataclass(frozen=True)
class Look:
    """One verdict on a page, in a terminal, in Allure, in JUnit, in a CI service and on a badge."""

    sign: str  # told apart by shape, for print and for whoever sees no colours
    colour: str  # on white, and under white letters: at least 4.5 : 1 (WCAG 2.2, 1.4.3)
    pale: str  # on black
    paint: str | None  # ANSI, SGR
    status: str  # Allure's
    category: str | None  # Allure's, where somebody has to look
    element: str | None  # JUnit's
    level: str | None  # of an annotation
    badge: str  # shields.io's own names of colours (shields.io, Endpoint badge)

    @property
    def bad(self) -> bool:
        """Whether somebody has to look."""
        return self.level is not None


def look(verdict: Verdict) -> Look:
    """Return what a verdict looks like."""
    match verdict:
        case Verdict.CONFORMS:
            return Look("✓", "#1a7f37", "#3fb950", "32", "passed", None, None, None, "brightgreen")
        case Verdict.DOES_NOT_CONFORM:
            return Look("✗", "#c5221f", "#ff7b72", "31", "failed", "Does not conform", "failure", "error", "red")
        case Verdict.DEPARTS:
            name = "Departs: from a clause no page documents"
            return Look("≠", "#7a4fb5", "#c297ff", "35", "skipped", name, "skipped", None, "blueviolet")
        case Verdict.INCONCLUSIVE:
            return Look(
                "?",
                "#9a5b00",
                "#e3b341",
                "33",
                "broken",
                "Inconclusive: we could not find out",
                "error",
                "warning",
                "orange",
            )
        case Verdict.NOT_APPLICABLE:
            return Look("-", "#5f6368", "#9aa4ae", None, "skipped", "Not applicable", "skipped", None, "lightgrey")
        case Verdict.NOT_TESTED:
            return Look("∅", "#3d444d", "#d0d7de", "33", "broken", None, "error", "warning", "lightgrey")
    assert_never(verdict)


def css_class(verdict: Verdict) -> str:
    """Return the class by which a style sheet knows a verdict."""
    return verdict.replace(" ", "-")


def schemes(rule: str) -> str:
    """Return style rules for light screens, paper and dark screens, with one for each verdict.

    The rule names its class as {0} and its colour as {1}.
    """
    light = "".join(rule.format(css_class(verdict), look(verdict).colour) for verdict in Verdict)
    dark = "".join(rule.format(css_class(verdict), look(verdict).pale) for verdict in Verdict)
    root = f":root{{color-scheme:light dark;{LIGHT}}}"
    return f"{root}{light}@media screen and (prefers-color-scheme:dark){{:root{{{DARK}}}{dark}}}"
