"""What an answer comes to, names of messages and times left out, so that two can be compared."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from countermand.document import Element, children, leaves, local, text
from countermand.document import parse as parse_xml
from countermand.model.exchange import COOKIE, Reply, Request
from countermand.model.verdict import Inconclusive
from countermand.protocols.answer import THROTTLED, Answer
from countermand.protocols.reply import try_xml

#: Fields that differ between any two messages, in lower case and without what joins their words.
PASSING = frozenset(
    {"messageid", "correlationid", "sentat", "timestamp", "transactionid", "requestid", "traceid", "spanid", "logid"}
)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
#: What numbers a message; a code is shorter.
NUMBER, LONG_NUMBER = re.compile(r"\d{3,}"), re.compile(r"\d{6,}")
#: A time of day or a day of a year; and how long a number is at least that is no count, of minutes or of anything.
CLOCK = re.compile(r"\d{1,2}([:h]\d\d([:.]\d\d([.,]\d+)?)?Z?|\.\d\d(\.\d\d)?)|\d{1,2}[./]\d{1,2}[./](\d{4}|\d\d)")
FEW = 4
#: How long something took.
DURATION = re.compile(r"\b\d+([.,]\d+)? ?(m|\u00b5|u)?s\b")
#: The words of a field's name, and by which of them it names something, or tells a time or what took one.
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
REFERRING = frozenset({"ref", "reference", "number"})
NAMING = REFERRING | {"id", "no", "nr", "ticket", "case", "cancellation"}  # where the last of them is
MEASURING = frozenset(
    {"elapsed", "duration", "took", "millis", "ms", "seconds", "time", "date", "runtime", "latency", "at"}
)
#: What in a header tells something of what was asked: a word or a code.
_TELLING = re.compile(r"[A-Za-z][A-Za-z _-]{0,60}|\d{1,5}")
#: A word that may be made of what was asked, as a digest is: no short code, and it has digits, or what stands for many.
_DIGEST = re.compile(r"[?*]|^(?=.*\d).{6}")
#: What stands between two words of a page, of JSON or of a sentence.
_BETWEEN = re.compile(r"[\s\"'{}\[\](),:;<>=&|#]+")
#: What a header is called in a fingerprint: so, and by its name.
_HEADER = "header/"
#: Headers that follow from the length of a body, its coding and its bytes, or from the connection (RFC 9110, 9112).
FRAMING = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "trailer", "vary", "etag", "age"}
    | {"connection", "keep-alive", "proxy-connection"}
)
#: Characters beyond which a value is looked for as it was sent, and in no other case.
LONG = 500
#: Characters of what is no document by which it is known, and bytes of all of it; and how much of a value's beginning
#: stands nowhere by chance.
START, WHOLE, BEGUN = 200, 2**18, 8

Fingerprint = tuple[int, tuple[tuple[str, str], ...]]
#: That of no answer, as where a door is closed.
NO_ANSWER: Fingerprint = (0, ())


def fingerprint(answer: Answer, *, numbers: bool = False) -> Fingerprint | None:
    """Return status, names and words of a reply.

    Times and what the request said are taken out, and numbers unless they are wanted.
    """
    reply = answer.exchange.reply
    if reply is None:
        return None
    root, strip = try_xml(reply), _stripper(values(answer.exchange.request))
    if root is None:
        return reply.status, (("", _plain(reply.body.decode("utf-8", "replace")[:START], strip, numbers=numbers)),)
    return reply.status, tuple(_leaves(_words(root), strip, numbers=numbers))


def whole(answer: Answer) -> Fingerprint | None:
    """Return a fingerprint of all that a reply shows: all of a page, attributes, comments, short headers and cookies.

    It is for answers that are asked for again and again: much of that is new with every reply. Codes stay in it; what
    of the request is repeated in part alone is taken out as well, and how long anything took.
    """
    reply, root = answer.exchange.reply, answer.tree
    if reply is None:
        return None
    strip = _stripper(values(answer.exchange.request), cut=True)
    page = reply.body[:WHOLE].decode("utf-8", "replace")
    body = [("", page)] if root is None else [*_words(root), *_beside(root)]
    return reply.status, tuple(
        (name, DURATION.sub("?", words))
        for name, words in _leaves([*body, *_headers(reply)], strip, codes=True)
        if not _is_measure(name)
    )


def _headers(reply: Reply) -> Iterator[tuple[str, str]]:
    """Yield what stands above a reply's body: its reason phrase, headers that are a word or a code, and cookies.

    What a cookie holds is a secret, and is not kept of a reply.
    """
    yield "reason phrase", reply.reason
    for name, words in reply.headers:
        if name.lower() == COOKIE:
            yield f"{_HEADER}Set-Cookie", ""
        elif name.lower() not in FRAMING and _TELLING.fullmatch(words):
            yield f"{_HEADER}{name.lower()}", words


def _leaves(
    leaves: Iterable[tuple[str, str]], strip: Callable[[str], str], *, numbers: bool = False, codes: bool = False
) -> Iterator[tuple[str, str]]:
    for name, words in leaves:
        if "".join(_name(name)).removeprefix("x") not in PASSING:
            yield name, _plain(words, strip, numbers=numbers, code=codes and _is_code(name))


@functools.lru_cache(maxsize=256)
def _name(name: str) -> tuple[str, ...]:
    """Return the words of a field's name, in lower case."""
    return tuple(word.lower() for word in _WORDS.findall(re.split(r"[/@}]", name)[-1]))


