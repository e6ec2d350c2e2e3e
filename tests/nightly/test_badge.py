"""A badge says of whom, when, by which suite, how much and what, and names the certificate."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from countermand.model.verdict import Verdict
from countermand.nightly import badge

from .conftest import Night

#: What shields.io reads (its endpoint badge); anything else in the JSON is of no use to it.
KNOWN = {"schemaVersion", "label", "message", "color", "labelColor", "isError", "namedLogo", "logoSvg", "logoColor", "style"}


@pytest.mark.parametrize(
    ("verdicts", "colour", "words"),
    [
        ({}, "brightgreen", "staging conforms"),
        ({"ALA-REQ-07": Verdict.DOES_NOT_CONFORM}, "red", "staging does not conform"),
        ({"ALA-REQ-07": Verdict.INCONCLUSIVE}, "orange", "staging inconclusive"),
    ],
)
def test_both_forms_say_everything(night: Night, tmp_path: Path, verdicts: dict[str, Verdict], colour: str, words: str) -> None:
    certificate = tmp_path / "staging.zip"
    certificate.write_bytes(b"abc")
    made = badge.write(night(3, verdicts) / "results.json", tmp_path / "badge", certificate)
    told = json.loads(made[0].read_text("utf-8"))
    assert (told["schemaVersion"], told["color"], told["label"]) == (1, colour, "countermand 0.1.0")
    assert told.keys() <= KNOWN
    # FIPS 180-2, appendix B.1: the SHA-256 of "abc" begins ba7816bf 8f01
    for part in (words, "documented clauses", "2026-11-03", "certificate staging.zip (sha256 ba7816bf8f01)"):
        assert part in told["message"]
    root = ET.fromstring(made[1].read_text("utf-8"))
    assert root.get("aria-label") == f"{told['label']}: {told['message']}"
    assert [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")] == [told["label"], told["message"]]


def test_without_a_certificate_it_says_so(night: Night, tmp_path: Path) -> None:
    made = badge.write(night(1), tmp_path / "badge")
    assert json.loads(made[0].read_text("utf-8"))["message"].endswith("2026-11-01, not certified")


def test_a_name_cannot_break_the_picture(night: Night, tmp_path: Path) -> None:
    made = badge.write(night(1, {}, 'a<b>"&\x00'.replace("\x00", "")), tmp_path / "badge")
    assert 'a<b>"&' in str(ET.fromstring(made[1].read_text("utf-8")).get("aria-label"))
