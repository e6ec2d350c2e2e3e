"""What stands behind a document, for deviants that do not mind it."""

from __future__ import annotations

import re


def without(body: bytes, end: re.Pattern[bytes], mild: bytes) -> bytes:
    """Return a body as far as the end of its root, where all that is behind that fits a pattern."""
    match = end.search(body)
    behind = match is not None and re.fullmatch(mild, body[match.end() :], flags=re.DOTALL)
    return body[: match.end()] if match is not None and behind else body
