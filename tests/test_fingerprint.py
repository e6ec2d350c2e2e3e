"""What two answers have in common, and what tells them apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import partial

import pytest

from countermand.checks.fingerprint import Fingerprint, contradicts, told_apart


def mark(*leaves: tuple[str, str], status: int = 200) -> Fingerprint:
    return status, leaves


NOTE, REFERENCE = "note", "cancellationRef"
TAKEN = (NOTE, "Cancellation requested")
REFUSAL = mark((NOTE, "No such order"), status=200)


@pytest.mark.parametrize(
    "again",
    [
        (NOTE, "Cancellation was already requested 2 minutes ago"),
        (NOTE, "Duplicate of the request received at 18:30:07"),
        (NOTE, "Attempt 4711 of cancelling what is cancelled"),  # numbered where nothing was
        (NOTE, "CANCELLATION REQUESTED"),
        ("retries", "1"),  # which the first had not
        ("code", "99"),
    ],
)
@pytest.mark.parametrize("refusal", [None, REFUSAL])
def test_a_second_answer_may_remark_that_it_is_one(again: tuple[str, str], refusal: Fingerprint | None) -> None:
    assert not contradicts(mark(again), mark(TAKEN, ("code", "12")), refusal)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ((REFERENCE, "ABC"), (REFERENCE, "XYZ")),
        ((REFERENCE, "7"), (REFERENCE, "8")),
        (("order_id", "4711"), ("order_id", "4712")),
        (("decided", "4711"), ("decided", "4712")),
        ((NOTE, "Requested as C-0815."), (NOTE, "Already requested as C-0816.")),
    ],
)
@pytest.mark.parametrize("refusal", [None, REFUSAL])
def test_a_second_answer_with_another_reference_contradicts_the_first(
    first: tuple[str, str], again: tuple[str, str], refusal: Fingerprint | None
) -> None:
    assert contradicts(mark(again), mark(first), refusal)


@pytest.mark.parametrize(
    ("first", "again", "refused"),
    [
        ("Ticket T-9911: requested", "Ticket T-9912: requested", "Ticket T-9913: no such order"),
        ("9911", "9912", "9913"),
        ("a3f0", "b71c", "99de"),
    ],
)
def test_what_numbers_a_refusal_as_well_is_the_messages(first: str, again: str, refused: str) -> None:
    assert contradicts(mark((NOTE, again)), mark((NOTE, first)))
    assert not contradicts(mark((NOTE, again)), mark((NOTE, first)), mark((NOTE, refused)))


def test_a_seller_that_tells_is_told_apart_by_what_it_always_says() -> None:
    requests = itertools.count()

    def answer(words: str) -> Fingerprint:
        return mark((NOTE, f"{words}, ticket T{next(requests)}"))

    ours, others = partial(answer, "Not yours"), partial(answer, "No such order")
    assert told_apart(ours(), others(), ours, others)
    assert next(requests) == 8


def are_told_apart(machines: Iterable[str]) -> bool:
    """Say so of refusals that all say the same, each of which names the next of some machines."""
    left = iter(machines)

    def answer() -> Fingerprint:
        return mark((NOTE, f"No such order, says {next(left)}"))

    return bool(told_apart(answer(), answer(), answer, answer))


@pytest.mark.parametrize("turns", ["AB", "BA", "ABC"])
def test_machines_that_take_turns_are_not_told_apart(turns: str) -> None:
    assert not are_told_apart(itertools.cycle(turns))


def test_two_machines_that_come_at_random_are_hardly_ever_told_apart() -> None:
    """Of eight answers the four to ours would all have to come from one, and the others from the other one."""
    assert sum(map(are_told_apart, itertools.product("AB", repeat=8))) == 2
