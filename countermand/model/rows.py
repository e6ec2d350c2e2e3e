"""What a run writes down and is given back, as JSON has it: a row for each scenario, with every exchange in it."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class BodyRow(TypedDict):
    """A body, as model/body.py writes it: in words, in base64, or packed."""

    encoding: str
    value: str
    masked: list[list[int]]  # from where to where it is starred out
    length: NotRequired[int]  # of a packed one
    sha256: NotRequired[str]


class RequestRow(TypedDict):
    """What was sent."""

    method: str
    url: str
    headers: list[list[str]]
    body: BodyRow
    whole: NotRequired[bool]  # its line had the whole address
    signed: NotRequired[str]  # how, where requests are signed; records of before had none


class ReplyRow(TypedDict):
    """What came back."""

    status: int
    reason: str
    version: str
    headers: list[list[str]]
    body: BodyRow


class TlsRow(TypedDict):
    """The facts of a connection."""

    version: str
    cipher: str
    server: str


class ExchangeRow(TypedDict):
    """An exchange, with every secret starred out."""

    number: int
    operation: str
    identity: str
    started: str
    elapsed: float
    request: RequestRow
    reply: ReplyRow | None
    trouble: str | None
    said: str
    tls: TlsRow | None
    sound: bool
    stranger: NotRequired[bool]  # records of before had none of these
    complete: NotRequired[bool]
    shows: NotRequired[list[str]]


class OrderRow(TypedDict):
    """An order a scenario was given."""

    state: str
    seller: str
    buyer: str
    made: NotRequired[bool]  # on the spot
    beside: NotRequired[bool]  # another one that was only looked at


class AskedRow(TypedDict):
    """What was asked, and what a replay of it must be given again."""

    exchanges: list[ExchangeRow]
    drawn: DrawnRow


class DrawnRow(TypedDict, total=False):
    """What a replay must be given again; of a scenario that is not recorded nothing is known of it."""

    clock: list[str]  # the readings
    orders: list[OrderRow]
    repeated: list[int]  # exchanges whose request was sent once more
    facts: list[Any]  # what was to be seen outside any exchange
    attempts: list[AskedRow]  # to have a cancellation accepted, and in vain
    leans: bool  # on the acceptance of the run
    lent: bool  # that was of an earlier run
    unserved: int  # the exchange that shows that the buyer was shut out for a while
    called_off: str  # the order that was found so though the seller had said no
    refused: str  # why no order was given
    halted: int  # the exchange before which the seller was dead
    busy: bool  # or had said "not now" too often
    spared: bool  # an order, since the clause was broken already
    follows: str  # from a fault of this clause
    before: str  # the verdict, until the end put it in doubt


class StepRow(TypedDict):
    """A sentence, and how it went."""

    keyword: str
    text: str
    status: str


class ScenarioRow(AskedRow):
    """A scenario as it went against one target: results.Scenario says what each part is."""

    id: str
    name: str
    feature: str
    file: str
    line: int
    rule: str
    clause: str
    api: str
    target: str
    verdict: str
    message: str | None
    started: str
    elapsed: float
    steps: list[StepRow]


class PlayedRow(ScenarioRow):
    """A scenario as the processes of a run tell each other of it."""

    last: bool  # it waits for all that do not


class AcceptanceRow(TypedDict):
    """A complete cancellation that was answered: the one of the run, or one of an earlier run."""

    scenario: str
    order: OrderRow
    exchange: ExchangeRow
    drawn: DrawnRow
    exchanges: NotRequired[list[ExchangeRow]]  # where no scenario has provided it: all that was asked for it
    without: NotRequired[list[str]]  # optional fields that had to be left out
    otherwise: NotRequired[str]  # how its order is otherwise than listed, where that was refused
    run: NotRequired[str]  # the earlier one


class StandingRow(TypedDict):
    """Whether the buyer is served, and what was asked to see that."""

    cause: str  # why not; empty where it is
    answer: NotRequired[int]  # the number of the buyer's exchange
    incomplete: NotRequired[int]  # of its next one, with a field left out
    exchanges: NotRequired[list[ExchangeRow]]
    drawn: NotRequired[DrawnRow]
    risked: NotRequired[bool]  # an order


class ShownRow(TypedDict):
    """Which clause a request has shown to be broken, and how heavily that weighs."""

    clause: str
    verdict: str
