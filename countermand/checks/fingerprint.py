"""What an answer comes to, names of messages and times left out, so that two can be compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

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
#: Characters beyond which a value is looked for as it was sent, and in no other case.
LONG = 500

Fingerprint = tuple[int, tuple[tuple[str, str], ...]]


def fingerprint(answer: Answer, *, numbers: bool = False) -> Fingerprint | None:
    """Return status, names and words of a reply.

    Times and what the request said are taken out, and numbers unless they are wanted.
    """
    reply = answer.exchange.reply
    if reply is None:
        return None
    root, strip = try_xml(reply), _stripper(_sent(answer.exchange))
    if root is None:
        return reply.status, (("", _plain(reply.body.decode("utf-8", "replace")[:200], strip, numbers=numbers)),)
    return reply.status, tuple(
        (name, _plain(words, strip, numbers=numbers))
        for name, words in _words(root)
        if name.rpartition("/")[2] not in PASSING
    )


def without_codes(mark: Fingerprint) -> Fingerprint:
    """Return a fingerprint with codes left out."""
    return mark[0], tuple(leaf for leaf in mark[1] if not _is_code(leaf[0]) and not leaf[1].isdecimal())


def _is_code(name: str) -> bool:
    return "code" in name.rpartition("/")[2].lower()


def contradicts(mark: Fingerprint | None, other: Fingerprint | None, refusal: Fingerprint | None = None) -> bool:
    """Say whether an answer has another status than one before, or a number or reference which that has not.

    Codes and sentences may differ, and where there is a refusal beside them, a field of one word that it has as well:
    that is the message's, and not of what was taken up.
    """
    if mark is None or other is None or mark[0] != other[0]:
        return mark != other
    known = {word for _, words in other[1] for word in words.split()}
    of_message = {name for name, _ in refusal[1]} if refusal else set()
    return any(
        any(letter.isdecimal() for letter in word)
        for name, words in mark[1]
        if not _is_code(name) and (" " in words or name not in of_message)
        for word in {*words.split()} - known
    )


def tells(ours: Sequence[Fingerprint], others: Sequence[Fingerprint]) -> str:
    """Say what stands in all of some answers and in none of others, or the other way round; nothing where nothing does.

    What is new with every answer, or comes from two machines in turn, tells nothing.
    """
    here, there = list(map(_facts, ours)), list(map(_facts, others))
    more = here[0].intersection(*here) - there[0].union(*there)
    less = there[0].intersection(*there) - here[0].union(*here)
    if more:
        name, word, _ = min(more)
        return f"{name}: {word}" if word else name
    if less:
        name, word, _ = min(less)
        return f"no {name}: {word}" if word else f"no {name}"
    return ""


def _facts(mark: Fingerprint) -> set[tuple[str, str, int]]:
    """Return every field and every word in it, each with how often it has come before."""
    counted: Counter[tuple[str, str]] = Counter()
    facts = set[tuple[str, str, int]]()
    for name, words in mark[1]:
        for fact in ((name, ""), *((name, word) for word in words.split())):
            facts.add((*fact, counted[fact]))
            counted[fact] += 1
    return facts


def alike(mark: Fingerprint | None, plain: Fingerprint | None, again: Fingerprint | None) -> bool:
    """Say whether an answer says what two answers to one question have in common, word by word."""
    if mark is None or plain is None or again is None or {mark[0]} != {plain[0], again[0]}:
        return False
    if not [name for name, _ in mark[1]] == [name for name, _ in plain[1]] == [name for name, _ in again[1]]:
        return False
    leaves = zip(mark[1], plain[1], again[1], strict=True)
    return all(_fit(*(words.split() for _, words in leaf)) for leaf in leaves)


def _fit(words: list[str], plain: list[str], again: list[str]) -> bool:
    """Say whether words are those that two others have in common, in their places."""
    if len(plain) != len(again):
        return True  # nothing tells what of it is new
    places = zip(words, plain, again, strict=False)
    return len(words) == len(plain) and all(word == usual for word, usual, other in places if usual == other)


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


def _stripper(sent: list[str]) -> Callable[[str], str]:
    """Return what takes the values of a request out of a text, in whatever case a seller repeats them."""
    short = [value for value in sent if len(value) <= LONG]
    pattern = re.compile("|".join(map(re.escape, short)), re.IGNORECASE) if short else None

    def strip(words: str) -> str:
        for value in sent[: len(sent) - len(short)]:
            words = words.replace(value, "?")
        return pattern.sub("?", words) if pattern else words

    return strip


def _plain(words: str, strip: Callable[[str], str], *, numbers: bool) -> str:
    words = TIME.sub("?", strip(words))
    return words if numbers else NUMBER.sub("?", UUID.sub("?", words))
