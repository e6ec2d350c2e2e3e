"""No secret is shown: not where we write it, not where a seller echoes it, in no encoding.

Where masking fails, the scan bites.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pace
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from running import Told, Watched, rewritten, run, served

from countermand.model.encodings import SHORTEST, encodings
from countermand.model.needles import DEAR, PIECE
from countermand.model.secret import Masker, Secret
from countermand.provider import embedded
from countermand.provider.http import Request, Response
from countermand.report import leaks
from countermand.targetfile import load

WORDS = (
    "correct-horse-battery",
    "short1",
    'with "quotes" & <angles>',
    "pässwörd €",
    "back\\slash/and+plus=%",
    "0123456789abcdef" * 7,
)
WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "XML": lambda word: escape(word).encode(),
    "XML attribute": lambda word: escape(word, {'"': "&quot;", "'": "&apos;"}).encode(),
    "HTML": lambda word: html.escape(word).encode(),
    "JSON": lambda word: json.dumps(word).encode(),
    "JSON, not ASCII": lambda word: json.dumps(word, ensure_ascii=False).encode(),
    "XML in JSON": lambda word: json.dumps(escape(word)).encode(),
    "JSON in JSON": lambda word: json.dumps(json.dumps(word)).encode(),
    "URL": lambda word: quote(word, safe="").encode(),
    "URL, lower case": lambda word: re.sub("%..", lambda code: code[0].lower(), quote(word, safe="")).encode(),
    "form": lambda word: quote_plus(word).encode(),
    "UTF-16 LE": lambda word: word.encode("utf-16-le"),
    "UTF-16 BE": lambda word: word.encode("utf-16-be"),
    "hexadecimal": lambda word: word.encode().hex().encode(),
    "base64": lambda word: base64.b64encode(word.encode()),
    "base64, one byte on": lambda word: base64.b64encode(b"x" + word.encode() + b"yz"),
    "base64, two bytes on": lambda word: base64.b64encode(b"xy" + word.encode() + b"z"),
    "base64 for URLs": lambda word: base64.urlsafe_b64encode(word.encode()),
    "base64 of UTF-16": lambda word: base64.b64encode(word.encode("utf-16-le")),
    "base64 of JSON": lambda word: base64.b64encode(json.dumps(word).encode()),
    "Markdown": lambda word: re.sub(r"([\\`*_\[\]<>|#&])", r"\\\1", word).encode(),
}
HOSTED = "the-seller-says-it-back"


def pem() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


PEM = pem()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", WORDS)
def test_a_secret_is_masked_in_every_encoding(word: str, way: str) -> None:
    data = b"before " + WAYS[way](word) + b" after, and " + WAYS[way](word)
    masker = Masker([word])
    masked = masker.mask(data)
    assert len(masked) == len(data)
    assert masker.within(data)
    assert not masker.within(masked)
    assert masked.startswith(b"before ")
    assert not leaks.shows(masked, masker)


@given(
    st.text(st.characters(codec="utf-8"), min_size=SHORTEST, max_size=80),
    st.binary(max_size=50),
    st.binary(max_size=50),
)
@settings(max_examples=60, deadline=None)
def test_a_secret_is_found_wherever_it_stands(word: str, before: bytes, after: bytes) -> None:
    masker = Masker([word])
    assume(masker.own)  # it is no word of our own reports
    data = before + word.encode() + after
    assert masker.within(data)
    assert leaks.shows(b"xx " + base64.b64encode(data * 2) + b" yy", masker)
    assert word.encode() not in masker.mask(data) or set(word) <= {"*"}


@pytest.mark.parametrize("before", [b"", b"x", b"xy", b"xyz"], ids=len)
@pytest.mark.parametrize("word", ["correct-horse", "correct-horses", "correct-horsemen"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_masked_up_to_its_end(word: str, before: bytes, encode: Callable[[bytes], bytes]) -> None:
    """The last character of a word that is no multiple of three bytes long is made of that word alone."""
    masked = Masker([word]).mask(encode(before + word.encode()))
    assert re.fullmatch(rb".{,4}[*]+=*", masked), masked


@pytest.mark.parametrize("offset", range(PIECE + 1))
def test_a_long_secret_is_found_at_every_offset(offset: int) -> None:
    word = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
    masker = Masker([word])
    for _ in range(2):  # form by form, and then by pieces
        assert masker.within(b"." * offset + word.encode())
        assert not masker.within(b"." * DEAR)


KEY = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("texts", "masked"),
    [
        (["X-Note", KEY], ["X-Note", "*" * 64]),
        (["X-Half", KEY[:32], KEY[32:]], ["X-Half", "*" * 32, "*" * 32]),
        (["X-Open", "a < b <!-- ", "X-Note", KEY], ["X-Open", "a < b <!-- ", "X-Note", "*" * 64]),
        (["é", KEY, "", "é"], ["é", "*" * 64, "", "é"]),
        ([], []),
    ],
    ids=["in one", "cut up among two", "after markup that never ends", "between letters of two bytes", "none"],
)
def test_texts_are_masked_each_in_its_place(texts: list[str], masked: list[str]) -> None:
    assert Masker([KEY]).texts(texts) == masked


@pytest.mark.parametrize("write", [base64.b64encode, base64.urlsafe_b64encode, base64.b32encode, bytes])
@pytest.mark.parametrize("before", [b"", b"ab"])
def test_a_digest_is_masked_as_the_bytes_it_stands_for(write: Callable[[bytes], bytes], before: bytes) -> None:
    digest = hashlib.sha256(b"a key").digest()[:16]
    data = b"Signature: " + (write(digest) if write is base64.b32encode else write(before + digest))
    masked = Masker([digest.hex()]).mask(data)
    assert (len(masked), masked.count(b"*") >= 16) == (len(data), True), masked
    assert Masker(["not-in-hexadecimal-at-all"]).mask(data) == data
    plain = b"\0" * 64 + b" " * 64 + b"A" * 64
    assert Masker(["0" * 32, "20" * 16]).mask(plain) == plain  # what nobody has to know to write it


def test_every_line_of_a_private_key_is_a_secret() -> None:
    masker = Masker([PEM])
    for line in PEM.splitlines()[1:-2]:
        assert b"*" * 64 in masker.mask(f"x {line} y".encode())
    joined = "".join(PEM.splitlines()[1:-1])
    wrapped = "\n".join(joined[at : at + 76] for at in range(0, len(joined), 76))
    for data in (
        joined.encode(),
        wrapped.encode(),
        base64.b64decode(joined),
        PEM.replace("\n", "\r\n").encode(),
        base64.b64encode(PEM.encode()),
    ):
        assert leaks.shows(data, masker)
    assert not leaks.shows(b"-----BEGIN PRIVATE KEY-----", masker)


def test_a_message_shows_no_part_of_a_secret_it_has_cut() -> None:
    word = "correct-horse-battery-staple"
    said = Masker([word]).message(f"received '<key>{word[:17]}...', expected correct-h")
    assert said == f"received '<key>{'*' * 17}...', expected correct-h"


def test_a_word_too_short_is_counted_and_not_searched_for() -> None:
    masker = Masker(["abc", "correct-horse"])
    assert masker.short == 1
    assert masker.text("abc correct-horse") == "abc *************"
    assert leaks.unsearched([masker]) == [
        (
            "a secret has fewer than 6 characters, or is a word of our own reports: "
            "masked where the suite writes it, not searched for"
        )
    ]
    assert leaks.unsearched([Masker(["correct-horse"])]) == []


@pytest.mark.parametrize("word", ["cancel", "Secret", "password", "reseller", "response_text", "order_id"])
def test_a_word_of_our_own_reports_is_counted_and_not_searched_for(word: str) -> None:
    masker = Masker([word])
    assert (masker.short, masker.words) == (1, [])
    assert not leaks.shows(f"a {word}".encode(), masker)


def test_a_secret_shows_itself_to_the_wire_alone() -> None:
    secret = Secret("correct-horse")
    assert "horse" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "correct-horse"


def test_the_encodings_of_a_plain_word_are_few() -> None:
    assert len(encodings("correct-horse-battery")) < 60


def test_a_whole_run_is_scanned_in_no_time(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b'd("data/a","' + base64.b64encode(os.urandom(3_000_000)) + b'")')
    (tmp_path / "allure-results").mkdir()
    for _ in range(400):
        (tmp_path / "allure-results" / f"{uuid.uuid4()}-result.json").write_bytes(
            b'{"name": "cancelOrder", "body": "' + b"<a>text</a>" * 300 + b'"}'
        )
    masker = Masker([PEM, pem(), pem(), *WORDS])
    masker.within(b"")
    with pace.at_most(10):
        assert leaks.withhold(tmp_path, 0, masker) == []


def test_only_what_the_run_has_written_is_withheld(tmp_path: Path) -> None:
    masker = Masker([WORDS[0]])
    old, new, deep = (
        tmp_path / "junit.xml",
        tmp_path / "record.jsonl",
        tmp_path / "allure-results" / f"{uuid.uuid4()}-attachment.html",
    )
    deep.parent.mkdir()
    own = [tmp_path / "target.toml", tmp_path / "allure-results" / "notes.txt", tmp_path / "targets" / "results.json"]
    (tmp_path / "targets").mkdir()
    for path in own:  # somebody has them there, and has just written them
        path.write_bytes(WORDS[0].encode())
    page = base64.b64encode(b'{"body": "' + base64.b64encode(WORDS[0].encode()) + b'"}')
    for path, data in {old: WORDS[0].encode(), new: WORDS[0].encode(), deep: b'd("data/a","' + page + b'")'}.items():
        path.write_bytes(data)
    os.utime(old, (1000, 1000))
    assert leaks.withhold(tmp_path, time.time() - 60, masker) == [new, deep]
    assert old.exists()
    assert all(path.exists() for path in own)


class Echo(Watched):
    """Says in every reply what a buyer's program may have let slip, and the signature it was sent."""

    slips: tuple[str, ...] = ()

    def altered(self, request: Request, response: Response) -> Response:
        signature = request.headers.get("x-signature", "none").encode()
        said = (
            b"<?echo "
            + b" ".join(slip.encode() for slip in self.slips)
            + b" "
            + signature
            + b" "
            + signature.upper()
            + b" ?>"
        )
        hidden = (
            "X-Echo",
            base64.b64encode(b"".join(slip.encode() for slip in self.slips if "\n" not in slip)).decode(),
        )
        return replace(
            response,
            body=response.body.rstrip() + said,
            headers=(*response.headers, hidden, ("X-Signed", signature.decode())),
        )


