"""What a scenario draws is fixed by seed, scenario and number, and its clock can be read back."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.model.draw import Draw, lacking


@given(st.text(), st.text())
def test_the_same_seed_and_scenario_draw_the_same(seed: str, scenario: str) -> None:
    first, other = Draw(seed, scenario), Draw(seed, scenario)
    assert [first.uuid(), first.digits(9), first.uuid()] == [other.uuid(), other.digits(9), other.uuid()]


def test_another_seed_scenario_or_number_draws_another() -> None:
    drawn = [
        draw.uuid()
        for draw in (Draw("a", "b"), Draw("b", "a"), Draw("ab", ""), Draw("", "ab"), Draw("a", "c"))
        for _ in range(3)
    ]
    assert len(set(drawn)) == len(drawn)


@given(st.text(), st.integers(1, 15))
def test_what_is_drawn_has_its_form(seed: str, count: int) -> None:
    draw = Draw(seed, "scenario")
    assert uuid.UUID(draw.uuid()).version == 4
    assert re.fullmatch(rf"[1-9]\d{{{count - 1}}}", draw.digits(count))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", draw.now())


def test_the_clock_is_read_back_from_a_record() -> None:
    draw = Draw("seed", "scenario", ["2012-01-20T18:30:43Z"])
    assert draw.now() == "2012-01-20T18:30:43Z"
    assert (
        draw.now() == "1970-01-01T00:00:00Z"
    )  # the record has no more: the request departs from it, and that is said elsewhere
    assert draw.readings == ["2012-01-20T18:30:43Z", "1970-01-01T00:00:00Z"]


@pytest.mark.parametrize(
    ("number", "longest", "more"),
    [
        ("578", 3, 6),  # nine digits fit 32 bits, and are as many as the unknown order's
        ("578", 7, 6),  # beyond the longest, not beyond its own
        ("1888032", 7, 2),
        ("1888032", 8, 11),  # eighteen fit 64 bits
        ("1749038033", 10, 8),
        ("1234567890123456", 16, 2),
        ("12345678901234567", 17, 9),
        ("S-1001", 6, 9),  # no number
        ("0000123", 7, 9),  # 12385 may be somebody's
        ("000000000000001", 15, 9),
    ],
)
def test_a_number_that_nobody_has_fits_integers_where_it_can(number: str, longest: int, more: int) -> None:
    assert lacking(number, lambda: longest) == more
