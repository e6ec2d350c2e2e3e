"""What two answers have in common, and what tells them apart."""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from html import escape

import pytest

from countermand.checks import likeness
from countermand.checks.fingerprint import Fingerprint, contradicts, fingerprint, told_apart, whole, without_codes
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.verdict import Inconclusive
from countermand.protocols.answer import Answer, Decision


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
        ("requests", "2"),
        ("elapsedMs", "1091"),
        ("receivedAt", "1737393044"),
        ("at", "18:30:09"),
        (NOTE, "Am 20.01.2025 um 18.30.09 Uhr eingegangen"),
    ],
)
@pytest.mark.parametrize("refusal", [None, REFUSAL])
def test_a_second_answer_may_remark_that_it_is_one(again: tuple[str, str], refusal: Fingerprint | None) -> None:
    assert not contradicts(
        mark(("cancellationStatus", "Duplicate.")), mark(("cancellationStatus", "Accepted.")), refusal
    )
    before = mark(TAKEN, ("code", "12"), ("requests", "1"), ("elapsedMs", "1087"), ("receivedAt", "1737393043"))
    before = (200, (*before[1], ("at", "18:30:07"), (NOTE, "Am 20.01.2025 um 18.30.07 Uhr eingegangen")))
    assert not contradicts(mark(again), before, refusal)


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ((REFERENCE, "ABC"), (REFERENCE, "XYZ")),
        ((REFERENCE, "7"), (REFERENCE, "8")),
        (("order_id", "4711"), ("order_id", "4712")),
        (("decided", "4711"), ("decided", "4712")),
        (("cancellation", "26/11/00042"), ("cancellation", "26/11/00043")),
        (("ticketNr", "987"), ("ticketNr", "988")),
        (("sentiment", "4711"), ("sentiment", "4712")),
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
    assert told_apart(ours(), others(), ours, others, others)
    assert next(requests) == 8


#: How sellers write what they make of a request, to find it again in their logs.
WRITTEN = ["{}", "No such order (ref {}).", "No such order [{}]", '{"ref":"{}","text":"No such order"}', "#{} 'no'"]
DIGESTS: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda asked: hashlib.md5(asked, usedforsecurity=False).hexdigest(),
    "some of SHA-256": lambda asked: hashlib.sha256(asked).hexdigest()[:12].upper(),
    "CRC-32": lambda asked: f"{binascii.crc32(asked):08x}",
    "base64": lambda asked: base64.b64encode(hashlib.sha256(asked).digest()).decode(),
}


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize("words", WRITTEN)
def test_a_digest_of_what_was_asked_tells_nothing(words: str, digest: str) -> None:
    """It comes again whenever the same is asked, and is another one for every order."""
    numbers = range(4700, 4760, 3)
    assert not any(digested(words, words, digest, first=number) for number in numbers)


@pytest.mark.parametrize("digest", DIGESTS)
@pytest.mark.parametrize(
    ("ours", "others"),
    [
        ("Not yours, ref {}", "No such order, ref {}"),
        ('{"ref":"{}","text":"Not yours"}', '{"ref":"{}","text":"No such order"}'),
        ("ref {} exists", "ref {}"),
        ("ref {}", "ref {} is unknown"),
        ("ref {} {}", "ref {}"),
        ("ref {}", "No such order"),
        ("ref 7f3a9b0c", "ref 00000000a"),
        ("exists", "{}"),
    ],
    ids=[
        *("words", "a member of JSON", "a word more", "a word less", "a digest more", "a digest"),
        *("always the same digest", "no digest"),
    ],
)
def test_what_stands_beside_a_digest_of_what_was_asked_tells(ours: str, others: str, digest: str) -> None:
    assert digested(ours, others, digest)


@pytest.mark.parametrize("words", [None, "Malformed", "Malformed, ref {}"])
def test_where_a_made_up_order_is_refused_in_another_way_a_digest_is_not_known(words: str | None) -> None:
    with pytest.raises(Inconclusive):
        digested("Refused, ref {}", "Refused, ref {}", "MD5", beyond=words)
    assert digested("Not yours", "No such order", "MD5", beyond=words)
    assert digested("Malformed", "No such order", "MD5", beyond="Malformed")


