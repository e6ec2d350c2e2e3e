"""The verdicts, and the exceptions by which a check says one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What a scenario, a clause or a run says; README says what each means."""

    CONFORMS = "conforms"
    DOES_NOT_CONFORM = "does not conform"
    DEPARTS = "departs"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"
    NOT_TESTED = "not tested"  # of a whole run alone: its target could not be asked anything


#: Verdicts of scenarios, from worst to best: a clause's verdict is the worst of its scenarios'.
WORST_FIRST = (
    Verdict.DOES_NOT_CONFORM,
    Verdict.INCONCLUSIVE,
    Verdict.DEPARTS,
    Verdict.CONFORMS,
    Verdict.NOT_APPLICABLE,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that decides for all; of nothing at all it is inconclusive."""
    return min(verdicts, key=WORST_FIRST.index, default=Verdict.INCONCLUSIVE)


#: How the reason begins why a scenario was not played:
#: what it would show follows from a clause that another has shown to be broken,
FOLLOWS = "follows from "
#: or is the very clause.
NOT_REPEATED = "not repeated: "


def is_left_out(verdict: Verdict, message: str | None) -> bool:
    """Say whether a scenario was not played because another has shown a fault.

    Of itself that says nothing of the seller.
    """
    return verdict is Verdict.NOT_APPLICABLE and (message or "").startswith((FOLLOWS, NOT_REPEATED))


class Nonconformance(AssertionError):  # noqa: N818 - the word the report uses
    """A Then that did not hold: what the seller did, what was expected, what was received and where."""

    provoked: str | None = None  # the clause in whose scenario it came up, where that is another

    def __init__(
        self,
        otherwise: str,
        *,
        expected: object = None,
        received: object = None,
        at: str | None = None,
        exchange: object = None,
    ) -> None:
        super().__init__(otherwise)
        self.exchange = exchange  # the one it speaks of, where that is not plain
        self.otherwise = otherwise
        self.expected = expected
        self.received = received
        self.at = at


class Departure(Nonconformance):
    """A Then that did not hold on a matter no page documents, whatever the clause.

    It departs and cannot fail a target.
    """


class Inconclusive(Exception):  # noqa: N818 - the word the report uses
    """What we could not find out, and what to do about it."""

    def __init__(self, reason: str, *, received: object = None, at: str | None = None, exchange: object = None) -> None:
        super().__init__(reason)
        self.exchange = exchange  # the one it speaks of, where that is not plain
        self.reason = reason
        self.received = received
        self.at = at


class Lost(Inconclusive):
    """An order was asked for, and nobody said whether it was made."""


class NotApplicable(Exception):  # noqa: N818 - the word the report uses
    """A situation the target cannot be in, and why."""


def expect(
    expected: object, received: object, *, otherwise: str, at: str | None = None, exchange: object = None
) -> None:
    """Hold the seller to one value, or to one of several; raises Nonconformance, which says otherwise."""
    allowed: Collection[object] = expected if isinstance(expected, tuple) else (expected,)
    if isinstance(expected, (frozenset, set)):
        allowed = sorted(expected, key=str)  # a set has no order, and a message is the same in every run
    if received not in allowed:
        raise Nonconformance(
            otherwise, expected=" or ".join(map(str, allowed)), received=received, at=at, exchange=exchange
        )
