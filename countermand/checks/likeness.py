"""Whether two answers are alike, so that one cause can explain both."""

from __future__ import annotations

from countermand.checks.fingerprint import fingerprint
from countermand.document import local
from countermand.protocols.answer import Answer

#: The fields that tell one refusal from another, whatever its words: codes, and what the reply is about.
TELLING = ("code", "object")
#: Those that the pages document.
CODES = frozenset({"faultcode", "response_code"})
Kind = tuple[object, ...]


def kind(answer: Answer) -> Kind:
    """Return what sort of answer it is, its words left out.

    A page in front of a seller changes these with every request.
    """
    reply, root, mark = answer.exchange.reply, answer.tree, fingerprint(answer)
    if reply is None or mark is None:
        return (answer.exchange.trouble,)
    if root is None:
        return (reply.status, answer.decision, "")
    codes = sorted((name, words) for name, words in mark[1] if any(part in name.lower() for part in TELLING))
    return (reply.status, answer.decision, local(root), *codes)


def alike(answer: Answer, other: Answer) -> bool:
    """Say whether two answers are of one sort."""
    return kind(answer) == kind(other)


def same_codes(answer: Answer, other: Answer) -> bool:
    """Say whether two answers have the same codes, of those that the pages document."""
    return _codes(answer) == _codes(other)


def _codes(answer: Answer) -> list[tuple[str, str]]:
    _, leaves = fingerprint(answer, numbers=True) or (0, ())
    return [(name, words) for name, words in leaves if name in CODES]


def same_words(answer: Answer, other: Answer) -> bool:
    """Say whether two answers are of one sort and say the same."""
    return alike(answer, other) and fingerprint(answer) == fingerprint(other)