@pytest.mark.parametrize(
    ("ours", "others", "beyond"),
    [
        ("E17", "E42", "E99"),
        ("OrderNotYours", "OrderUnknown", "OrderMalformed"),
        ("No: 41", "No: 46", "No: 40"),
    ],
)
def test_a_code_is_no_digest(ours: str, others: str, beyond: str) -> None:
    assert digested(ours, others, "MD5", beyond=beyond)


def test_a_code_that_the_reply_calls_one_is_no_digest() -> None:
    first, second, third = (mark(("response_code", code)) for code in ("415415", "465465", "400400"))
    assert told_apart(first, second, lambda: first, lambda: second, lambda: third)


HICCUPS: list[Fingerprint | None] = [None, mark((NOTE, "Service Unavailable"), status=503), mark(status=429)]


@pytest.mark.parametrize("hiccup", HICCUPS)
@pytest.mark.parametrize("whose", [0, 1])
@pytest.mark.parametrize("when", range(3))
def test_who_has_digests_and_once_no_answer_is_not_accused(hiccup: Fingerprint | None, whose: int, when: int) -> None:
    marks = [mark((NOTE, f"No such order, ref {ref}")) for ref in ("7f3a9b0c", "0c9b3a7f", "55aa3f09")]
    answers: list[list[Fingerprint | None]] = [[marks[0]] * 3, [marks[1]] * 3]
    answers[whose][when] = hiccup
    again = [partial(next, iter(each)) for each in answers]
    assert not told_apart(marks[0], marks[1], again[0], again[1], lambda: marks[2])


def digested(ours: str, others: str, digest: str, *, beyond: str | None = "", first: int = 4711) -> str:
    """Tell answers apart that have digests of one order, and of two that do not exist, in their words."""

    def answer(words: str | None, of: int) -> Fingerprint | None:
        made = DIGESTS[digest](f"<order>{of}</order>".encode())
        return None if words is None else whole(refused(document(f"<m>{escape(words.replace('{}', made))}</m>")))

    asked = [
        partial(answer, ours, first),
        partial(answer, others, first + 1),
        partial(answer, others if beyond == "" else beyond, first + 2),
    ]
    first_ones = [ask() for ask in asked[:2]]
    assert first_ones[0] is not None
    assert first_ones[1] is not None
    return told_apart(*first_ones, *asked)  # type: ignore[arg-type]


def test_a_door_that_is_closed_when_it_is_asked_again_hides_nothing_and_accuses_nobody() -> None:
    def apart(ours: list[Fingerprint | None], others: list[Fingerprint | None]) -> str:
        first, second = mark((NOTE, "Not yours")), mark((NOTE, "No such order"))
        return told_apart(first, second, partial(next, iter(ours)), partial(next, iter(others)), lambda: None)

    yours, unknown = mark((NOTE, "Not yours")), mark((NOTE, "No such order"))
    assert apart([None, None, None], [unknown, unknown, unknown])
    assert not apart([None, unknown, None], [None, yours, unknown])


def are_told_apart(machines: Iterable[str]) -> bool:
    """Say so of refusals that all say the same, each of which names the next of some machines."""
    left = iter(machines)

    def answer() -> Fingerprint:
        return mark((NOTE, f"No such order, says {next(left)}"))

    return bool(told_apart(answer(), answer(), answer, answer, answer))


@pytest.mark.parametrize(
    "turns", ["AB", "BA", "ABC", "AABB", "ABBA", "AAABBB", "AABBBA", "ABBBAA", "AAAABBBB", "ABBBBAAA"]
)
def test_machines_that_take_turns_are_not_told_apart(turns: str) -> None:
    assert not are_told_apart(itertools.cycle(turns))


