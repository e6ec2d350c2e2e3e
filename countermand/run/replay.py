"""The wire that plays a recorded scenario.

It answers as was answered then, and says where the scenario departs from its record.
"""

from __future__ import annotations

from collections.abc import Sequence

from countermand.model.exchange import Exchange, Request, address
from countermand.model.rows import ExchangeRow
from countermand.model.secret import Masker
from countermand.model.target import Identity
from countermand.model.verdict import Inconclusive


class Replay:
    """The wire of one recorded scenario: its n-th request is answered as it was then, if it is the same request."""

    def __init__(self, rows: Sequence[ExchangeRow], masker: Masker) -> None:
        self._rows, self._masker = rows, masker
        self.played = 0
        self.unlike: str | None = None  # how this scenario departs from its record

    @property
    def ahead(self) -> bool:
        """Whether the record has exchanges that were not asked for yet."""
        return self.played < len(self._rows)

    def send(self, identity: Identity, request: Request, operation: str) -> Exchange:
        """Answer a request from the record; raises Inconclusive where the record has another one, or none."""
        number = self.played + 1
        if number > len(self._rows):
            self._depart(
                f"request {number} ({operation}) is not in the record, which ends with exchange {len(self._rows)}"
            )
        row = self._rows[number - 1]
        facts = (
            ("number", number, row["number"]),
            ("operation", operation, row["operation"]),
            ("identity", identity.name, row["identity"]),
        )
        for name, value, recorded in facts:
            if recorded != value:
                self._depart(f"request {number} ({operation}): its {name} is {value!r}, in the record {recorded!r}")
        if words := _difference(Exchange.of(row).request, self._masked(request)):
            self._depart(f"request {number} ({operation}): {words}")
        self.played = number
        return Exchange.of(row)

    def departure(self) -> str | None:
        """Say how the scenario departs from its record, once it is over.

        An exchange nobody asked for is a departure too.
        """
        if self.unlike is None and self.ahead:
            self.unlike = f"exchange {self.played + 1} of the record is one the scenario does not have"
        return self.unlike and f"the scenario departs from its record: {self.unlike}"

    def _masked(self, request: Request) -> Request:
        headers = tuple(
            (name, "***" if name.lower() in request.secret_headers else self._masker.text(value))
            for name, value in request.headers
        )
        url, body = self._masker.text(request.url), self._masker.mask(request.body)
        return Request(request.method, url, headers, body, whole=request.whole, signed=request.signed)

    def _depart(self, words: str) -> None:
        self.unlike = self.unlike or words
        raise Inconclusive(f"the scenario departs from its record: {words}")


def _difference(recorded: Request, request: Request) -> str | None:
    """Say where a request differs from the recorded one: what the suite would not have starred, no record may star."""
    url, then = (address(each.url, whole=each.whole) for each in (request, recorded))
    facts = (
        ("method", request.method, recorded.method),
        ("URL", url, then),
        ("signature", request.signed, recorded.signed or request.signed),  # records of before do not say it
    )
    for name, value, recorded_value in facts:
        if value != recorded_value:
            return f"its {name} is {value}, in the record {recorded_value}"
    if [name for name, _ in request.headers] != [name for name, _ in recorded.headers]:
        return "it has other headers than in the record"
    for (name, value), (_, then) in zip(request.headers, recorded.headers, strict=True):
        if value != then:
            return f"its {name} is {value!r}, in the record {then!r}"
    if request.body != recorded.body:
        return f"its body differs from the record at byte {_first(request.body, recorded.body)}"
    return None


def _first(sent: bytes, recorded: bytes) -> int:
    return next(
        (at for at, (here, there) in enumerate(zip(sent, recorded, strict=False)) if here != there),
        min(len(sent), len(recorded)),
    )
