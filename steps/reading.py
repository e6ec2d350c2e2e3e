"""Sentences about one reply: the buyer reads it, and finds in it what belongs there."""

from __future__ import annotations

import re
from datetime import datetime

from pytest_bdd import parsers, then, when

from countermand.checks.acceptance import Accepted
from countermand.document import Place, named, parse, text
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable, expect
from countermand.protocols import front
from countermand.protocols.answer import Answer
from countermand.protocols.seller import Seller

#: Extended or basic, with a fraction behind a full stop or a comma, and a zone in hours, or hours and minutes.
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?|\d{8}T\d{4}(?:\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d(?::?\d\d)?)?"
)
#: Before this year lie most times from which programs count, as 0001, 1900 and 1970, and no message was sent.
UNSET = 2000
#: Times of ISO 8601 that Python does not know, the end of a day and a leap second, and others like these that it knows.
RARE = ((re.compile(r"T24(?=(?::?00){1,2}$)"), "T00"), (re.compile(r"(?<=T\d\d:\d\d:)60$|(?<=T\d{4})60$"), "59"))


@when("the buyer reads the reply", target_fixture="answer")
def buyer_reads(accepted: Accepted) -> Answer:
    if accepted.answer.is_fault:
        raise NotApplicable(
            "the complete cancellation was answered with a fault, which carries nothing but its code, message and detail"
        )
    return accepted.answer


@then(parsers.parse('its "{name}" is that of the request'))
def value_is_of_request(seller: Seller, answer: Answer, name: str) -> None:
    place = only(seller, answer, name)
    expect(sent(answer, name), place.text, otherwise=f"the reply's {name} is not that of the request", at=place.at)


@then(parsers.parse('its "{name}" is not that of the request'))
def value_is_its_own(seller: Seller, answer: Answer, name: str) -> None:
    place = only(seller, answer, name)
    if not place.text or place.text == sent(answer, name):
        raise Nonconformance(
            f"the reply has no {name} of its own",
            expected="another than the request's",
            received=place.text or "blank",
            at=place.at,
        )


@then(parsers.parse('no other reply has the same "{name}"'))
def value_is_fresh(seller: Seller, answer: Answer, name: str) -> None:
    other = seller.cancel(seller.unknown())
    values = seller.values(other, name)
    own = only(seller, answer, name).text if values else None
    for place in values:
        if place.text == own:
            raise Nonconformance(
                f"two replies have the same {name}",
                expected="one each",
                received=place.text,
                at=place.at,
                exchange=other.exchange,
            )


@then(parsers.parse('its "{name}" is a timestamp'))
def value_is_timestamp(seller: Seller, answer: Answer, name: str) -> None:
    place = only(seller, answer, name)
    must_be_time(place.text, name, place.at)


def must_be_time(words: str, name: str, at: str | None = None) -> None:
    """Hold words to being a time, and none of those that programs write where nobody has set one."""
    if not is_timestamp(words):
        raise Nonconformance(
            f"the reply's {name} is no timestamp",
            expected="as in 2012-01-20T18:30:43Z",
            received=words or "blank",
            at=at,
        )
    if int(words[:4]) < UNSET:
        raise Nonconformance(
            f"the reply's {name} is a time at which nothing was sent",
            expected="the time it was sent",
            received=words,
            at=at,
        )


def is_timestamp(words: str) -> bool:
    """Say whether words are a date and time that exist, as ISO 8601, RFC 3339 and XML Schema write them."""
    match = TIMESTAMP.fullmatch(words.upper().replace(" ", "T", 1))  # as RFC 3339, 5.6 allows
    if match is None:
        return False
    time = match[1]
    for pattern, known in RARE:
        time = pattern.sub(known, time)
    try:
        return bool(datetime.fromisoformat(time))
    except ValueError:
        return False


def only(seller: Seller, answer: Answer, name: str) -> Place:
    """Return the one value of a name, or say that it is missing."""
    front.must_be_bare(answer.exchange.reply)
    if answer.tree is None:
        raise Inconclusive(f"the reply cannot be read: {answer.said}", received=answer.said)
    values = seller.values(answer, name)
    if not values and (answer.reply.status >= 400 or [*named(answer.tree, "fault"), *named(answer.tree, "Fault")]):  # noqa: PLR2004
        raise NotApplicable(f"the reply is a fault, which has no {name}")
    if len({place.text for place in values}) != 1:
        received = " and ".join(place.text for place in values) or "nothing"
        raise Nonconformance(f"the reply has not one {name}", expected=f"one {name}", received=received)
    return values[0]


def sent(answer: Answer, name: str) -> str:
    """Return what the request said."""
    return text(named(parse(answer.exchange.request.body), name)[0]).strip()