def test_two_machines_that_come_at_random_are_hardly_ever_told_apart() -> None:
    """Of eight answers the four to ours would all have to come from one, and the others from the other one."""
    assert sum([are_told_apart(machines) for machines in itertools.product("AB", repeat=8)]) == 2


NUMBER = "CF-2026-0815-0042"


def refused(body: str, status: int = 403, headers: Iterable[tuple[str, str]] = (), reason: str = "Forbidden") -> Answer:
    """Return a refusal of a cancellation that named an order."""
    asked = Request("POST", "https://seller.example/", (), f"<c><order>{NUMBER}</order></c>".encode())
    label = "text/xml" if body.startswith("<?xml") else "text/html"
    reply = Reply(status, reason, "HTTP/1.1", (("Content-Type", label), *headers), body.encode())
    exchange = Exchange(1, "cancel", "stranger", datetime(2026, 11, 29, tzinfo=UTC), 0.1, asked, reply)
    return Answer(exchange, Decision.REFUSED, f"status {status}")


def document(inside: str) -> str:
    return f"<?xml version='1.0'?><fault>{inside}</fault>"


TEMPLATE = f"<!DOCTYPE html><html><head>{'<link rel=stylesheet>' * 20}</head><h1>Forbidden</h1>"


@pytest.mark.parametrize(
    ("ours", "others"),
    [
        (refused(f"{TEMPLATE}<p>Not your order.<br>"), refused(f"{TEMPLATE}<p>No such order.<br>")),
        (refused(document("<code>405</code>")), refused(document("<code>501</code>"))),
        (refused(document("<faultcode>4031</faultcode>")), refused(document("<faultcode>4041</faultcode>"))),
        (refused(document("<m there='yes'>No</m>")), refused(document("<m there='no'>No</m>"))),
        (refused(document("Not yours: <b/> no")), refused(document("Nobody's: <b/> no"))),
        (refused(document("<m>No</m><!--owner-->")), refused(document("<m>No</m><!--nobody-->"))),
        (refused("No", headers=[("X-Order-Found", "yes")]), refused("No", headers=[("X-Order-Found", "no")])),
        (refused("No", headers=[("X-Code", "4031")]), refused("No", headers=[("X-Code", "4041")])),
        (refused("No", 403), refused("No", 404)),
        (refused("No", headers=[("Retry-After", "3600")]), refused("No")),
        (refused("No", headers=[("Set-Cookie", "known=yes; Path=/")]), refused("No")),
        (refused("No", reason="Order Locked"), refused("No", reason="Forbidden")),
        (refused(document("<m>No</m>") + "<!--owner-->"), refused(document("<m>No</m>"))),
        (refused(document("<m>No</m>").replace("?>", "?><?cache hit?>")), refused(document("<m>No</m>"))),
    ],
    ids=[
        "a page",
        "a code",
        "a fault's code",
        "an attribute",
        "mixed",
        "a comment",
        "a header",
        "its code",
        "a status",
        "a header of HTTP",
        "a cookie",
        "a reason phrase",
        "a comment behind the root",
        "an instruction before the root",
    ],
)
def test_existence_is_told_wherever_in_a_reply(ours: Answer, others: Answer) -> None:
    first, second = whole(ours), whole(others)
    assert first is not None
    assert second is not None
    assert told_apart(first, second, lambda: first, lambda: second, lambda: second)


@pytest.mark.parametrize(
    ("ours", "others"),
    [
        (f"<m>{NUMBER} is refused</m>", "<m>CF- is refused</m>"),
        (f"<m>{NUMBER[:11]}... is refused</m>", f"<m>{NUMBER[:13]}... is refused</m>"),
        ("<m>Refused at 2026-11-29T12:00:00,123Z</m>", "<m>Refused at 2026-11-29T12:00:01,456Z</m>"),
        ("<m>No</m><traceId>a1</traceId>", "<m>No</m><traceId>b2</traceId>"),
        ("<m>Incident 20261129 of 4711</m>", "<m>Incident 20261130 of 4712</m>"),
        ("<m>No</m><!-- 7 ms -->", "<m>No</m><!-- 3 ms -->"),
        ("<m>No</m><elapsedMs>7</elapsedMs>", "<m>No</m><elapsedMs>3</elapsedMs>"),
        ("<m messageId='a1'>No</m>", "<m messageId='b2'>No</m>"),
    ],
    ids=["repeated", "cut off", "a time", "a trace", "numbered", "a duration", "a measure", "an attribute"],
)
def test_what_is_repeated_of_the_request_or_new_with_every_reply_tells_nothing(ours: str, others: str) -> None:
    first = whole(refused(document(ours)))
    second = whole(refused(document(others.replace("CF- is", f"{NUMBER.lower()} is"))))
    assert first == second


