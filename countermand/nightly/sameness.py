"""What makes messages of two runs one: ids and times of a run left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from countermand.model.results import Results, Scenario
from countermand.report.naming import clean

#: A fact of the suite, and a hint: neither is what the seller did.
OURS = re.compile(r"^  (clause|again) .*\n?", re.MULTILINE)
#: What is new in every run, the longer form first;
#: three and four digits stay, for they may be a status, a code or a year.
FRESH = (
    (re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b"), "<id>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "<day>"),
    (re.compile(r"\b\d+(?:\.\d+)? ?(?:s|ms|seconds)\b"), "<duration>"),
    (re.compile(r"\b(line|column) \d+\b"), r"\1 <n>"),
    (re.compile(r"\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b"), "<id>"),
    (re.compile(r"\b\d{5,}\b"), "<number>"),
)


def normal(results: Results, scenario: Scenario) -> str:
    """Return what a scenario's message says, without what is new in every run or another at every target."""
    words = OURS.sub("", clean(scenario.message or ""))
    for word, sort in sorted(_names(results, scenario), key=lambda pair: -len(pair[0])):
        words = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", f"<{sort}>", words)
    for pattern, sort in FRESH:
        words = pattern.sub(sort, words)
    return words.strip()


def _names(results: Results, scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield the words by which the run calls its target and its orders."""
    for target in results.targets:
        yield from (
            (word, "target") for word in (target.url.rstrip("/"), urlsplit(target.url).netloc, target.name) if word
        )
    for order in scenario.drawn.get("orders", ()):
        yield from ((word, "order") for word in (order["seller"], order["buyer"]) if word)
