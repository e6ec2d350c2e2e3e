"""Requests that go out at the same moment as another one, each over a connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from countermand.model.exchange import Exchange

Asked = TypeVar("Asked")
Send = Callable[[], Exchange]

#: Seconds for which a request waits for those it is to go out with, and beyond its own time for their answers.
PATIENCE = 5.0
#: Seconds by which each comes later than the one before: one of them comes while the first is being answered.
LATER = 0.004


@dataclass
class _Sending:
    """One request in a thread of its own, and what came of it."""

    send: Send
    after: float  # seconds
    came: Exchange | None = None
    error: Exception | None = None

    def begin(self, together: threading.Barrier) -> None:
        """Send it as soon as all others are ready, or a little later."""
        try:
            _wait(together)
            time.sleep(self.after)
            self.came = self.send()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the others are waited for
            self.error = error


@dataclass
class Beside(Generic[Asked]):
    """What goes out beside the requests of a scenario: a round of it with each of them."""

    rounds: list[list[tuple[Asked, Send]]]
    seconds: float  # in which each of them is answered, or is not
    out: bool = False  # the first round is on its way, or answered and not kept yet
    sent: list[tuple[Asked, Exchange]] = field(default_factory=list)  # what came of it
    error: Exception | None = None  # what any of it has raised
    came: list[Exchange] = field(default_factory=list)  # all that is kept

    def along(self, first: Send) -> Exchange:
        """Send a request and what goes with it at the same moment.

        Threads that an interruption leaves behind end with the process.
        """
        asked = self.rounds[0]
        together = threading.Barrier(1 + len(asked))
        sendings = [_Sending(send, number * LATER) for number, (_, send) in enumerate(asked)]
        threads = [threading.Thread(target=sending.begin, args=(together,), daemon=True) for sending in sendings]
        for thread in threads:
            thread.start()
        self.out = True
        _wait(together)
        exchange = first()
        for thread in threads:
            thread.join(self.seconds + PATIENCE)
        self.error = next((sending.error for sending in sendings if sending.error is not None), None)
        came = [(each, sending.came) for (each, _), sending in zip(asked, sendings, strict=True)]
        self.sent = [(each, exchange) for each, exchange in came if exchange is not None]
        return exchange

    def done(self) -> Sequence[tuple[Asked, Exchange]]:
        """Return what went out with the last request; it is sent now where nothing can go out at the same moment.

        Raises what any of it has raised.
        """
        asked, sent, out = self.rounds.pop(0), self.sent, self.out
        self.sent, self.out = [], False
        if self.error is not None:
            raise self.error
        return sent if out else [(each, send()) for each, send in asked]


def _wait(together: threading.Barrier) -> None:
    """Wait for the others, though not for ever: a moment later is no worse than not at all."""
    try:
        together.wait(PATIENCE)
    except threading.BrokenBarrierError:
        return