def _is_name(name: str) -> bool:
    """Say whether a field is called as what names something."""
    words = _name(name)
    return not NAMING.isdisjoint(words[-1:]) or not REFERRING.isdisjoint(words)


def _is_measure(name: str) -> bool:
    """Say whether a field is called as what tells a time, or what took one, and names nothing."""
    return not MEASURING.isdisjoint(_name(name)) and not _is_name(name)


def without_codes(mark: Fingerprint) -> Fingerprint:
    """Return a fingerprint with codes left out; that there is a header which is no code, its number does not hide."""
    kept = (leaf for leaf in mark[1] if not _is_code(leaf[0]))
    return mark[0], tuple(
        (name, "" if words.isdecimal() else words)
        for name, words in kept
        if name.startswith(_HEADER) or not words.isdecimal()
    )


def _is_code(name: str) -> bool:
    return "code" in name.rpartition("/")[2].lower()


def contradicts(mark: Fingerprint | None, other: Fingerprint | None, refusal: Fingerprint | None = None) -> bool:
    """Say whether an answer has another status than one before, or a number or reference in the place of one that had.

    Codes may differ, and sentences in what is no such number, as to remark when the first was received. Where there is
    a refusal beside them, what numbers it as well is the message's, and not of what was taken up.
    """
    if mark is None or other is None or mark[0] != other[0]:
        return mark != other
    now, before, of_message = _by_name(mark), _by_name(other), _by_name(refusal or (0, ()))
    return any(
        _renumbered(name, words, before[name], of_message.get(name, []))
        or (_is_name(name) and name not in of_message and _is_renamed(words, before[name]))
        for name, words in now.items()
        if not _is_code(name) and name in before
    )


def _by_name(mark: Fingerprint) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for name, words in mark[1]:
        named.setdefault(name, []).append(words.casefold())
    return named


def _renumbered(name: str, now: Sequence[str], before: Sequence[str], of_message: Sequence[str]) -> bool:
    """Say whether fields have other numbers than before, and had some: not where a refusal's are numbered too."""
    if _is_measure(name):
        return False
    said, had = set(_numbers(name, now)), set(_numbers(name, before))
    return bool(said - had and had - said) and not any(_numbers(name, of_message))


