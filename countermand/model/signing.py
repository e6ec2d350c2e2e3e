"""How a request of OpenSRS is signed by hand, rightly and as nobody may: lines of a shell, by how it was signed."""

from __future__ import annotations

from types import MappingProxyType

from countermand.model.api import Signed

_MD5 = 'openssl md5 -r | cut -d" " -f1'
_OTHER = "tr 0-9a-f fedcba9876543210"
_OUTER = f'SIGNATURE=$(printf %s%s "$INNER" "$OPENSRS_KEY" | {_MD5})'


def _of(words: str) -> tuple[str, ...]:
    """Sign what a command prints."""
    return f'INNER=$({{ {words}; printf %s "$OPENSRS_KEY"; }} | {_MD5})', _OUTER


def _digit(place: int) -> tuple[str, ...]:
    """Sign rightly, and put another digit in one place."""
    spoilt = f'$(printf %s "$SIGNATURE" | cut -c {place} | {_OTHER})'
    before = f'"$(printf %s "$SIGNATURE" | cut -c 1-{place - 1})"' if place > 1 else '""'
    return *_GOOD, f'SIGNATURE={before}"{spoilt}""$(printf %s "$SIGNATURE" | cut -c {place + 1}-)"'


def _made(expression: str) -> tuple[str, ...]:
    """Sign what an expression of Python makes of the body."""
    program = f"import re, sys; body = sys.stdin.buffer.read(); sys.stdout.buffer.write({expression})"
    return _of(f"python3 -c '{program}' < {{file}}")


def _part(name: str) -> tuple[str, ...]:
    """Sign an element of the body alone."""
    return _made(f're.search(rb"(?s)<{name}>.*</{name}>", body)[0]')


def _altered(command: str) -> tuple[str, ...]:
    """Sign rightly, and send the signature through a command."""
    return *_GOOD, f'SIGNATURE=$(printf %s "$SIGNATURE" | {command})'


_GOOD = _of("cat {file}")
_BUT_THE_LAST = _of('head -c "$(($(wc -c < {file}) - 1))" {file}')
SIGNED = Signed(
    header="x-signature",
    key="OPENSRS_KEY",
    ways=MappingProxyType(
        {
            "good": _GOOD,
            "wrong": _altered(_OTHER),
            "made with another key": ('OPENSRS_KEY="$(printf %s "$OPENSRS_KEY" | rev)0"', *_GOOD),
            "made for another body": _of("cat {file}; echo"),
            "in upper case": _altered("tr a-f A-F"),
            "too short": _altered("cut -c 1-16"),
            "wrong in its first digit": _digit(1),
            "wrong in its last digit": _digit(32),
            "wrong in a middle digit": _digit(16),
            "too long": (*_GOOD, 'SIGNATURE="$SIGNATURE"0'),
            "made with a single digest": (_GOOD[0], 'SIGNATURE="$INNER"'),
            "made without a key": (f"INNER=$(cat {{file}} | {_MD5})", f'SIGNATURE=$(printf %s "$INNER" | {_MD5})'),
            **{f"made with the key {key}": (f"OPENSRS_KEY={key}", *_GOOD) for key in ("undefined", "null", "None")},
            "empty": (),
            "of letters that are no digits": _altered("tr 0-9a-f g-v"),
            "made without the line behind the body": _BUT_THE_LAST,
            "made without the NUL byte behind the body": _BUT_THE_LAST,
            "made for the body with other line ends": _of(r"tr -d '\r' < {file}"),
            "made for the envelope alone": _part("OPS_envelope"),
            "made for the data block alone": _part("data_block"),
            "made for an empty body": _of(":"),
            "made for the body without blanks between tags": _made(r're.sub(rb">\s+<", b"><", body)'),
            "of letters beyond ASCII": (f"SIGNATURE={32 * chr(0xE9)}",),
            "an HMAC-MD5 of the body": (
                'SIGNATURE=$(openssl dgst -md5 -hmac "$OPENSRS_KEY" -r {file} | cut -d" " -f1)',
            ),
            "made of the user and the key alone": (
                f'SIGNATURE=$(printf %s%s "$OPENSRS_USER" "$OPENSRS_KEY" | {_MD5})',
            ),
            "made of the body alone": (f"SIGNATURE=$(cat {{file}} | {_MD5})",),
            "made with the user's name as key": ('OPENSRS_KEY="$OPENSRS_USER"', *_GOOD),
            "of zeros alone": (f"SIGNATURE={32 * '0'}",),
            "made without the comment in the body": _made('re.sub(rb"<!-- a comment -->", b"", body)'),
            "made without the blank lines before the body": _made(r'body.lstrip(b"\r\n")'),
            "made without the byte order mark before the body": _of("tail -c +4 {file}"),
            "made for the body in other quotes": _made(r'body.translate(bytes.maketrans(b"\x22\x27", b"\x27\x22"))'),
            "made for the text of the body in UTF-8": _made('body.decode("utf-16").encode()'),
        }
    ),
)