@pytest.mark.parametrize("seconds", ["2", "60", "3600"])
def test_a_number_in_a_header_is_no_code(seconds: str) -> None:
    first, second = whole(refused("No", headers=[("Retry-After", seconds)])), whole(refused("No"))
    assert first is not None
    assert second is not None
    assert without_codes(first) != without_codes(second)


#: What a proxy puts on a longer body, and a balancer on any.
FRAMED = (
    *(("Content-Length", "1042"), ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"), ("Connection", "close")),
    *(("Transfer-Encoding", "chunked"), ("ETag", 'W/"7f3a"')),
)


def test_a_header_that_is_every_replys_own_is_left_out() -> None:
    plain, labelled = (
        refused("No"),
        refused("No", headers=[("Date", "Sun"), ("X-Request-Id", "7f3a-9b"), ("X-Elapsed", "0.12"), *FRAMED]),
    )
    assert whole(plain) == whole(labelled)
    timed = [refused("No", headers=[("X-Response-Time", time), ("X-Request-Id", time)]) for time in ("2", "1")]
    assert whole(timed[0]) == whole(timed[1]) == whole(plain)


def test_a_word_that_goes_on_otherwise_than_a_value_is_not_its_beginning() -> None:
    mark, other = (whole(refused(document(f"<m>{word} is refused</m>"))) for word in (NUMBER[:-1] + "3", NUMBER))
    assert mark != other


def test_codes_are_told_apart_where_the_pages_document_them() -> None:
    locked, unknown, again = (
        refused(document(f"<item key='response_code'>{code}</item><note>{words}</note>"))
        for code, words in ((435, "Locked"), (405, "Order 123456 not found"), (405, "Order 123457 not found"))
    )
    assert likeness.same_words(unknown, again)
    assert likeness.same_codes(unknown, again)
    assert not likeness.same_codes(unknown, locked)
    assert likeness.alike(unknown, locked)  # whoever is shut out is not served for a code of its own
    ticket, next_ticket = (refused(document(f"<supportCode>{number}</supportCode>")) for number in ("48213", "48214"))
    assert likeness.same_codes(ticket, next_ticket)
    assert likeness.same_words(ticket, next_ticket)
    assert fingerprint(ticket) == fingerprint(next_ticket)


def test_a_code_of_a_header_or_an_attribute_is_one_too() -> None:
    mark, other = (
        whole(refused(document(f"<m code='{code}'>No</m>"), headers=[("X-Error-Code", code)]))
        for code in ("4031", "4041")
    )
    assert mark is not None
    assert other is not None
    assert mark != other
    assert without_codes(mark) == without_codes(other)


def test_items_with_keys_say_the_same_in_any_order() -> None:
    """As hashes of Perl come, in another order with every process."""
    code, nested = '<item key="response_code">405</item>', '<item key="a">{}</item>'
    items = ['<item key="x">1</item>', '<item key="y">2</item>']
    first = refused(f"<dt_assoc>{code}{nested.format(''.join(items))}</dt_assoc>")
    second = refused(f"<dt_assoc>{nested.format(''.join(reversed(items)))}{code}</dt_assoc>")
    assert fingerprint(first) == fingerprint(second)
    assert fingerprint(refused("<a><b>1</b><c>2</c></a>")) != fingerprint(refused("<a><c>2</c><b>1</b></a>"))
