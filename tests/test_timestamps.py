"""A time is a time in every form of ISO 8601 that stacks write."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running import Watched, run, served

from countermand.model.verdict import Nonconformance
from countermand.provider import embedded
from countermand.provider.http import Request, Response
from steps.reading import moment_of, must_be_time

DAY = datetime.now(UTC)
FORMS = [
    form.replace("2026-11-26", f"{DAY:%Y-%m-%d}").replace("20261126", f"{DAY:%Y%m%d}").encode()
    for form in (
        "2026-11-26T23:15:34.123456789Z",
        "2026-11-26T23:15:34+01",
        "2026-11-26T23:15:34+0100",
        "2026-11-26T23:15:34,5Z",
        "2026-11-26T23:15Z",
        "20261126T231534Z",
        "2026-11-26T24:00:00Z",  # XML Schema 1.1, 3.3.7
        "2026-11-26T23:59:60Z",
        "20261126T235960.5Z",
        "2026-11-26t23:15:34z",
        "2026-11-26 23:15:34Z",
    )
]


@pytest.mark.parametrize(
    "words",
    [
        "2026-11-26T24:00:01Z",
        "2026-11-26T24:30Z",
        "2026-11-26T23:15:61Z",
        "2026-11-31T23:15:34Z",
        "2026-11-26  23:15:34Z",
        "now",
        "",
    ],
)
def test_what_is_no_time_is_none(words: str) -> None:
    assert moment_of(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "0001-01-01T00:00:00Z",
        "19700101T000000Z",
        "1899-12-30T00:00:00",
        "2012-01-20T18:30:43Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_a_time_from_which_programs_count_is_none_at_which_something_was_sent(words: str) -> None:
    with pytest.raises(Nonconformance, match="at which nothing was sent"):
        must_be_time(words, "sentAt", DAY)


class Clock(Watched):
    """A seller that says when it answered in one form after the other."""

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - as in the base class
        form = b"<sentAt>%s</sentAt>" % FORMS[len(self.answered) % len(FORMS)]
        return replace(response, body=re.sub(b"<sentAt>.*</sentAt>", form, response.body))


def test_every_form_of_a_time_is_one(tmp_path: Path) -> None:
    seller = Clock(embedded.SELLERS["ala"]())
    with served("ala", tmp_path / "seller", seller) as path:
        done = run(tmp_path, f"--target={path}", "--no-reports", "-m", "ALA-TRC-03 or ALA-CAN-03 or ALA-ORD-*")
    assert all(any(form in answer.body for answer in seller.answered) for form in FORMS)
    assert done.verdicts["ALA-TRC-03"] == "conforms", done.said
