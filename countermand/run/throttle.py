"""How fast a seller lets itself be asked: every "not now" is minded by all processes of a run.

Once a seller has said "not now", the run asks one thing at a time and leaves a pause between requests: twice as long as
one that was too short, and never longer than one after which the same request was taken.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from countermand.model.exchange import Reply, http_date

#: The longest pause, in seconds, that is waited as it is asked for; and what is waited where more is asked.
LONGEST, INSTEAD = 60.0, 10.0
#: Seconds to wait where nobody says how long; twice as long each time it was not enough.
PAUSE = 0.5
#: The first pause between requests, and the longest.
FIRST, SLOWEST = 0.05, 10.0
#: The longest that is learnt of answers that do not say whether it was for the pace.
CAUTIOUS = 0.2


def asked(reply: Reply) -> float | None:
    """Return the seconds a reply asks to wait (RFC 9110, 10.2.3), by the seller's own clock where it tells it."""
    value = (reply.header("retry-after") or "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    moment, now = http_date(value), http_date(reply.header("date") or "")
    return None if moment is None else max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def pause(reply: Reply, otherwise: float = PAUSE) -> float:
    """Return the seconds that are waited after a reply."""
    wanted = asked(reply)
    if wanted is None:
        return otherwise
    return wanted if wanted <= LONGEST else INSTEAD


def rest(reply: Reply, *, sound: bool) -> float:
    """Return the seconds a seller is left alone after it turned a request away that is not sent again.

    What a stranger is told, a door may tell it whatever the pace: it is left alone only where it asks for that.
    """
    return min(pause(reply, 1.0 if sound else 0.0), INSTEAD)


@dataclass(frozen=True)
class Learnt:
    """What a run knows of how fast it may ask."""

    refusals: int = 0  # how often "not now" was said to a request that was taken, or is taken from others
    interval: float = 0.0  # seconds between requests
    worked: float = SLOWEST  # the shortest pause after which a request was taken that had not been
    streak: int = 0  # refusals since a request was taken
    resume: float = 0.0  # the moment, by the machine's clock, before which nothing is asked
    wanted: float = 0.0  # the longest pause that was asked for, in seconds
    failures: int = 0  # how often it was too busy without saying that nothing was done


class Throttle:
    """The pace of one seller, which all processes of a run keep."""

    def __init__(self, folder: Path, api: str, *, serial: bool, longest: float = LONGEST) -> None:
        self._path, self._lock = folder / f"throttle-{api}.json", FileLock(folder / f"throttle-{api}.lock")
        self._serial, self._longest = serial, longest
        self._in_vain = set[str]()  # whom it was no use to ask again for
        self._resume = 0.0  # the moment before which this process asks nothing

    @property
    def learnt(self) -> Learnt | None:
        """What is known, or nothing where the seller never said "not now"."""
        try:
            return Learnt(**json.loads(self._path.read_text(encoding="ascii")))
        except FileNotFoundError:
            return None

    @contextmanager
    def turn(self, who: str, *, sound: bool) -> Iterator[Turn]:
        """Wait until a request may be sent.

        Once the seller has said "not now", let nobody else send one until it is answered.
        """
        with ExitStack() as held:
            time.sleep(max(0.0, self._resume - time.monotonic()))
            slow = self._path.exists()
            if slow:
                held.enter_context(self._lock)
                time.sleep(max(0.0, (self.learnt or Learnt()).resume - time.monotonic()))
            turn = Turn(self, held, who, sound=sound, left=1 if slow or self._serial else 2)
            yield turn
            if (slow or turn.waited is not None) and (now := self.learnt):
                self._learn(replace(now, resume=max(now.resume, time.monotonic() + now.interval)))

    def _learn(self, learnt: Learnt) -> None:
        written = self._path.with_suffix(".new")
        written.write_text(json.dumps(asdict(learnt)), encoding="ascii")
        written.replace(self._path)

    def refused(self, reply: Reply, who: str, *, sound: bool) -> float | None:
        """Learn from a "not now", and return the seconds to wait before asking again.

        Return nothing where that is no use for this caller. Only a sound request teaches how fast to ask: a stranger
        may be told "not now" whatever the pace.
        """
        if not sound and who in self._in_vain:
            return None
        now = self.learnt or Learnt()
        wait = min(pause(reply, min(PAUSE * 2**now.streak, SLOWEST)), self._longest, LONGEST if sound else INSTEAD)
        if sound:
            interval = min(max(2 * now.interval, FIRST), now.worked)
            now = replace(
                now,
                refusals=now.refusals + 1,
                interval=interval,
                streak=now.streak + 1,
                resume=time.monotonic() + wait,
                wanted=max(now.wanted, asked(reply) or 0.0),
            )
        self._learn(now)
        return wait

    def failed(self, reply: Reply, *, sound: bool) -> None:
        """Learn from an answer that turned a request away and does not say that it was not processed.

        The request is not sent again, and the seller is left alone for a moment, whoever is next: what was asked may be
        done, and the next order lost as well. Only a sound request teaches how fast to ask.
        """
        self.leave_alone(rest(reply, sound=True))
        if not sound:
            return
        with self._lock:
            now = self.learnt or Learnt()
            interval = max(now.interval, min(max(2 * now.interval, FIRST), CAUTIOUS))
            resume = max(now.resume, self._resume)
            self._learn(replace(now, failures=now.failures + 1, interval=interval, resume=resume))

    def leave_alone(self, seconds: float) -> None:
        """Ask nothing in this process for so long."""
        self._resume = max(self._resume, time.monotonic() + seconds)

    def taken(self, after: float | None, *, sound: bool) -> None:
        """Learn that a request was taken, after a pause if it had been refused before."""
        now = self.learnt
        if now is None or (after is None and not now.streak):
            return
        worked = min(now.worked, max(after, FIRST)) if sound and after is not None else now.worked
        # Where a caller that is not sound was taken in the end, it is not the caller that is told so, but the pace.
        refusals = now.refusals + (not sound and after is not None)
        self._learn(replace(now, refusals=refusals, streak=0, worked=worked, interval=min(now.interval, worked)))

    def given_up(self, who: str, *, sound: bool) -> None:
        """Learn that asking again was no use."""
        if not sound:
            self._in_vain.add(who)
            now = self.learnt
            # This caller is told so whatever the pace: nobody else need slow down.
            if now and not (now.refusals or now.failures):
                self._path.unlink()


@dataclass
class Turn:
    """One request's turn."""

    throttle: Throttle
    held: ExitStack
    who: str
    sound: bool
    left: int  # how often it may be sent again: once, and once more where others were asking at the same time
    waited: float | None = None

    def again(self, reply: Reply) -> bool:
        """Wait after a "not now", alone with the seller, and say whether to send the same request again."""
        self.held.enter_context(self.throttle._lock)  # noqa: SLF001 - of this module
        wait = self.throttle.refused(reply, self.who, sound=self.sound)
        if wait is None or not self.left:
            self.throttle.given_up(self.who, sound=self.sound)
            return False
        self.left -= 1
        self.waited = wait
        time.sleep(wait)
        return True

    def done(self) -> None:
        """Note that the request was taken, whatever came of it."""
        if self.waited is not None or self.throttle.learnt is not None:
            self.held.enter_context(self.throttle._lock)  # noqa: SLF001 - of this module
            self.throttle.taken(self.waited, sound=self.sound)


def advice(target: str, rate: float | None, learnt: Learnt | None) -> list[str]:
    """Say at the end of a run that it has slowed down, and what to set for the next one."""
    if learnt is None or not (learnt.refusals or learnt.failures):
        return []
    begun = f'{target} said "not now" {_often(learnt.refusals)}: nothing was used up by it'
    if learnt.failures:
        said = (
            f"and {_often(learnt.failures)} more"
            if learnt.refusals
            else f"{target} said 502, 503 or 504 {_often(learnt.failures)}"
        )
        doubt = "without saying that nothing was done (429, or 503 with Retry-After): orders may be used up by that"
        begun = f"{f'{begun}, ' if learnt.refusals else ''}{said} {doubt}"
    if learnt.streak and learnt.wanted > LONGEST:
        words = f"it asked to be left alone for {learnt.wanted:g} s, and a run waits for {LONGEST:g} s at most"
        return [f"{begun}; {words}: run again once that is over"]
    pace = 1 / max(learnt.interval, FIRST)
    known = "" if rate is None else f", which is {rate:g} now,"
    words = f"{begun}, and the run has slowed down to what the seller takes"
    return [f"{words}; for the next one set [safety] rate{known} to {pace:.2g} or less"]


def _often(times: int) -> str:
    return "once" if times == 1 else f"{times} times"