@pytest.fixture
def echoing(tmp_path: Path) -> Callable[..., tuple[Told, Masker, Echo]]:
    """Run the suite against a seller that echoes every secret it could know."""

    def echoed(api: str, *arguments: str, clauses: str) -> tuple[Told, Masker, Echo]:
        seller = Echo(embedded.SELLERS[api]())
        with served(api, tmp_path / "seller", seller) as target:
            path = rewritten(target, (f'"embedded-{api}"', '"staging"'))
            if api == "ala":
                path.write_text(
                    path.read_text(encoding="utf-8").replace(
                        "[buyer]\n", '[buyer]\npassphrase = "correct-horse-battery"\n'
                    ),
                    encoding="utf-8",
                )
            target_read = load(path)
            seller.slips = tuple(target_read.secrets)
            done = run(tmp_path, f"--target={path}", "-m", clauses, *arguments)
        return done, target_read.masker(), seller

    return echoed


CLAUSES = {"ala": "ALA-CAN-01 or ALA-REQ-11 or ALA-FLT-01", "opensrs": "OSRS-CAN-01 or OSRS-REQ-01 or OSRS-SIG-01"}
UNMASKED = """
from countermand.model.secret import Masker
Masker.mask = lambda self, data: data
Masker.text = Masker.message = lambda self, words: words
"""


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_what_a_seller_echoes_is_in_no_output(echoing: Callable[..., tuple[Told, Masker, Echo]], api: str) -> None:
    done, masker, seller = echoing(api, "-v", clauses=CLAUSES[api])
    assert done.code in {0, 10}, done.said
    assert len(seller.slips) >= 2
    written = {request.headers.get("x-signature", "") for request in seller.asked} - {""}
    signatures = {signature for signature in written if signature.isascii()}  # what no key has made is no secret
    everything = {path: path.read_bytes() for path in done.reports.rglob("*") if path.is_file()} | {
        Path("terminal"): done.said.encode()
    }
    assert len(everything) > 5
    for path, data in everything.items():
        assert not leaks.shows(data, masker), path
        assert not leaks.shows(data, Masker(signatures)), path
    assert any(b"*" * 20 in data for data in everything.values())
    assert (api == "opensrs") == bool(signatures)


