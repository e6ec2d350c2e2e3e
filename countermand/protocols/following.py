"""What follows from a fault that was shown: which other requests tell as much as one that is to be sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermand.protocols.answer import Asked


def name(asked: Asked) -> str:
    """Return what a run calls a request, whichever order it is about: two of one name are answered alike."""
    how = asked.variation
    parts = [
        asked.order.state,
        asked.by,
        sorted(how.without),
        sorted(how.values.items()),
        how.unwrapped,
        how.headed,
        how.nil,
        sorted(how.interrupted.items()),
        how.interruption,
        how.spelling,
        how.damage,
        how.method,
        how.path,
    ]
    written = json.dumps(
        [
            *parts,
            how.speaks_for,
            how.own_name,
            how.forwarded,
            how.local,
            how.names_host,
            how.rewritten,
            how.chunked,
            how.compressed,
            sorted(how.headers.items()),
            how.action,
            how.signature,
            how.path_spelling,
            how.another and how.beside,
            how.cookies,
            how.named_at,
            sorted(how.added.items()),
        ]
    )
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def names(asked: Asked) -> Iterator[str]:
    """Yield the name of a request, and of others: where one of them was taken up, this one would be as well.

    That is the same request, in whichever scenario; and the one without a field, where this one gives it nothing in it:
    who does not miss a field does not miss what it says.
    """
    yield name(asked)
    blank = tuple(field for field, value in asked.variation.values.items() if not value.strip())
    if blank:
        rest = {field: value for field, value in asked.variation.values.items() if field not in blank}
        without = (*asked.variation.without, *blank)
        left = {field: place for field, place in asked.variation.interrupted.items() if field not in blank}
        plain = replace(asked.variation, without=without, values=rest, nil=False, interrupted=left)
        yield name(replace(asked, variation=plain))
