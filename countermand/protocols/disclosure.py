"""What a reply must not tell, in any form: what only an order's owner or a key's holder knows."""

from __future__ import annotations

import base64
import contextlib
import functools
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from countermand.document import Element, Unreadable, nested, parse
from countermand.model.exchange import Exchange, Reply
from countermand.model.secret import Masker

#: A shorter word is looked for as a word of its own alone: within others it would turn up by chance.
LONG = 12
#: So much of a key or a signature in a row is shown by nobody who does not know it: half of a signature.
PART = 16
#: And so many different characters in it: zeros, and a key of one letter, stand in ordinary replies.
DIFFERENT = 6
#: How prose says in which state an order is; "cannot be completed" and "your request was declined" do not.
PROSE = (
    r"\b(?:order|certificate|it|state|status)\b[\w '\"-]{{0,24}}?"
    r"(?:\b(?:is|was|has been|already)\b|[:=])\s*(?:already |now |still )?[\"']?{0}\b"
)
STATED = re.compile(r"stat(e|us)$", re.IGNORECASE)
CODED = re.compile(r"code$", re.IGNORECASE)
#: Nothing that was read is given back: no shorter name would do, and a reply of a megabyte would be read for hours.
HOST = re.compile(
    r"(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.(?=[a-z0-9]))++[a-z]{2,}+(?![\w.-]*[@/\w])", re.IGNORECASE
)


@dataclass(frozen=True)
class Known:
    """What only some know, and what it is called; of a state any word for it."""

    what: str
    word: str
    is_state: bool = False


def revealed(exchange: Exchange, masker: Masker) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a reply shows of that which its request guards, but for what the caller has sent itself.

    That is the names of all of it, and what is shown in part, as long as it stands there in a row. What masks the
    exchange looks through the reply in any case, and most show nothing to be masked.
    """
    if exchange.reply is None:
        return (), ()
    said, guarded = _text(_said(exchange.reply)), [Known(what, word) for what, word in exchange.request.guarded]
    parts = {fact: _parts(exchange, fact.word, said) for fact in guarded}
    whole = _disclosed(exchange, guarded, said, masker.with_secrets(exchange.secrets))
    facts = [*whole, *(fact for fact in guarded if parts[fact])]
    return tuple(dict.fromkeys(fact.what for fact in facts)), tuple(part for some in parts.values() for part in some)


def disclosed(exchange: Exchange, known: Iterable[Known]) -> list[Known]:
    """Return what a reply tells that its request has not named."""
    facts = list(known)
    masker = _masker([fact.word for fact in facts if not fact.is_state])
    return _disclosed(exchange, facts, _text(_said(exchange.reply)), masker) if exchange.reply is not None else []


def in_cookies(exchange: Exchange, known: Iterable[Known]) -> list[Known]:
    """Return what a reply's cookies tell that its request has not named; of a recorded reply nothing is known.

    Where a cookie goes and how long it lasts is not about an order.
    """
    pairs = (cookie.partition(";")[0].partition("=") for cookie in exchange.cookies)
    headers = tuple(
        field for name, _, value in pairs for spelt in _spellings(value) for field in _fields(name.strip(), spelt)
    )
    return disclosed(replace(exchange, reply=Reply(200, "", "", headers, b"")), known) if headers else []


def _spellings(value: str) -> Iterator[str]:
    """Give what a cookie says, as servers write it: percent-encoded, quoted, or in base64 before a signature."""
    plain = unquote(value).strip(' "')
    yield from dict.fromkeys((plain, unquote(plain.replace("+", " ")).replace("\\", "")))
    for part in plain.split("."):
        with contextlib.suppress(ValueError):  # what is none, or no text
            whole = part.rstrip("=").replace("-", "+").replace("_", "/")
            yield base64.b64decode(whole + "=" * (-len(whole) % 4), validate=True).decode("utf-8")


def _fields(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Give what a cookie says as headers would: each member of an object in JSON by its own name."""
    yield name, value
    if value.startswith("{"):
        with contextlib.suppress(ValueError, RecursionError):
            members = json.loads(value)
            yield from ((str(key), str(member)) for key, member in members.items())


def _disclosed(exchange: Exchange, known: Iterable[Known], said: str, masker: Masker) -> list[Known]:
    reply = exchange.reply
    facts = [fact for fact in known if fact.is_state or _is_telling(fact.word)]
    if reply is None or not facts:
        return []
    named = list(_named(reply)) if any(fact.is_state for fact in facts) else []
    raw = [reply.body, *_values(reply)]
    if not any(map(masker.spans, raw)):
        raw = []  # most replies show none of them
    shows = [
        fact for fact in facts if (_states(fact.word, said, named) if fact.is_state else _shows(fact.word, said, raw))
    ]
    sent = _sent(exchange) if shows else ""
    return [fact for fact in shows if fact.is_state or not _within(fact.word, sent)]


