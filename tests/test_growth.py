"""Whoever reads what a seller sends does so in linear time.

Twice the reply is at most about twice the work, whatever its shape. Work is counted in processor time of this thread,
and compared with itself: a reply is the work of eight that are an eighth of it, or eight times that where a reader
takes the square; the bound lies between.
"""

from __future__ import annotations

import contextlib
import time
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from countermand.checks import ala as fault
from countermand.checks import fingerprint, replies
from countermand.checks import opensrs as ops
from countermand.document import named, nested, parse, select, where
from countermand.guard import foreign
from countermand.model import suite
from countermand.model.body import content, row, text_of
from countermand.model.exchange import Exchange, Reply, Request
from countermand.model.secret import Masker
from countermand.model.target import Identity, Target
from countermand.model.verdict import Inconclusive, Nonconformance, NotApplicable
from countermand.plugin.deadline import deadline
from countermand.protocols import disclosure
from countermand.protocols.ala import AlaSeller
from countermand.protocols.answer import Answer, Decision
from countermand.protocols.opensrs import OpensrsSeller
from countermand.protocols.opensrs_message import items
from countermand.protocols.reply import try_xml
from countermand.report import exchanges
from countermand.run import coding

SIZE, TIMES = 2**15, 8
READINGS = 5
MASKER = Masker(["correct-horse-battery", "hunTr-2", "0123456789abcdef" * 7])
WHO = {"buyer": Identity("buyer", identifier="A")}
TARGETS = {api: Target("t", api, "https://127.0.0.1:1", Path("t.toml"), WHO) for api in ("ala", "opensrs")}


KNOWN = [
    disclosure.Known("a key", "0123456789abcdef"),
    disclosure.Known("a name", "Q-17"),
    disclosure.Known("a state", "in progress", is_state=True),
]


