"""Documents that are almost right."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

#: What has broken readers before: endless, empty, nested, not a number, not text, from another language.
NASTY: Sequence[bytes] = (
    *(
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xf4\x90\x80\x80",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\r",
        b"\n",
        b"\x1b[2J",
        b"\x85",
    ),
    *(
        b"inf",
        b"nan",
        b"-1",
        b"1e999",
        b"9" * 5000,
        b"0x" + b"f" * 5000,
        b"-0.0",
        b"null",
        b"true",
        b"{}",
        b"[]",
        b'""',
        b"'''",
        b'"""',
    ),
    *(
        b"[" * 3000,
        b"{" * 3000,
        b'{"a":' * 3000,
        b"a." * 3000,
        b"(" * 3000,
        b"<a>" * 3000,
        b"&x;",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]>",
    ),
    *(
        b"../../../etc/passwd",
        b"~nobody-here/x",
        b"/dev/zero",
        b"x" * 5000,
        b"\\u0000",
        b"\\ud800",
        b"%00",
        b"&#0;",
        b"]]>",
        b"-->",
    ),
    *(
        b"https://",
        b"https://[",
        b"http://",
        b"https://a:b@c:99999",
        b"=",
        b"#",
        b",",
        b":",
        b"<",
        b">",
        b'"',
        b"'",
        b"\\",
        b"::error::",
    ),
)


#: Values that no key expects, as TOML writes them.
ODD = (
    *(
        "9" * 5000,
        "[" * 3000,
        "0x" + "f" * 4000,
        "inf",
        "-inf",
        "nan",
        "1e400",
        "true",
        "[]",
        "{}",
        '""',
        "1979-05-27",
        "07:32:00",
    ),
    *("-1", "0", '"\\u0000"', "9" * 30, '"https://["', '"../x"', '"~nobody-here"', '"/dev/zero"'),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters='"\\\n\r\0'), max_size=30)
VALUES = st.one_of(
    st.sampled_from(ODD),
    st.integers().map(str),
    st.floats().map(str),
    TEXTS.map(lambda text: f'"{text}"'),
    TEXTS.map(lambda text: f"'{text}'"),
)


#: Where something stands that can be exchanged for something else: a value, a text, an attribute, a number.
PLACES = re.compile(rb"""[=:>,\[]\s*("[^"\n]*"|[^\s<>,"{}\[\]]+)""")


@st.composite
def mangled(draw: st.DrawFn, genuine: bytes) -> bytes:
    """Draw a document in which a few things were put in, taken out, doubled or exchanged."""
    data = bytearray(genuine)
    for _ in range(draw(st.integers(0, 4))):
        places = [found.span(1) for found in PLACES.finditer(data)]
        if bool(places) and draw(st.sampled_from([True, True, False])):
            start, end = draw(st.sampled_from(places))
            data[start:end] = draw(st.sampled_from([*(odd.encode() for odd in ODD), *NASTY]))
        else:
            start = draw(st.integers(0, len(data)))
            end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 8, 64, 1024])))
            data[start:end] = draw(
                st.one_of(st.sampled_from(NASTY), st.binary(max_size=8), st.just(bytes(data[start:end]) * 2))
            )
    if draw(st.sampled_from([True] + [False] * 9)):
        data = data[: draw(st.integers(0, len(data)))]
    return bytes(data)


def documents(*genuine: bytes) -> st.SearchStrategy[bytes]:
    """Draw what is right, what is almost right, and what is nothing of the kind."""
    return st.one_of(st.sampled_from(genuine).flatmap(mangled), st.binary(max_size=200))


@st.composite
def target_files(draw: st.DrawFn, lines: Sequence[str]) -> bytes:
    """Draw a target file that is TOML for the most part, some of its values replaced."""
    kept = []
    for line in lines:
        key, sign, _ = line.partition(" = ")
        what = draw(st.sampled_from(["as it is"] * 30 + ["another"] * 3 + ["gone", "twice"]))
        kept += {
            "as it is": [line],
            "gone": [],
            "twice": [line, line],
            "another": [f"{key} = {draw(VALUES)}" if sign else line],
        }[what]
    return "\n".join(kept).encode("utf-8", "replace")