def _parts(exchange: Exchange, word: str, said: str) -> list[str]:
    """Return what a reply shows so much of in a row that nobody would write it by chance, and its request does not."""
    if not _is_telling(word) or not any(half.casefold() in said for half in _halves(word)):
        return []
    pieces = {at: word[at : at + PART] for at in range(len(word) - PART + 1)}
    there = {at: piece for at, piece in pieces.items() if piece.casefold() in said and _is_no_chance(piece)}
    sent = _sent(exchange) if there else ""
    starts = {at for at, piece in there.items() if piece.casefold() not in sent}
    runs = []
    for first in sorted(at for at in starts if at - 1 not in starts):
        last = next(at for at in itertools.count(first) if at + 1 not in starts)
        run = word[first : last + PART]
        # Of a word that repeats itself a reply may show every piece, and not the pieces in a row.
        runs += [run] if run.casefold() in said else [pieces[at] for at in range(first, last + 1)]
    return runs


def _halves(word: str) -> Iterator[str]:
    """Give so much of a word, one behind the other, that every part of it holds one of them whole."""
    size = PART // 2
    return (word[at : at + size] for at in range(0, len(word) - size + 1, size))


def _is_no_chance(part: str) -> bool:
    return len({*part.casefold()}) >= DIFFERENT and not any(letter.isspace() for letter in part)


def _sent(exchange: Exchange) -> str:
    headers = (value for _, value in exchange.request.headers)
    return _text([exchange.request.url, *headers, *_texts(exchange.request.body)])


def hosts(exchange: Exchange) -> set[str]:
    """Return the names of hosts that a reply tells and its request does not."""
    if exchange.reply is None:
        return set()
    sent = _text([exchange.request.url, *_texts(exchange.request.body)])
    return {name for name in HOST.findall(_text(_texts(exchange.reply.body, raw=False))) if name not in sent}


def _values(reply: Reply) -> list[bytes]:
    """Return the values of a reply's headers, as few texts: what looks like markup in one is no markup of others."""
    values = [value.encode("utf-8", "surrogateescape") for _, value in reply.headers]
    apart = any(b"<" in value for value in values)
    return values if apart else [b"\n".join(values)]


def _is_telling(word: str) -> bool:
    """Say whether a word that turns up must come from who knew it: "reseller" and "547" stand in ordinary replies."""
    return len(word) > 3 and not (word.isdecimal() and len(word) < 6) and not (word.isalpha() and word.islower())  # noqa: PLR2004


def _shows(word: str, said: str, raw: Iterable[bytes]) -> bool:
    """Say whether it stands there as it is, in hexadecimal, in base64, escaped, in another charset or in pieces.

    It is found wherever it would be masked.
    """
    return _within(word, said) or any(map(_masker([word]).spans, raw))


def _within(word: str, text: str) -> bool:
    pattern = re.escape(_text([word]))
    return re.search(pattern if len(word) >= LONG else rf"(?<![\w-]){pattern}(?![\w-])", text) is not None


def _masker(words: Iterable[str]) -> Masker:
    return _made(tuple(word for word in words if len(word) >= LONG))


@functools.lru_cache(maxsize=64)
def _made(words: tuple[str, ...]) -> Masker:
    return Masker(words)


def _states(word: str, said: str, named: Iterable[tuple[str, str]]) -> bool:
    """Say whether a reply tells a state: in an item that is called so, in a code, or in prose about the order."""
    form = r"[\s_-]?".join(map(re.escape, re.split(r"[\s_-]", word.casefold())))
    for name, value in named:
        if STATED.search(name) and re.fullmatch(form, value.strip().casefold()):
            return True
        if CODED.search(name) and re.search(
            rf"(?<![a-z]){form}(?![a-z])", re.sub(r"(?<=[a-z])(?=[A-Z])", ".", value).casefold()
        ):
            return True
    return re.search(PROSE.format(form), said) is not None


def _said(reply: Reply) -> list[str]:
    return [reply.reason, *(f"{name}: {value}" for name, value in reply.headers), *_texts(reply.body)]


def _texts(body: bytes, *, raw: bool = True) -> Iterator[str]:
    """Give a body as it is, and of a document what stands in it once it is read, comments and attributes included."""
    root = _document(body)
    if raw or root is None:
        yield body.decode("utf-8", "replace")
    if root is not None:
        yield "".join(root.itertext())
        yield " ".join(_apart(root))
        yield " ".join(str(value) for element in root.iter("*") for value in element.attrib.values())


def _apart(root: Element) -> Iterator[str]:
    """Give the text of each element with what is in it, and then of whatever else stands there."""
    yield from (words for _, words in nested(root))
    yield from (f"{node.text or ''} {node.tail or ''}" for node in root.iter() if not isinstance(node.tag, str))


def _named(reply: Reply) -> Iterator[tuple[str, str]]:
    """Give every value of a reply with its name: headers, attributes, and elements by their key or their name."""
    yield from reply.headers
    root = _document(reply.body)
    for element in root.iter("*") if root is not None else ():
        yield from ((str(name), str(value)) for name, value in element.attrib.items())
        yield element.get("key") or str(element.tag).rpartition("}")[2], element.text or ""


def _document(body: bytes) -> Element | None:
    try:
        return parse(body)
    except Unreadable:
        return None


def _text(words: Iterable[str]) -> str:
    return " ".join(" ".join(words).split()).casefold()