@pytest.mark.parametrize("api", ["ala", "opensrs"])
def test_with_the_masking_off_the_scan_withholds_what_shows_a_secret(
    echoing: Callable[..., tuple[Told, Masker, Echo]], tmp_path: Path, api: str
) -> None:
    (tmp_path / "unmasked.py").write_text(UNMASKED, encoding="utf-8")
    done, masker, _ = echoing(api, "-p", "unmasked", clauses=CLAUSES[api])
    assert done.code == 12, done.said
    assert "withheld, since a secret was found in it: " in done.said
    left = [path for path in done.reports.rglob("*") if path.is_file()]
    assert "record.jsonl" not in {path.name for path in left}
    assert not any(path.suffix == ".httpexchange" for path in left)
    for path in left:
        assert not leaks.shows(path.read_bytes(), masker), path
    assert done.results["verdict"] == "not tested"  # whatever was seen: nothing of it is shown
    assert sum(done.results["counts"].values()) > 0


def test_a_secret_in_a_name_costs_the_names(tmp_path: Path) -> None:
    (tmp_path / "unmasked.py").write_text(UNMASKED, encoding="utf-8")
    with served("opensrs", tmp_path / "seller") as target:
        path = rewritten(target, ('"embedded-opensrs"', f'"{HOSTED}"'))
        path.write_text(
            path.read_text(encoding="utf-8") + f'\n[unknown_buyer]\nusername = "nobody"\napi_key = "{HOSTED}"\n',
            encoding="utf-8",
        )
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-CAN-01", "-p", "unmasked")
    assert done.code == 12
    assert [target["name"] for target in done.results["targets"]] == ["withheld"]
    assert done.results["clauses"] == []
    assert done.results["verdict"] == "not tested"


