"""What whoever certifies adds to a run: number, validity and signer."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from countermand.guard.bounds import LimitError
from countermand.model import suite
from countermand.records import shape
from countermand.records.finished import Finished

#: Days a certificate is valid where nobody says, and at most: sellers change, and so does the suite.
DAYS, MOST = 365, 1096
NUMBER = re.compile(r"COUNTERMAND(-[A-Z0-9]{1,20}){1,4}-\d{4}-[A-Z2-7]{8}")
_TABLE = shape.table(
    {
        "certificate": shape.words(200), "number": shape.words(120, NUMBER.pattern),
        "validUntil": shape.words(10, r"\d{4}-\d{2}-\d{2}"),
        "signer": shape.table({"keyid": shape.words(64, "[0-9a-f]{64}")}, {"owner": shape.words(200)}),
    },
    {"supersedes": shape.words(120, NUMBER.pattern), "drawing": shape.words(80, r"sha256:[0-9a-f]{64}")},
)  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """What a certificate says besides what follows from its run."""

    name: str  # of the file
    valid_until: str  # a day, the last one
    keyid: str  # of the key that signs
    owner: str = ""  # of that key, as its file says
    supersedes: str | None = None  # the number of the certificate it takes the place of
    drawing: str = field(default_factory=suite.drawing)  # the digest of what has drawn its files

    @property
    def drawn_here(self) -> bool:
        """Whether this very suite has drawn its files."""
        return self.drawing == suite.drawing()


def day(words: str) -> date:
    """Return the day of a moment or of a day; raises ValueError."""
    return date.fromisoformat(words[:10])


def until(run: Finished, days: int) -> str:
    """Return the last day of validity of what was certified about a run."""
    return (day(run.finished) + timedelta(days=days)).isoformat()


def of(statement: Mapping[str, Any], keyid: str) -> Terms:
    """Return the terms of a signed statement, whoever wrote it; raises LimitError."""
    predicate = statement["predicate"]
    _TABLE(predicate, "the statement")
    signer = predicate["signer"]
    if signer["keyid"] != keyid:
        raise LimitError("the statement: it says that another key has signed it")
    return Terms(
        str(predicate["certificate"]),
        predicate["validUntil"],
        keyid,
        signer.get("owner", ""),
        predicate.get("supersedes"),
        predicate.get("drawing", suite.drawing()),
    )


def check(run: Finished, terms: Terms) -> None:
    """Hold validity to what certify promises; raises LimitError."""
    try:
        last, made = day(terms.valid_until), day(run.finished)
    except ValueError:
        raise LimitError(f"{terms.valid_until!r} is no day") from None
    if not timedelta(0) < last - made <= timedelta(days=MOST):
        raise LimitError(
            f"it claims to be valid until {terms.valid_until}; "
            f"a certificate is valid for 1 to {MOST} days after its run"
        )


def number(run: Finished, files: Mapping[str, bytes], terms: Terms) -> str:
    """Return the number of a certificate.

    It is derived from the run's own files and the terms, so that no two have the same but by chance. It is a name for
    people, of 40 bits: whoever must not be deceived compares the digest or the key.
    """
    facts = [
        terms.valid_until,
        terms.keyid,
        terms.owner,
        terms.supersedes,
        *(hashlib.sha256(data).hexdigest() for data in files.values()),
    ]
    seal = base64.b32encode(hashlib.sha256(json.dumps(facts).encode()).digest()[:5]).decode()
    return f"COUNTERMAND-{'-'.join(sorted({spelt(target.api) for target in run.targets}))}-{run.finished[:4]}-{seal}"


def spelt(api: str) -> str:
    """Return the name of an API as numbers have it."""
    return re.sub(r"[^A-Z0-9]", "", api.upper())[:20]


def apis(number: str) -> set[str]:
    """Return the APIs a number speaks of, as it spells them: they stand between our name, and the year and the seal."""
    return set(number.split("-")[1:-2])