def fill(unit: str, size: int) -> str:
    return unit * (size // len(unit))


ITEM = '<item key="response_code">x</item>'
#: What fills a reply, and whether it stands in the document's text, beside it, or is its markup.
SHAPES: dict[str, Callable[[int], str]] = {
    "ends of lines": lambda size: f"<r>{fill(chr(10), size)}</r>",
    "ends of lines after": lambda size: f"<r/>{fill(chr(10), size)}",
    "one word": lambda size: f"<r>{fill('x', size)}</r>",
    "words": lambda size: f"<r>{fill('at in ODBC line ', size)}</r>",
    "dots": lambda size: f"<r>in {fill('a.php', size)}</r>",
    "digits": lambda size: f"<r><status>{fill('9', size)}</status></r>",
    "siblings": lambda size: f"<r>{fill('<status>x</status>', size)}</r>",
    "faults": lambda size: f"<r>{fill('<fault><faultcode>x</faultcode></fault>', size)}</r>",
    "items": lambda size: (
        f"<OPS_envelope><data_block><dt_assoc>{fill(ITEM, size)}</dt_assoc></data_block></OPS_envelope>"
    ),
    "attributes": lambda size: "<r>" + fill("<a b='c' d='e'/>", size) + "</r>",
    "comments": lambda size: f"<r>{fill('<!---->', size)}</r>",
    "open comments": lambda size: fill("<!--", size),
    "open tags": lambda size: fill("<a", size),
    "instructions": lambda size: f"<r>{fill('<?a?>', size)}</r>",
    "references": lambda size: f"<r>{fill('&#65;', size)}</r>",
    "open references": lambda size: fill("&#x0000", size),
    "percents": lambda size: f"<r>{fill('%41', size)}</r>",
    "backslashes": lambda size: f"<r>{fill(chr(92), size)}</r>",
    "base64": lambda size: f"<r>{fill('QUJDREVGR0hJSktM', size)}</r>",
    "stars": lambda size: f"<r>{fill('correct-horse-battery ', size)}</r>",
    "hidden keys": lambda size: f"<r>{fill('CORRECT-<!-- -->horse-battery ', size)}</r>",
    "commands": lambda size: f"<r>{fill('::error::x' + chr(10), size)}</r>",
    "hashes": lambda size: f"<r>{fill('##vso', size)}</r>",
    "escapes": lambda size: f"<r>{fill(chr(0x9B), size)}</r>",
    "scripts": lambda size: f"<html>{fill('<script ', size)}",
    "closings": lambda size: f"<html>{fill('<style></script x', size)}",
    "a host": lambda size: f"<r>{fill('ab.', size)}ab@</r>",
    "hosts": lambda size: f"<r>{fill('ab.cd-', size)}</r>",
    "states": lambda size: f"<r>{fill('order status is ', size)}</r>",
    "stack": lambda size: f"<r>{fill('File ' + chr(34), size)}{fill('goroutine 1', size)}</r>",
}


def exchange(body: bytes, api: str) -> Exchange:
    request = Request(
        "POST", f"https://127.0.0.1:1/{'cancelOrder' if api == 'ala' else ''}", (), b"<r><x>value</x></r>"
    )
    reply = Reply(400, "Bad", "HTTP/1.1", (("Content-Type", "text/xml; charset=utf-8"),), body)
    operation = "cancelOrder" if api == "ala" else "cancel_order"
    return Exchange(1, operation, "buyer", datetime(2026, 11, 21, tzinfo=UTC), 0.1, request, reply, sound=True)


def judged(check: Callable[[Exchange], object]) -> Callable[[bytes], None]:
    """Return what holds a reply to a check; that it does not hold is no matter here."""

    def read(body: bytes) -> None:
        for api in ("ala", "opensrs"):
            with contextlib.suppress(Nonconformance, NotApplicable, Inconclusive):
                check(exchange(body, api))

    return read


def decide(body: bytes) -> None:
    for api, seller in (("ala", AlaSeller), ("opensrs", OpensrsSeller)):
        reader = seller(TARGETS[api], None)  # type: ignore[arg-type] # nothing is asked
        for status in (200, 400):
            reply = Reply(status, "", "HTTP/1.1", (("Content-Type", "text/xml"),), body)
            answer = reader.read(
                Exchange(1, "x", "buyer", datetime(2026, 11, 21, tzinfo=UTC), 0.1, Request("POST", "", (), b""), reply)
            )
            reader.disowns(answer)
            for name in ("status", "attributes.state", "response_code"):
                [place.text for place in reader.values(answer, name)]


def fingerprints(body: bytes) -> None:
    seen = exchange(body, "ala")
    mark = fingerprint.fingerprint(Answer(seen, Decision.REFUSED, "no"))
    assert mark is not None
    fingerprint.without_codes(mark)


def elements(body: bytes) -> None:
    root = try_xml(exchange(body, "ala").reply)  # type: ignore[arg-type] # there is one
    if root is not None:
        statuses = named(root, "status")
        [place.text for place in select(root, "//*[local-name()='status']")]
        items(root, "response_code")
        where(statuses[-1] if statuses else root)


def recorded(body: bytes) -> None:
    row = exchange(body, "ala").masked(MASKER)
    exchanges.viewer(row)
    exchanges.plain(row)
    assert Exchange.of(row).reply is not None


READERS: dict[str, Callable[[bytes], object]] = {
    "the decision": decide,
    "internals": judged(replies.discreet),
    "the label": judged(replies.labelled),
    "faults": judged(fault.is_fault),
    "faults that say something": judged(fault.says_something),
    "the schema of a fault": judged(replies.valid(suite.payload("ala", "fault.xsd"), fault.bare)),
    "the schema of an envelope": judged(replies.valid(suite.payload("opensrs", "ops.dtd"))),
    "the schema of a reply": judged(replies.valid(suite.payload("opensrs", "reply.xsd"))),
    "the envelope": judged(ops.is_envelope),
    "the first byte": judged(replies.first_byte),
    "a parameter": judged(lambda answer: ops.parameter(answer, "response_code")),
    "the fingerprint": fingerprints,
    "elements": elements,
    "names of hosts": judged(disclosure.hosts),
    "what is told": judged(lambda seen: disclosure.disclosed(seen, KNOWN)),
    "masks": MASKER.mask,
    "a message": lambda body: MASKER.message(foreign.shown(body.decode("utf-8", "replace"))),
    "the wall": lambda body: foreign.inert(foreign.visible(body.decode("utf-8", "replace"))),
    "JSON": lambda body: foreign.in_json(body.decode("utf-8", "replace")),
    "the record": recorded,
}


def work(read: Callable[[bytes], object], body: bytes, times: int = 1) -> float:
    """Return the processor time of so many readings."""
    copies = [bytes(bytearray(body)) for _ in range(times)]  # other objects, of which nobody has read before
    began = time.thread_time()
    for copy in copies:
        read(copy)
    return time.thread_time() - began


def is_linear(read: Callable[[bytes], object], small: bytes, large: bytes, least: float = 0.032) -> bool:
    """Say whether a reply is at most about as much work as eight of an eighth.

    Both take equally long where it is, one right after the other, so that a machine with other work is as slow for
    both; once is enough. Below some time in seconds a clock tells little.
    """
    return any(work(read, large) < 3.5 * max(work(read, small, TIMES), least) for _ in range(READINGS))


@pytest.mark.parametrize("reader", READERS)
def test_eight_times_the_reply_is_at_most_about_eight_times_the_work(reader: str) -> None:
    read = READERS[reader]
    read(b"<r/>")
    for shape, make in SHAPES.items():
        assert is_linear(read, make(SIZE // TIMES).encode(), make(SIZE).encode()), shape


@pytest.mark.parametrize("shape", SHAPES)
def test_every_reader_takes_a_nasty_shape_within_the_deadline(shape: str) -> None:
    body = SHAPES[shape](2**17).encode()
    with deadline(60):
        for read in READERS.values():
            read(body)


def test_the_bound_notices_a_reader_that_takes_the_square() -> None:
    """The control: where an element stands, asked of each of many, is the square of their number."""

    def square(body: bytes) -> None:
        for element in named(parse(body), "status"):
            where(element)

    small, large = (SHAPES["siblings"](size).encode() for size in (SIZE, SIZE * TIMES))
    assert not is_linear(square, small, large, least=0.004)


def test_text_that_is_nested_deeply_is_not_read_once_for_every_level() -> None:
    deep = b"<a>" * 200 + b"secret to all " * 2**16 + b"</a>" * 200
    tracemalloc.start()
    with deadline(60):
        assert disclosure.disclosed(exchange(deep, "ala"), KNOWN) == []
        assert disclosure.hosts(exchange(deep, "ala")) == set()
        assert disclosure.disclosed(exchange(deep + b" ", "ala"), [disclosure.Known("x", "Secret")])[0].what == "x"
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (
        most < 400 * 2**20
    )  # every level for itself would be 180 MiB of text, and a word of it takes eight times that


@pytest.mark.parametrize("reader", ["what is told", "names of hosts", "the decision", "elements"])
def test_elements_that_lie_deep_are_not_walked_once_for_every_level(reader: str) -> None:
    """Without any text in them, which the room for texts would count."""
    many = "<x/>" * 2**14
    flat = f"<r>{'<status/>' * 200}{many}</r>".encode()
    deep = f"<r>{'<status>' * 200}{many}{'</status>' * 200}</r>".encode()
    read = READERS[reader]
    read(b"<r/>")
    assert any(work(read, deep) < 6 * max(work(read, flat), 0.032) for _ in range(READINGS))


@pytest.mark.parametrize("comment", ["", "<!-- c -->", "<?p i?>"])
def test_the_text_of_an_element_is_all_that_is_in_it_and_nothing_beside_it(comment: str) -> None:
    root = parse(f"<!-- a --><r>1<a>2{comment}3<b>4</b>5<b/></a>6{comment}7</r><!-- b -->".encode())
    assert [words for _, words in nested(root)] == ["1234567", "2345", "4", ""]
    assert [place.text for place in select(root, "//*")] == ["1234567", "2345", "4", ""]
    many = parse(f"<r>{f'<a>1{comment}2' * 9}{'</a>3' * 9}</r>".encode())
    assert [place.text for place in select(many, "//a")] == ["12" * left + "3" * (left - 1) for left in range(9, 0, -1)]


def test_the_words_of_a_page_are_those_that_stand_outside_of_tags_and_scripts() -> None:
    for page, said in (
        ("<p>a<script>b</script >c<style x>d</STYLE>e", "\na\nc\ne"),
        ("a<script>b<style>c", "a\nb\nc"),
        ("a<script b</script>c", "a\nc"),
        ("<style>a</script>b<script", "\na\nb<script"),
    ):
        assert replies.visible(page) == said


def test_what_takes_too_long_to_judge_is_inconclusive() -> None:
    def forever() -> None:
        with deadline(0.2):
            while True:
                pass

    with pytest.raises(Inconclusive, match=r"more than 0\.2 s of computing"):
        forever()


def gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_every_layer_of_a_coding_is_held_to_the_limit(layers: int) -> None:
    body, codings = b" " * 50_000_000, ", ".join(["gzip"] * layers)
    for _ in range(layers):
        body = gzip(body)
    with pytest.raises(coding.TooLargeError):
        coding.decoded(body, codings, 2**21)
    packed = gzip(gzip(b"<r/>"))
    assert coding.decoded(packed, "gzip, identity, gzip", 2**21) == b"<r/>"
    assert coding.decoded(packed, "", 2**21) == packed
    with pytest.raises(coding.TooLargeError, match="coded 9 times"):
        coding.decoded(packed, ",".join(["gzip"] * 9), 2**21)
    with pytest.raises(coding.UndecodableError):
        coding.decoded(b"no gzip", "gzip", 2**21)
    assert coding.decoded(zlib.compress(b"<r/>"), "deflate", 99) == b"<r/>"


def test_a_long_body_is_packed_whole_and_shown_by_its_beginning() -> None:
    body = b"<r>" + b" " * 1_900_000 + b"</r>"
    packed = row(body, [])
    assert content(packed) == body
    assert len(packed["value"]) < 10_000
    words = exchanges.text({"method": "POST", "url": "/", "body": packed, "headers": []})
    assert len(words) < 10_000
    assert "[shortened here: 1900007 bytes in all, SHA-256 " in words
    assert words.endswith("the whole is in record.jsonl]")
    with pytest.raises(ValueError, match="not the length"):
        content({**packed, "length": 5})


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "no-such"])
def test_what_is_no_charset_is_not_decoded_by(name: str) -> None:
    with pytest.raises(LookupError):
        text_of(b"x", name)
