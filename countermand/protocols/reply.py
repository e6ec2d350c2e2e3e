"""The document within a reply, read by its label."""

from __future__ import annotations

import functools
import re

from countermand.document import Element, Unreadable, parse
from countermand.model.exchange import Reply

#: Bytes up to which replies are kept as they were read: a run looks at each of some 300 a hundred times.
SHORT = 2**14


def read_xml(reply: Reply) -> Element:
    """Read a reply's document by its label, which nobody changes; raises document.Unreadable."""
    body = reply.body
    return (_parsed_long if len(body) > SHORT else _parsed)(body, charset(reply))


@functools.lru_cache(maxsize=512)
def _parsed(body: bytes, charset: str | None) -> Element:
    return parse(body, charset)


@functools.lru_cache(maxsize=2)
def _parsed_long(body: bytes, charset: str | None) -> Element:
    return parse(body, charset)


def charset(reply: Reply) -> str | None:
    """Return the charset of a reply's Content-Type."""
    return _charset(reply.content_type)


@functools.lru_cache(maxsize=64)
def _charset(label: str) -> str | None:
    match = re.search(r"""charset\s*=\s*["']?([^\s"';]+)""", label, re.IGNORECASE)
    return match[1] if match else None


def try_xml(reply: Reply) -> Element | None:
    """Read a reply's document, or nothing."""
    try:
        return read_xml(reply)
    except Unreadable:
        return None


def number(words: str) -> int:
    """Return a number of decimal digits, of which nine tell as well as a million whether it is a large one."""
    return int(words.lstrip("0")[:9] or "0")