def _numbers(name: str, texts: Iterable[str]) -> Iterator[str]:
    """Yield numbers and references in a field, but those that count or tell a time where it does not name something."""
    for words in texts:
        named = _is_name(name) and " " not in words
        for word in words.split():
            bare = word.strip(".,;:!?()[]'\"")
            few = len(bare) < FEW and (" " in words or bare.isdecimal())
            if any(letter.isdecimal() for letter in bare) and (named or not (few or CLOCK.fullmatch(bare))):
                yield bare


def _is_renamed(now: Sequence[str], before: Sequence[str]) -> bool:
    """Say whether a field that names something, in one word, has another."""
    return not any(" " in words for words in (*now, *before)) and {*now} != {*before}


def told_apart(
    ours: Fingerprint,
    others: Fingerprint,
    our_next: Callable[[], Fingerprint | None],
    their_next: Callable[[], Fingerprint | None],
    beyond: Callable[[], Fingerprint | None],
) -> str:
    """Say what tells one answer from another whenever either is asked for again; nothing where it does not.

    Words may be new with every answer, and come from several machines: what differs is asked for again, of ours or of
    the others, in an order that comes round with no turns machines take (that of Thue and Morse), so that of two both
    answer either. They may be digests of what was asked as well: where nothing else differs at last, one more such
    order tells whether they are.

    Raises Inconclusive where that order brings another answer.
    """
    here, there = [ours], [others]
    we, they = (here, our_next), (there, their_next)
    for marks, ask in (they, we, they, we, we, they):
        if not tells(here, there):
            return ""
        marks.append(ask() or NO_ANSWER)
    said, here, there = tells(here, there), _answered(here), _answered(there)
    if not said or _more_than_digests(here, there):
        return said
    return "" if _are_digests(here, there, beyond() or NO_ANSWER) else said


def _answered(marks: Sequence[Fingerprint]) -> list[Fingerprint]:
    """Return those of some answers that are more than a closed door or "not now"; all where none is."""
    return [mark for mark in marks if mark[0] not in {NO_ANSWER[0], *THROTTLED}] or list(marks)


def tells(ours: Sequence[Fingerprint], others: Sequence[Fingerprint]) -> str:
    """Say what stands in all of some answers and in none of others, or the other way round; nothing where nothing does.

    It is the one status of either, or a word. What is new with every answer, or comes from two machines in turn, tells
    nothing.
    """
    if _have_two_statuses(ours, others):
        return f"status {ours[0][0]}"
    for no, facts in (("", _only(ours, others)), ("no ", _only(others, ours))):
        if facts:
            name, word, _ = min(facts)
            return f"{no}{name}: {word}" if word else f"{no}{name}"
    return ""


def _have_two_statuses(ours: Sequence[Fingerprint], others: Sequence[Fingerprint]) -> bool:
    """Say whether some answers all have one status, and others all another."""
    here, there = ({mark[0] for mark in marks} for marks in (ours, others))
    return here != there and len(here) == len(there) == 1


def _only(some: Sequence[Fingerprint], others: Sequence[Fingerprint]) -> set[tuple[str, str, int]]:
    """Return what stands in all of some answers and in none of others."""
    here, there = list(map(_facts, some)), list(map(_facts, others))
    return here[0].intersection(*here) - there[0].union(*there)


def _more_than_digests(ours: Sequence[Fingerprint], others: Sequence[Fingerprint]) -> bool:
    """Say whether something else differs than words that may be digests."""
    differs = _only(ours, others) | _only(others, ours)
    return _have_two_statuses(ours, others) or not all(map(_is_digest, differs))


def _is_digest(fact: tuple[str, str, int]) -> bool:
    name, word, _ = fact
    return bool(_DIGEST.search(word)) and not _is_code(name)


