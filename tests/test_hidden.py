"""No secret is shown to a reader of what a seller says, however it is written there.

What is found is starred out in its place.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

import pace
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Watched, rewritten, run, served

from countermand.document import parse
from countermand.guard import hidden
from countermand.model.secret import Masker
from countermand.provider import embedded
from countermand.provider.http import Request, Response

WORD = "correct-Horse-battery/1"


def references(word: str, form: str = "d") -> str:
    return "".join(f"&#{'' if form == 'd' else 'x'}{ord(letter):{form}};" for letter in word)


def split(word: str, between: str) -> str:
    return f"{word[:8]}{between}{word[8:15]}{between}{word[15:]}"


WAYS: dict[str, Callable[[str], str]] = {
    "decimal references": references,
    "hexadecimal references": lambda word: references(word, "x"),
    "references with noughts": lambda word: references(word, "09X"),
    "some references": lambda word: word[:4] + references(word[4:8]) + word[8:],
    "a reference to a reference": lambda word: references(word).replace("&", "&amp;"),
    "a comment": lambda word: split(word, "<!-- - -->"),
    "an instruction": lambda word: split(word, "<?pause now?>"),
    "CDATA": lambda word: f"<![CDATA[{word}]]>",
    "several CDATA": lambda word: f"<![CDATA[{split(word, ']]><![CDATA[')}]]>",
    "text and CDATA": lambda word: f"{word[:6]}<![CDATA[{word[6:]}]]>",
    "several elements": lambda word: split(word, "</item><item>"),
    "an attribute": lambda word: f'<a key="{references(word)}"/>',
    "capitals": str.upper,
    "small letters": str.lower,
    "percent": lambda word: "".join(f"%{ord(letter):02X}" for letter in word),
    "percent of references": lambda word: quote(references(word), safe=""),
    "hexadecimal": lambda word: word.encode().hex(),
    "hexadecimal, parted": lambda word: word.encode().hex(":").upper(),
    "base32": lambda word: base64.b32encode(word.encode()).decode(),
    "base32, further on": lambda word: base64.b32encode(b"key=" + word.encode() + b";").decode(),
    "base64 in lines": lambda word: "\n".join(
        re.findall(".{1,8}", base64.b64encode(b"k=" + word.encode() + b";").decode())
    ),
    "base64 of base64": lambda word: base64.b64encode(base64.b64encode(b"the key is " + word.encode())).decode(),
    "JSON": lambda word: "".join(f"\\u{ord(letter):04x}" for letter in word),
    "JSON in JSON": lambda word: json.dumps("".join(f"\\u{ord(letter):04X}" for letter in word)),
    "hexadecimal escapes": lambda word: "".join(f"\\x{ord(letter):02x}" for letter in word),
    "a letter a line": "\n".join,
    "quoted-printable": lambda word: "".join(f"={ord(letter):02X}" for letter in word),
    "lines that quoted-printable does not end": lambda word: split(word, "=\r\n"),
    "octal": lambda word: "".join(f"\\{ord(letter):03o}" for letter in word),
    "escapes of a style sheet": lambda word: "".join(f"\\{ord(letter):x} " for letter in word),
    "names of HTML": lambda word: word.replace("/", "&sol;").replace("-", "&#45;"),
    "characters without a width": "&#8203;".join,
    "backwards": lambda word: word[::-1],
    "decimal numbers": lambda word: ", ".join(str(byte) for byte in word.encode()),
    "binary numbers": lambda word: " ".join(f"{byte:08b}" for byte in word.encode()),
    "UTF-7": lambda word: "+" + base64.b64encode(word.encode("utf-16-be")).decode().rstrip("=") + "-",
    "UTF-7 in lines": lambda word: "\n".join(
        re.findall(".{1,8}", base64.b64encode(f"is {word}".encode("utf-16-be")).decode())
    ),
    "ascii85": lambda word: escape(base64.a85encode(b"k=" + word.encode() + b";").decode()),
    "base85": lambda word: escape(base64.b85encode(b"key" + word.encode() + b";").decode()),
    "hexadecimal of UTF-16": lambda word: word.encode("utf-16-be").hex(),
}


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "cp037"])
@pytest.mark.parametrize("way", WAYS)
def test_a_hidden_secret_is_starred_out_in_its_place_and_without_this_it_would_not_be(
    monkeypatch: pytest.MonkeyPatch, way: str, charset: str
) -> None:
    if (charset == "cp037" and "base64" in way) or (charset != "utf-8" and "85" in way):
        pytest.skip("a reader decodes it to text first, which nobody writes in EBCDIC, or in base85 of two bytes each")
    text = f'<?xml version="1.0" encoding="{charset}"?><r><item>before {WAYS[way](WORD)} after</item></r>'
    data = text.encode(charset)
    masked = Masker([WORD]).mask(data)
    assert len(masked) == len(data)
    shown = masked.decode(charset if charset != "cp037" else "latin-1")
    assert masked != data
    assert Masker([WORD]).spans(masked) == []
    if charset == "utf-8":
        assert "before " in shown
        assert " after" in shown
        assert parse(masked).tag == "r"
    monkeypatch.setattr(Masker, "_hidden", lambda *_: [])
    plainly = {"CDATA", "UTF-7", "ascii85", "base85", "percent of references", "hexadecimal", "several elements"}
    assert way in plainly or Masker([WORD]).mask(data) == data


@pytest.mark.parametrize(
    "written", ["HUNTR-2", "&#72;untr-2", "<![CDATA[hun]]><![CDATA[tR-2]]>", '<a b="hu&#x4E;tr-2"/>']
)
def test_a_short_secret_is_found_where_nothing_stands_between(written: str) -> None:
    assert b"*" in Masker(["hunTr-2"]).mask(f"a {written} b".encode())
    assert b"*" not in Masker(["hunTr-2"]).mask(b"hunt, <b>r</b>-2")


@given(st.text(st.sampled_from("<>!-?[]&#x0;\\u%4aA= \n"), max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_whatever_is_read_keeps_its_length_and_what_is_not_found(data: bytes) -> None:
    both = data + f" x{references(WORD)}x ".encode() + data
    masked = Masker([WORD]).mask(both)
    assert len(masked) == len(both)
    assert Masker([WORD]).mask(data) == data


class Hiding(Watched):
    """Hides a secret in every reply: in its body, in the value of a header, and in the name of one."""

    key = "Xa9-secret-of-the-buyer-7"

    def altered(self, request: Request, response: Response) -> Response:  # noqa: ARG002 - whatever it is
        slips = " ".join(
            WAYS[way](self.key) for way in WAYS if "<" not in WAYS[way]("x" * 20) or way in {"a comment", "CDATA"}
        )
        said = re.sub("<[?!]", "< !", slips).replace("--", "- -")
        name = (f"X-{self.key}", "1")
        return replace(
            response,
            body=response.body.rstrip() + f"<!-- {said} -->".encode(),
            headers=(*response.headers, name, ("X-Told", references(self.key))),
        )


@given(st.lists(st.sampled_from([*map(bytes, zip(hidden.IGNORED)), b"\0", b"a", b"\xff"])).map(b"".join))
def test_what_is_left_out_at_once_is_what_its_pattern_finds(data: bytes) -> None:
    alone = [layer for way in hidden.JOINED for layer in way if layer.alone]
    assert len(set(alone)) > 1
    for layer in alone:
        assert layer.read(data) == layer.pattern.sub(layer.write, data)


def test_a_seller_that_hides_our_secret_everywhere_withholds_nothing(tmp_path: Path) -> None:
    with served("opensrs", tmp_path / "seller", Hiding(embedded.SELLERS["opensrs"]())) as target:
        path = rewritten(target, ('"embedded-opensrs"', '"staging"'))
        path.write_text(
            path.read_text(encoding="utf-8") + f'\n[unknown_buyer]\nusername = "nobody"\napi_key = "{Hiding.key}"\n',
            encoding="utf-8",
        )
        done = run(tmp_path, f"--target={path}", "-m", "OSRS-CAN-01", "-v")
    assert done.code == 0, done.said
    rows = [json.loads(line) for line in (done.reports / "record.jsonl").read_text(encoding="utf-8").splitlines()]
    headers = [name for row in rows for exchange in row["exchanges"] for name, _ in exchange["reply"]["headers"]]
    assert any(re.fullmatch(r"x-\*+", name.lower()) for name in headers)
    masker = Masker([Hiding.key])
    for report in done.reports.rglob("*.*"):
        if report.name != "results.json":
            assert masker.spans(report.read_bytes()) == [], report


@pytest.mark.parametrize("between", ["\u200b", "\u00ad", "\u2060", "\ufe0f", "\u034f", "\u202e"])
def test_what_a_reader_does_not_see_hides_no_secret(between: str) -> None:
    data = f"<r>before {between.join(WORD)} after</r>".encode()
    masked = Masker([WORD]).mask(data)
    assert masked.decode().replace(between, "").replace("*", "").replace("-", "") == "<r>before  after</r>"
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in WORD)
    shown = Masker([WORD]).mask(f"<r>{wide}</r>".encode()).decode()
    assert shown.replace("\uff0d", "").replace("*", "") == "<r></r>"  # hyphens stand between words


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_body_that_shows_a_secret_is_not_kept(pack: Callable[[bytes], bytes]) -> None:
    """A coding that nobody has named is left as it came: whoever reads the record unpacks it."""
    packed, other = pack(f"<r>{WORD}</r>".encode()), pack(b"<r>nothing</r>")
    assert Masker([WORD]).mask(packed) == b"*" * len(packed)
    assert Masker([WORD]).mask(other) == other
    assert Masker([WORD]).mask(b"<r>" + base64.b64encode(packed) + b"</r>").startswith(b"<r>****")
    assert WORD not in packed.decode("latin-1")  # nothing in it looks like one


def test_what_is_packed_is_read_as_far_as_any_program_reads_it() -> None:
    whole = gzip.compress(f"<r>{WORD}</r>".encode())
    wrong = whole[:-8] + bytes(8)  # the sum at its end
    narrow = zlib.compressobj(wbits=12)
    written = {
        "a wrong sum": wrong,
        "cut off": whole[:-6],
        "behind another": gzip.compress(b"nothing") + whole,
        "a narrow window": narrow.compress(f"<r>{WORD}</r>".encode()) + narrow.flush(),
        "behind much": gzip.compress(bytes(2**20) + WORD.encode()),
    }
    kept = {what for what, data in written.items() if Masker([WORD]).mask(data) != b"*" * len(data)}
    assert kept == set()
    assert Masker([WORD]).mask(b"x^ is no packed text") == b"x^ is no packed text"


def test_gzip_that_holds_itself_is_looked_at_once() -> None:
    bomb = gzip.compress(gzip.compress(bytes(2**26)))
    with pace.at_most(50):
        assert Masker([WORD]).mask(bomb) == bomb
