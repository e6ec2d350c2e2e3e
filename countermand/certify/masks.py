"""Stars in messages: a run knew its secrets, and a replay, which knows none, must say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from countermand.model.exchange import Exchange
from countermand.model.message import repeats
from countermand.model.rows import ExchangeRow
from countermand.model.secret import CUT

#: How a starred reply reads in UTF-16, where two stars make one character.
WIDE = "\u2a2a"
#: How the line begins that says how to repeat.
AGAIN, BLANKS = "  again ", "    "
#: Stars in a message; a reply that is quoted shows no more of any secret.
MOST = 4000


def same(then: str | None, now: str | None, exchanges: Iterable[ExchangeRow]) -> bool:
    """Say whether a run's message is the replay's.

    The line that says how to repeat may differ, where that is all it says, and stars may stand where there may be some.
    """
    if not _repeats(then, now):
        return False
    here, there = _lasting(then), _lasting(now).replace(WIDE, "*")
    if here == there:
        return True
    return len(here) == len(there) and _may_be_starred(here, there, list(exchanges))


def _may_be_starred(then: str, now: str, exchanges: list[ExchangeRow]) -> bool:
    """Say whether all that differs is parts of replies behind stars, long enough to be taken for parts of a secret."""
    said = [words for exchange in exchanges for words in _said(exchange)]
    if then.count("*") > MOST:
        return False
    at = 0
    for run in re.finditer(r"\*+", then):
        start, end = run.span()
        if then[at:start] != now[at:start]:
            return False
        hidden = now[start:end]
        if hidden.strip("*") and not (
            len(hidden) >= CUT and all(any(part in words for words in said) for part in hidden.split("*"))
        ):
            return False
        at = end
    return then[at:] == now[at:]


def _said(row: ExchangeRow) -> Iterator[str]:
    """Yield what the seller said in an exchange, as it is and as it may be quoted."""
    exchange = Exchange.of(row)
    reply = exchange.reply
    texts = [exchange.said]
    if reply is not None:
        texts += [reply.reason, reply.body.decode("utf-8", "replace"), *(value for _, value in reply.headers)]
    for text in texts:
        yield from (
            text,
            repr(text)[1:-1],
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            " ".join(text.split()),
        )


def _repeats(then: str | None, now: str | None) -> bool:
    """Say whether lines that say how to repeat stand where the replay has them, and say nothing else."""
    here, there = ([line.startswith(AGAIN) for line in _lines(words)] for words in (then, now))
    lines = [line for line in _lines(then) if line.startswith(AGAIN)]
    return here == there and all(repeats(line.removeprefix(AGAIN).removeprefix(BLANKS)) for line in lines)


def _lines(message: str | None) -> list[str]:
    return (message or "").split("\n")


def _lasting(message: str | None) -> str:
    return "\n".join(line for line in _lines(message) if not line.startswith(AGAIN))