def _are_digests(ours: Sequence[Fingerprint], others: Sequence[Fingerprint], beyond: Fingerprint) -> bool:
    """Say whether an answer beyond has other such words where ours have, and no fewer.

    Raises Inconclusive where it is another answer than the others are.
    """
    same = _facts(others[0]).intersection(*map(_facts, others))
    if beyond[0] != others[0][0] or not {fact for fact in same if not _is_digest(fact)} <= _facts(beyond):
        reason = "what tells the refusals apart may be a digest of what was asked, and nothing shows whether it is"
        raise Inconclusive(f"{reason}: one more order that does not exist is answered in another way")
    always = _only(others, ours) & _facts(beyond)
    made = Counter(name for name, _, _ in _only(ours, [*others, beyond]))
    digests = Counter(name for name, _, _ in _only(others, [beyond]))
    return not always and made <= digests


def _facts(mark: Fingerprint) -> set[tuple[str, str, int]]:
    """Return every field and every word in it, each with how often it has come before."""
    counted: Counter[tuple[str, str]] = Counter()
    facts = set[tuple[str, str, int]]()
    for name, words in mark[1]:
        for fact in ((name, ""), *((name, word) for word in _BETWEEN.split(words) if word)):
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
        for element in _in_order(root)
        if not children(element)
    ]


def _in_order(root: Element) -> Iterator[Element]:
    """Give all elements of a document; those that have keys by these, since their order says nothing."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        below = children(element)
        if all(child.get("key") is not None for child in below):
            below.sort(key=_key)
        waiting += reversed(below)


def _key(element: Element) -> str:
    return element.get("key", "")


def _beside(root: Element) -> Iterator[tuple[str, str]]:
    """Yield what a document says beside its leaves: attributes but for keys, text between elements, and comments.

    Comments and processing instructions may stand before the root and behind it too.
    """
    for node in (*root.itersiblings(preceding=True), *root.iter(), *root.itersiblings()):
        if not isinstance(node.tag, str):
            yield "comment", " ".join(f"{getattr(node, 'target', '')} {node.text or ''}".split())
            continue
        for name, words in node.attrib.items():
            if name != "key":
                yield f"{local(node)}@{name}", " ".join(words.split())
        if children(node):
            yield local(node), " ".join(" ".join([node.text or "", *(child.tail or "" for child in node)]).split())


def values(request: Request) -> list[str]:
    """Return the values of a request that stand nowhere by chance, longest first; none of what is no document."""
    try:
        said = {place.text for place in leaves(parse_xml(request.content))}
    except ValueError:
        said = set()
    return sorted((value for value in said if len(value) > 2), key=len, reverse=True)  # noqa: PLR2004 - "1" stands everywhere


def _stripper(sent: list[str], *, cut: bool = False) -> Callable[[str], str]:
    """Return what takes the values of a request out of a text, in whatever case they are repeated, or cut off."""
    short = [value for value in sent if len(value) <= LONG]
    pattern = re.compile("|".join(map(re.escape, short)), re.IGNORECASE) if short else None
    begun = "|".join(re.escape(value[:BEGUN]) for value in short if len(value) > BEGUN) if cut else ""
    beginning = re.compile(rf"(?:{begun})\S*", re.IGNORECASE) if begun else None

    def shortened(match: re.Match[str]) -> str:
        """Take out what is the beginning of a value, and no more."""
        word = match[0]
        length = max(_in_common(word, value) for value in short)
        return word if word[length : length + 1].isalnum() else f"?{word[length:]}"

    def strip(words: str) -> str:
        for value in sent[: len(sent) - len(short)]:
            words = words.replace(value, "?")
        words = pattern.sub("?", words) if pattern else words
        return beginning.sub(shortened, words) if beginning else words

    return strip


def _in_common(word: str, value: str) -> int:
    """Return how many letters two texts begin with in common, in whatever case."""
    pairs = zip(word.lower(), value.lower(), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _plain(words: str, strip: Callable[[str], str], *, numbers: bool, code: bool = False) -> str:
    words = TIME.sub("?", strip(words))
    return words if numbers else (LONG_NUMBER if code else NUMBER).sub("?", UUID.sub("?", words))
