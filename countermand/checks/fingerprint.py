"""What an answer comes to, names of messages and times left out, so that two can be compared."""

from __future__ import annotations

import re

from countermand.document import Element, children, leaves, local, text
from countermand.document import parse as parse_xml
from countermand.model.exchange import Exchange
from countermand.protocols.answer import Answer
from countermand.protocols.reply import try_xml

#: Fields that differ between any two messages.
PASSING = frozenset({"messageId", "correlationId", "sentAt", "timestamp", "transaction_id"})
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
NUMBER = re.compile(r"\d{3,}")

Fingerprint = tuple[int, tuple[tuple[str, str], ...]]


def fingerprint(answer: Answer, *, numbers: bool = False) -> Fingerprint | None:
    """Return status, names and words of a reply.

    Times and what the request said are taken out, and numbers unless they are wanted.
    """
    reply = answer.exchange.reply
    if reply is None:
        return None
    root = try_xml(reply)
    if root is None:
        return reply.status, (("", reply.body.decode("utf-8", "replace")[:200]),)
    sent = _sent(answer.exchange)
    return reply.status, tuple(
        (name, _plain(words, sent, numbers=numbers))
        for name, words in _words(root)
        if name.rpartition("/")[2] not in PASSING
    )


def without_codes(mark: Fingerprint) -> set[tuple[str, str]]:
    """Return the names and words of a fingerprint, codes left out."""
    return {
        (name, words)
        for name, words in mark[1]
        if "code" not in name.rpartition("/")[2].lower() and not words.isdecimal()
    }


def contradicts(mark: Fingerprint | None, other: Fingerprint | None) -> bool:
    """Say whether two answers have another status, or another word in a field that both have.

    In which order fields stand, and what is said in sentences, may differ.
    """
    if mark is None or other is None or mark[0] != other[0]:
        return mark != other
    first, second = ({(name, words) for name, words in each[1] if " " not in words} for each in (mark, other))
    both = {name for name, _ in first} & {name for name, _ in second}
    return any(name in both for name, _ in first ^ second)


def beyond(more: set[tuple[str, str]], allowed: Fingerprint, again: Fingerprint | None) -> set[tuple[str, str]]:
    """Return of what is told more the part that is not new with every answer, as the number of an incident is.

    Two answers to one question tell how many words of a field are.
    """
    known, other = _by_name(without_codes(allowed)), _by_name(without_codes(again or allowed))
    return {
        (name, words)
        for name, words in more
        if len({*words.split()} - known.get(name, set())) > len(other.get(name, set()) - known.get(name, set()))
    }


def _by_name(leaves: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the words of every field."""
    by_name: dict[str, set[str]] = {}
    for name, words in leaves:
        by_name.setdefault(name, set()).update(words.split())
    return by_name


def _words(root: Element) -> list[tuple[str, str]]:
    """Return every leaf by name: its local name, or its key where it has one."""
    return [
        (element.get("key") or local(element), " ".join(text(element).split()))
        for element in root.iter("*")
        if not children(element)
    ]


def _sent(exchange: Exchange) -> list[str]:
    """Return the values of the request, longest first."""
    try:
        values = {place.text for place in leaves(parse_xml(exchange.request.body))}
    except ValueError:
        values = set()
    return sorted((value for value in values if len(value) > 2), key=len, reverse=True)  # noqa: PLR2004 - "1" stands everywhere


def _plain(words: str, sent: list[str], *, numbers: bool) -> str:
    for value in sent:  # whatever case a seller writes it in
        words = re.sub(re.escape(value), "?", words, flags=re.IGNORECASE)
    words = TIME.sub("?", words)
    return words if numbers else NUMBER.sub("?", UUID.sub("?", words))
