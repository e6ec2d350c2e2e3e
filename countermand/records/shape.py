"""What a record looks like: the parts of its rows a replay relies on, and a sentence about what is missing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from countermand.guard.bounds import LimitError
from countermand.model.api import NAME
from countermand.model.body import LARGEST, content
from countermand.model.clause import FORM
from countermand.model.encodings import SHORTEST
from countermand.model.exchange import Trouble
from countermand.model.verdict import Verdict

Check = Callable[[Any, str], None]
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")
READING = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
#: How long anything may have taken, in seconds: a week.
LONGEST = 7 * 86400.0


def words(most: int = 2000, pattern: str | None = None) -> Check:
    """Return a check for a text that is no longer, and matches as a whole."""
    wanted = pattern and re.compile(pattern)

    def check(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
        if not isinstance(value, str) or len(value) > most or (wanted and not wanted.fullmatch(value)):
            _refuse(at, "a text of its kind" if wanted else f"a text of at most {most} characters")

    return check


def number(least: float = 0, most: float = 2**53, *, whole: bool = True) -> Check:
    """Return a check for a number within limits."""

    def check(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            _refuse(at, f"a number from {least:g} to {most:g}")

    return check


def truth(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Check for yes or no."""
    if not isinstance(value, bool):
        _refuse(at, "true or false")


