"""A badge is short, says which API, what and when, leads to the certificate, and is grey once that holds no longer."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from countermand.model.verdict import Verdict
from countermand.nightly import badge

from .conftest import Night

SVG = "{http://www.w3.org/2000/svg}"
#: What shields.io reads (its endpoint badge); anything else in the JSON is of no use to it.
KNOWN = {
    "schemaVersion",
    "label",
    "message",
    "color",
    "labelColor",
    "isError",
    "namedLogo",
    "logoSvg",
    "logoColor",
    "style",
}


@pytest.mark.parametrize(
    ("verdicts", "colour", "words"),
    [
        ({}, "brightgreen", "conforms"),
        ({"ALA-REQ-07": Verdict.DOES_NOT_CONFORM}, "red", "does not conform"),
        ({"ALA-REQ-07": Verdict.INCONCLUSIVE}, "orange", "inconclusive"),
    ],
)
def test_both_forms_say_everything(
    night: Night, tmp_path: Path, verdicts: dict[str, Verdict], colour: str, words: str
) -> None:
    results = night(3, verdicts) / "results.json"
    ended = json.loads(results.read_text("utf-8"))["finished"]
    made = badge.write(results, tmp_path / "badge")
    payload = json.loads(made[0].read_text("utf-8"))
    assert (payload["schemaVersion"], payload["color"], payload["label"], payload["message"]) == (
        1,
        colour,
        "ALA cancelOrder 2.30",
        f"{words} {ended[:7]}",
    )
    assert payload.keys() <= KNOWN
    root = ET.fromstring(made[1].read_text("utf-8"))
    assert root.get("aria-label") == f"{payload['label']} | {payload['message']}"
    assert [element.text for element in root.iter(f"{SVG}text")] == [payload["label"], payload["message"]]


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.DEPARTS])
@pytest.mark.parametrize(
    "apis", [{"ala"}, {"opensrs"}, {"ala", "opensrs"}, {"an-api-with-quite-a-long-name-that-has-no-title"}]
)
def test_it_is_at_most_220_pixels_wide_and_its_words_fit(verdict: Verdict, apis: set[str]) -> None:
    root = ET.fromstring(badge.picture(badge.said(apis, verdict, "2026-11-25T00:00:00Z")))
    assert float(str(root.get("width"))) <= 220
    widths = [float(str(element.get("width"))) for element in root.iter(f"{SVG}rect")]
    assert all(
        float(str(element.get("textLength"))) < width
        for element, width in zip(root.iter(f"{SVG}text"), widths, strict=True)
    )


def test_it_is_grey_once_it_holds_no_longer() -> None:
    gone = badge.said({"ala"}, Verdict.DOES_NOT_CONFORM, "2027-11-25", "expired")
    assert gone.message == "expired 2027-11"
    payload = json.loads(badge.endpoint(gone))
    assert (payload["color"], payload["isError"]) == ("lightgrey", False)
    assert badge.GREY in badge.picture(gone)
    assert badge.GREY not in badge.picture(badge.said({"ala"}, Verdict.CONFORMS, "2027-11-25"))


def test_it_leads_where_it_is_told_and_its_words_break_nothing() -> None:
    root = ET.fromstring(badge.picture(badge.said({'a<b>"&'}, Verdict.CONFORMS, "2026-11"), 'x"y.html'))
    assert [element.get("href") for element in root.iter(f"{SVG}a")] == ['x"y.html']
    assert 'a<b>"&' in str(root.get("aria-label"))