TALKATIVE = """
def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line("the key is the-seller-says-it-back")
"""


@pytest.mark.parametrize("masked", [True, False])
def test_what_goes_to_the_terminal_is_masked_and_scanned(tmp_path: Path, *, masked: bool) -> None:
    (tmp_path / "talkative.py").write_text(TALKATIVE if masked else TALKATIVE + UNMASKED, encoding="utf-8")
    with served("opensrs", tmp_path / "seller") as target:
        path = rewritten(target, ('"embedded-opensrs"', '"staging"'))
        path.write_text(
            path.read_text(encoding="utf-8") + f'\n[unknown_buyer]\nusername = "nobody"\napi_key = "{HOSTED}"\n',
            encoding="utf-8",
        )
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-CAN-01", "-p", "talkative")
    assert (HOSTED in done.said) is not masked
    assert ("a secret was found in what was written to the terminal" in done.said) is not masked
    assert done.code == (0 if masked else 12)


def test_a_secret_too_short_to_search_for_is_told(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller") as target:
        path = rewritten(target, ('"embedded-opensrs"', '"staging"'))
        path.write_text(
            path.read_text(encoding="utf-8") + '\n[unknown_buyer]\nusername = "nobody"\napi_key = "abc"\n',
            encoding="utf-8",
        )
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-CAN-01")
    words = (
        "a secret has fewer than 6 characters, or is a word of our own reports: "
        "masked where the suite writes it, not searched for"
    )
    assert words in done.results["notes"]
    assert words in done.said


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", "\ufeff", "<a>"])
def test_a_word_in_utf_16_leaves_its_neighbours_as_they_are(charset: str, before: str) -> None:
    data = f"{before}>s3cr3t-word-771<".encode(charset)
    masked = Masker(["s3cr3t-word-771"]).mask(data)
    neighbours = f"{before}>".encode(charset), "<".encode(charset)
    assert (masked[: len(neighbours[0])], masked[-2:]) == neighbours
    assert set(masked[len(neighbours[0]) : -2]) == {ord("*")}
