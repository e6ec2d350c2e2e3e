"""Sentences about one reply: the buyer reads it, and finds in it what belongs there."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pytest_bdd import parsers, then, when

from countermand.checks.acceptance import Accepted
from countermand.document import Place, named, parse, text
from countermand.model.exchange import timestamp
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable, expect
from countermand.protocols import front
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.seller import Seller

#: Extended or basic, with a fraction behind a full stop or a comma, and a zone in hours, or hours and minutes.
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?|\d{8}T\d{4}(?:\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d(?::?\d\d)?)?"
)
#: By how much the clocks of two parties may differ, one of which may not have told its zone.
APART = timedelta(days=2)
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
    must_be_time(place.text, name, answer.exchange.started, place.at)


def must_be_time(words: str, name: str, asked: datetime, at: str | None = None) -> None:
    """Hold words to being a time, and that of a reply to what was asked then: none that nobody has set, or of an example."""
    moment = moment_of(words)
    if moment is None:
        raise Nonconformance(
            f"the reply's {name} is no timestamp",
            expected="as in 2012-01-20T18:30:43Z",
            received=words or "blank",
            at=at,
        )
    if abs(moment - asked) > APART:
        raise Nonconformance(
            f"the reply's {name} is a time at which nothing was sent",
            expected=f"the time it was sent, within two days of {timestamp(asked)}",
            received=words,
            at=at,
        )


def moment_of(words: str) -> datetime | None:
    """Return the date and time that words are, as ISO 8601, RFC 3339 and XML Schema write them; nothing where none exists.

    What names no zone is taken for UTC.
    """
    match = TIMESTAMP.fullmatch(words.upper().replace(" ", "T", 1))  # as RFC 3339, 5.6 allows
    if match is None:
        return None
    time = match[1]
    for pattern, known in RARE:
        time = pattern.sub(known, time)
    try:
        moment = datetime.fromisoformat(f"{time}{match[2] or ''}")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def only(seller: Seller, answer: Answer, name: str) -> Place:
    """Return the one value of a name, or say that it is missing."""
    front.must_be_bare(answer.exchange.reply)
    if answer.decision.taken_up and not answer.reply.body.strip():
        raise NotApplicable(f"the reply of this run has no body, and so no {name}")
    if answer.tree is None:
        raise Inconclusive(f"the reply cannot be read: {answer.said}", received=answer.said)
    values = seller.values(answer, name)
    if not values and answer.decision is Decision.THROTTLED:
        raise Inconclusive(f"the seller gave no answer: {answer.advised}", received=answer.said)
    if not values and (answer.reply.status >= 400 or [*named(answer.tree, "fault"), *named(answer.tree, "Fault")]):  # noqa: PLR2004
        raise NotApplicable(f"the reply of this run is a fault, which has no {name}")
    if len({place.text for place in values}) != 1:
        received = " and ".join(place.text for place in values) or "nothing"
        raise Nonconformance(f"the reply has not one {name}", expected=f"one {name}", received=received)
    return values[0]


def sent(answer: Answer, name: str) -> str:
    """Return what the request said."""
    return text(named(parse(answer.exchange.request.body), name)[0]).strip()
