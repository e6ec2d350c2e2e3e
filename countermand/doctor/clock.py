"""How far our clock is from the one in a seller's Date header."""

from __future__ import annotations

from datetime import datetime, timedelta

from countermand.doctor.finding import Finding
from countermand.doctor.look import Look
from countermand.model.exchange import http_date

CHECK = "clock"
#: What nobody minds: the header has seconds only (RFC 9110, 6.6.1), and an answer takes its time.
TOLERANCE = timedelta(seconds=30)


def finding(seen: Look) -> Finding:
    """Say whether our clock and the seller's agree."""
    date = seen.reply.header("date") if seen.reply else None
    if date is None:
        return Finding.unchecked(CHECK, "there is no answer" if seen.reply is None else "the answer has no Date header")
    theirs = http_date(date)
    if theirs is None:
        return Finding.unchecked(CHECK, f"the answer's Date header is none: {date!r}")
    ahead = _ahead(seen.started, timedelta(seconds=seen.elapsed), theirs)
    if abs(ahead) <= TOLERANCE:
        return Finding.ok(CHECK, "ours and the seller's agree within half a minute")
    words = f"ours is {_spoken(abs(ahead))} {'ahead of' if ahead > timedelta() else 'behind'} the seller's"
    mend = "set this machine's clock (NTP), or tell the seller: certificates and the times in requests are judged by it"
    return Finding.note(CHECK, words, mend)


def _ahead(started: datetime, elapsed: timedelta, theirs: datetime) -> timedelta:
    """Return by how much we are surely ahead (negative: behind).

    Somewhere between question and answer theirs was read.
    """
    ended = started + elapsed
    if theirs < started:
        return started - theirs
    return ended - theirs if theirs > ended else timedelta()


def _spoken(span: timedelta) -> str:
    seconds, minutes = round(span.total_seconds()), round(span.total_seconds() / 60)
    if minutes < 10:  # noqa: PLR2004
        return f"{seconds} s"
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"  # noqa: PLR2004