def one_of(*known: str) -> Check:
    """Return a check for one of the words we know."""

    def check(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
        if not isinstance(value, str) or value not in known:
            _refuse(at, f"one of {', '.join(known)}")

    return check


def maybe(inner: Check) -> Check:
    """Return a check that passes null."""
    return lambda value, at: None if value is None else inner(value, at)


def listed(inner: Check, most: int) -> Check:
    """Return a check for a list of at most so many."""

    def check(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
        if not isinstance(value, list) or len(value) > most:
            _refuse(at, f"a list of at most {most}")
        for place, item in enumerate(value, 1):
            inner(item, f"{at} {place}")

    return check


def table(needed: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """Return a check for an object: what it must tell and what it may.

    What else it tells is compared, and never used.
    """

    def check(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
        if not isinstance(value, dict) or (missing := sorted(needed.keys() - value.keys())):
            _refuse(at, f"an object with {', '.join(missing if isinstance(value, dict) else needed)}")
        for key, inner in needed.items():
            inner(value[key], f"{at}: {key}")
        for key, inner in (optional or {}).items():
            if key in value:
                inner(value[key], f"{at}: {key}")

    return check


def moment(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Check for a time of ours, which exists."""
    if not isinstance(value, str) or not is_moment(value):
        _refuse(at, "a time, as in 2012-01-20T18:30:43.000000Z")


def reading(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Check for a time of ours as requests tell it, to the second."""
    if not isinstance(value, str) or not is_moment(value, READING):
        _refuse(at, "a time, as in 2012-01-20T18:30:43Z")


def is_moment(words: str, form: re.Pattern[str] = MOMENT) -> bool:
    """Say whether words are a time of ours, which exists."""
    try:
        return bool(form.fullmatch(words) and datetime.fromisoformat(words))
    except ValueError:
        return False


def body(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Check for the body of a message, with stars, and nothing else, wherever it says that a secret stood."""
    kinds = one_of("utf8", "base64", "deflate")
    table({"encoding": kinds, "value": words(24 * 2**20), "masked": listed(listed(number(), 2), 10_000)})(value, at)
    if value["encoding"] == "deflate":
        table({"length": number(0, LARGEST), "sha256": words(64, "[0-9a-f]{64}")})(value, at)
    try:
        data = content(value)
    except ValueError:
        _refuse(at, "bytes in the encoding it names")
    if value["encoding"] == "deflate" and hashlib.sha256(data).hexdigest() != value["sha256"]:
        _refuse(at, "bytes of the digest it names")
    before = 0
    for span in value["masked"]:
        if (
            len(span) != 2  # noqa: PLR2004
            or not before <= span[0] <= span[1] - SHORTEST
            or data[span[0] : span[1]] != b"*" * (span[1] - span[0])
        ):
            _refuse(at, "stars in each place it calls masked, each as long as a secret can be")
        before = span[1]


def _pair(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    if not isinstance(value, list) or [isinstance(part, str) for part in value] != [True, True]:
        _refuse(at, "a name and a value")


def _field(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    _pair(value, at)
    if not FIELD.fullmatch(value[0]) or CONTROL.search(value[1]):
        _refuse(at, "a header as it is sent")


def _refuse(at: str, wanted: str) -> None:
    raise LimitError(f"{at}: {wanted} was expected")


def fact(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Check for what was seen outside any exchange: a number, yes or no, a word such as a state, or a few of them."""
    if isinstance(value, list):
        listed(words(200), 100)(value, at)
    elif isinstance(value, str):
        words(200)(value, at)
    elif not isinstance(value, bool):
        number()(value, at)


def anything(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    """Check nothing: what is compared, or shown by an example, and made nothing of."""


API, CLAUSE = words(40, NAME.pattern), words(40, FORM)
#: What goes into lines that people paste into a shell: a method, an address, the name of a header (RFC 9110, 5.6.2).
METHOD, URL = words(40, "[A-Za-z]+"), words(4000, r"https://[^\x00-\x1f\x7f]*")
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LONG = words(24 * 2**20)
ORDER = table({"state": words(), "seller": words(), "buyer": words()}, {"made": truth, "beside": truth})
SENT = table(
    {"method": METHOD, "url": URL, "headers": listed(_field, 200), "body": body}, {"whole": truth, "signed": words(100)}
)
RECEIVED = table(
    {"status": number(0, 999), "reason": LONG, "version": words(), "headers": listed(_pair, 2000), "body": body},
)
EXCHANGE = table(
    {
        "number": number(1, 10_000), "operation": words(), "identity": words(), "started": moment,
        "elapsed": number(0, LONGEST, whole=False), "request": SENT, "reply": maybe(RECEIVED),
        "trouble": maybe(one_of(*Trouble)), "said": LONG, "sound": truth,
        "tls": maybe(table({"version": words(), "cipher": words(), "server": words()})),
    },
    {"stranger": truth, "complete": truth, "shows": listed(words(), 1000)},
)  # fmt: skip
DRAWN = table(
    {"clock": listed(reading, 10_000), "orders": listed(ORDER, 1000)},
    {"refused": words(10_000), "halted": number(1, 10_000), "spared": truth, "follows": CLAUSE, "lent": truth,
     "leans": truth, "busy": truth, "unserved": number(1, 10_000), "called_off": words(),
     "repeated": listed(number(1, 10_000), 10_000), "before": one_of(*Verdict)},
)  # fmt: skip
ATTEMPT = table({"exchanges": listed(EXCHANGE, 100), "drawn": DRAWN})
DRAWN_WHOLE = table(
    {"clock": anything, "orders": anything}, {"attempts": listed(ATTEMPT, 100), "facts": listed(fact, 1000)}
)
STEP = table({"keyword": words(), "text": words(10_000), "status": words(40)})


def _drawn(value: Any, at: str) -> None:  # noqa: ANN401 - what JSON holds
    DRAWN(value, at)
    DRAWN_WHOLE(value, at)


SCENARIO = table(
    {
        "id": words(), "name": words(), "feature": words(), "file": words(), "line": number(1, 10**6),
        "rule": words(10_000), "clause": CLAUSE, "api": API, "target": words(), "verdict": one_of(*Verdict),
        "message": maybe(words(2**20)), "started": moment, "elapsed": number(0, LONGEST, whole=False),
        "steps": listed(STEP, 1000), "exchanges": listed(EXCHANGE, 10_000), "drawn": _drawn,
    }
)  # fmt: skip
ACCEPTANCE = table(
    {"scenario": words(), "order": ORDER, "exchange": EXCHANGE, "drawn": _drawn},
    {"exchanges": listed(EXCHANGE, 100), "without": listed(words(), 100), "otherwise": words()},
)
STANDING = table(
    {"cause": words(2**20), "answer": number(0, 10_000), "exchanges": listed(EXCHANGE, 100), "drawn": _drawn}
)
CLOSING = table({"exchanges": listed(EXCHANGE, 100), "drawn": _drawn})
SUITE = table({"version": words(40, r"[0-9A-Za-z.+!-]+"), "digest": words(80, r"sha256:[0-9a-f]{64}")})
