"""One scenario as it is played: it carries requests, and gives and takes back orders."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from countermand.model.api import Api
from countermand.model.apis import APIS
from countermand.model.draw import Draw
from countermand.model.exchange import Exchange, Request, Trouble
from countermand.model.ownership import Maker
from countermand.model.rows import AskedRow, DrawnRow, ExchangeRow
from countermand.model.secret import Masker
from countermand.model.target import Identity, Order, Target
from countermand.model.verdict import FOLLOWS, NOT_REPEATED, Inconclusive, NotApplicable, Verdict
from countermand.orders.command import Command
from countermand.orders.ledger_file import LedgerError
from countermand.orders.supply import Replayed, Supply
from countermand.protocols import disclosure, front
from countermand.protocols.answer import THROTTLED
from countermand.protocols.carrier import ERRAND, Errand
from countermand.protocols.reply import try_xml
from countermand.run import safety, throttle
from countermand.run.concurrency import Beside, Send
from countermand.run.rehearsal import Rehearsed
from countermand.run.replay import Replay
from countermand.run.run import Run
from countermand.run.wire import HttpsWire, Wire

#: What counts as no sign of life, from the rightful buyer's side.
LIFELESS = frozenset({Trouble.UNREACHABLE, Trouble.TIMEOUT, Trouble.DISTRUST, Trouble.OTHER})
#: Who asks at the moment anybody else does.
BESIDE = "buyer on another connection"
#: Seconds before a seller is asked again who could not be reached: one that was there may be restarting.
RESTARTING = (0.2, 0.5, 1.0, 2.0)
#: Seconds for which a seller is left alone that has closed the connection: so long at first, and at last.
CLOSED_FIRST, CLOSED_LAST = 0.2, 2.0


@dataclass(frozen=True)
class Asking:
    """One request on its way."""

    identity: Identity
    request: Request
    operation: str
    sound: bool
    stranger: bool
    complete: bool = False
    errand: Errand = ERRAND

    @property
    def sent(self) -> tuple[Identity, Request, str]:
        """What a wire takes."""
        return self.identity, self.request, self.operation


@dataclass
class Scene:
    """Carries, numbers and keeps every exchange of one scenario, and gives it its orders."""

    run: Run
    target: Target
    scenario: str
    clause: str
    masker: Masker
    recorded: AskedRow | None = None  # the scenario as it was recorded, in a replay
    weighs: bool = True  # whether a departure from its clause fails the target
    spends: bool = False  # whether it uses up an order at a seller that keeps its clause
    exchanges: list[Exchange] = field(default_factory=list, init=False)
    #: Optional fields that this seller takes nothing up with.
    leaves_out: tuple[str, ...] = field(default=(), init=False)
    attempts: list[AskedRow] = field(default_factory=list, init=False)  # to have a cancellation accepted, and in vain
    lent: bool = field(default=False, init=False)  # the acceptance it leans on was of an earlier run
    #: Exchanges whose request was sent once more: it was not processed.
    _repeated: list[int] = field(default_factory=list, init=False)
    #: Whether it leans on the acceptance of the run: a refusal proves something beside it alone.
    leans: bool = field(default=False, init=False)
    unserved: int = field(default=0, init=False)  # the exchange that shows that the buyer was shut out
    called_off: str = field(default="", init=False)  # the order that was found so though the seller had said no
    _masked: dict[int, ExchangeRow] = field(default_factory=dict, init=False)
    _asking: str | None = field(default=None, init=False)  # the request that was sent last, if it must be refused
    #: Requests that must be refused and have used up an order.
    _wrong: list[str] = field(default_factory=list, init=False)
    _called_off: set[str] = field(default_factory=set, init=False)  # orders whose complete cancellation was asked for
    _facts: list[Any] = field(default_factory=list, init=False)
    _ended: DrawnRow = field(default_factory=DrawnRow, init=False)  # why no order was given, or nothing more was sent
    _is_aside: bool = field(default=False, init=False)
    _resume: float = field(default=0.0, init=False)
    _ahead: bool = field(default=False, init=False)  # what is done at the moment risks no order
    _beside: Beside[Asking] | None = field(default=None, init=False)  # what goes out with requests at the moment
    waited: float = field(default=0.0, init=False)  # seconds for its turn, at last

    def __post_init__(self) -> None:
        self._then: DrawnRow = {} if self.recorded is None else self.recorded["drawn"]
        self.replay = None if self.recorded is None else Replay(self.recorded["exchanges"], self.masker)
        self.draw = Draw(self.run.seed, self.scenario, None if self.recorded is None else self._then["clock"])
        self.orders: Supply | Replayed
        if self.recorded is not None:
            self.orders = Replayed(self._then["orders"])
        elif self.run.rehearsals is not None:
            rehearsal = self.run.rehearsals[self.target.api]
            self.orders = Rehearsed(self.target, self.run.ledger(self.target), self.run.id, self.scenario, rehearsal)
        else:
            ledger, command = self.run.ledger(self.target), Command(self.target, self.run.folder)
            self.orders = Supply(self.target, ledger, self.run.id, self.scenario, self.run.worker, command=command)

    @property
    def folder(self) -> Path:
        """Where the keys of strangers are kept: with the run, that is removed when it ends."""
        return self.run.folder

    def masked(self, exchange: Exchange) -> ExchangeRow:
        """Return an exchange of the scene as it may be written down."""
        if exchange.number not in self._masked:
            self._masked[exchange.number] = exchange.masked(self.masker)
        return self._masked[exchange.number]

    def makes_orders_with(self, maker: Maker) -> None:
        """Let the supply make orders through the API where the lists run out."""
        self.orders.maker = maker

    @property
    def drawn(self) -> DrawnRow:
        """What a replay must be given again."""
        row: DrawnRow = {
            "repeated": self._repeated,
            "facts": self._facts,
            "attempts": self.attempts,
            "leans": self.leans,
            "lent": self.lent,
            "unserved": self.unserved,
            "called_off": self.called_off,
            **self._ended,
        }
        filled = cast("DrawnRow", {key: value for key, value in row.items() if value})
        return {"clock": self.draw.readings, "orders": self.orders.given, **filled}

    def fact(self, look: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever JSON can hold
        """Return what is to be seen outside any exchange; it is recorded, and a replay is told the same."""
        if self.recorded is None:
            self._facts.append(look())
        else:
            facts = self._then.get("facts", [])[len(self._facts) :]
            if not facts:
                raise Inconclusive("the record lacks what was seen here outside the exchanges")
            self._facts.append(facts[0])
        return self._facts[-1]

    def carry(
        self,
        identity: Identity,
        request: Request,
        operation: str,
        *,
        sound: bool = False,
        stranger: bool = False,
        errand: Errand = ERRAND,
    ) -> Exchange:
        """Send a request, once more if it was not processed, and keep all that came of it.

        Raises Inconclusive once the seller is dead.
        """
        self._check_alive()
        self._must_tell(() if self._is_aside else errand.names)
        complete, borne = self._is_first(errand), request.bearing(self.target.headers)
        asked = Asking(identity, borne, operation, sound, stranger, complete, errand)
        exchange = self._asked(asked) if self.replay is None else self._replayed(self.replay, asked)
        self._keep_beside()
        return exchange

    def _replayed(self, replay: Replay, asked: Asking) -> Exchange:
        exchange = self._keep(replay.send(*asked.sent), asked)
        while exchange.number in self._then.get("repeated", ()):
            self._repeated.append(exchange.number)
            exchange = self._keep(replay.send(*asked.sent), asked)
        return exchange

    @contextlib.contextmanager
    def beside(self, rounds: Sequence[Sequence[Request]], operation: str) -> Iterator[list[Exchange]]:
        """Have the buyer ask at the moment anybody does, over connections of its own: a round with each request within.

        Yields what came of that, as it comes. Raises NotApplicable where one thing at a time may be asked.
        """
        self._check_alive()
        if self.fact(self._asks_one_at_a_time):
            raise NotApplicable("the seller is asked one thing at a time: [safety] rate says so, or its answers have")
        with contextlib.ExitStack() as held:
            wires = [self._wire_beside(held) for _ in rounds[0]]
            sends = [list(map(partial(self._from_buyer, operation), wires, requests)) for requests in rounds]
            self._beside = Beside(sends, self.target.limits.total)
            try:
                yield self._beside.came
            finally:
                self._beside = None

    def _from_buyer(self, operation: str, wire: Wire, request: Request) -> tuple[Asking, Send]:
        safety.hold_home(self.target, request)
        borne = request.bearing(self.target.headers)
        # What a limit of connections says of these is no answer to a request: no clause about every reply judges it.
        buyer = replace(self.target.identities["buyer"], name=BESIDE)
        asking = Asking(buyer, borne, operation, sound=True, stranger=False)
        return asking, partial(wire.send, *asking.sent)

    def _wire_beside(self, held: contextlib.ExitStack) -> Wire:
        """Return what carries requests beside others: over a connection of its own, where there are any."""
        if self.replay is not None:
            return self.replay
        wire = self.run.wire(self.target)
        if isinstance(wire, HttpsWire):
            wire = HttpsWire(self.target, wire.habit)
            held.callback(wire.close)
        return wire

    def _keep_beside(self) -> None:
        """Keep what went out with the last request, behind it."""
        if self._beside is not None and self._beside.rounds:
            with self._going_home():
                sent = self._beside.done()
            self._beside.came += [self._keep(self._shown(exchange), asked) for asked, exchange in sent]

    def _asks_one_at_a_time(self) -> bool:
        return bool(self.target.safety.rate) or self.run.throttle(self.target).learnt is not None

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Ask what shows nothing of the clause, whatever it is told, and does not follow from what was shown.

        It is asked as at the beginning of the run, with nothing left out.
        """
        self._is_aside, left_out, self.leaves_out = True, self.leaves_out, ()
        try:
            yield
        finally:
            self._is_aside, self.leaves_out = False, left_out

    def _is_first(self, errand: Errand) -> bool:
        """Say whether a request is the first complete cancellation of an order of the scenario.

        What a second one is told depends on what became of the first.
        """
        if not errand.complete or errand.about is None or errand.about.seller in self._called_off:
            return False
        self._called_off.add(errand.about.seller)
        return any(order["seller"] == errand.about.seller for order in self.orders.given)

    def _asked(self, asked: Asking) -> Exchange:
        """Send a request in its turn, and once more where the seller says "not now": the request was not processed."""
        request, name = asked.request, asked.identity.name
        # A wrong method, path or document may be told "not now" for ever.
        who = f"{name} {request.method} {request.url} {asked.operation} {self.clause if name == 'buyer' else ''}"
        not_now = asked.errand.not_now
        with self.run.throttle(self.target).turn(who, sound=asked.sound) as turn:
            exchange = self._keep(self._looked_at(asked), asked)
            while not_now(exchange) and exchange.reply is not None:
                self._doubt(asked, under_way=False)
                if not turn.again(exchange.reply):
                    break
                self._repeated.append(exchange.number)
                exchange = self._keep(self._looked_at(asked), asked)
            else:
                turn.done()
        self._note_life(exchange, busy=not_now(exchange))
        return exchange

    def _keep(self, sent: Exchange, asked: Asking) -> Exchange:
        kept = sent if self.recorded is not None else self.run.keep(sent)
        number, sound, stranger, complete = len(self.exchanges) + 1, asked.sound, asked.stranger, asked.complete
        exchange = replace(kept, number=number, sound=sound, stranger=stranger, complete=complete)
        if self.recorded is None:  # a seller may say a secret back: what is judged is what a replay will judge
            cookies = kept.reply.cookies if kept.reply else ()
            exchange = replace(exchange, reply=Exchange.of(self.masked(exchange)).reply, cookies=cookies)
        self.exchanges.append(exchange)
        return exchange

    def _looked_at(self, asked: Asking) -> Exchange:
        """Send a request, and see what no record may hold and a replay cannot see: whether the reply shows a secret."""
        return self._shown(self._sent(asked))

    def _shown(self, sent: Exchange) -> Exchange:
        if self.recorded is not None:
            return sent
        shows, parts = disclosure.revealed(sent, self.masker)
        return replace(sent, shows=shows, parts=parts)

    def _sent(self, asked: Asking) -> Exchange:
        safety.hold_home(self.target, asked.request)
        self.run.pace(self.target)
        if (pause := self._resume - time.monotonic()) > 0:
            time.sleep(pause)
        self._doubt(asked, under_way=True)
        exchange = self._over_the_wire(asked)
        for seconds in RESTARTING if not self.run.dead.get(self.target.api) else RESTARTING[:1]:
            if exchange.trouble is not Trouble.UNREACHABLE:
                break
            time.sleep(seconds)  # nothing was sent: the one case in which asking again is safe
            exchange = self._over_the_wire(asked)
        return exchange

    def _over_the_wire(self, asked: Asking) -> Exchange:
        wire = self.run.wire(self.target)
        with self._going_home():
            if self._beside is not None and not self._beside.out and isinstance(wire, HttpsWire):
                return self._beside.along(partial(wire.send, *asked.sent))
            return wire.send(*asked.sent)

    @contextlib.contextmanager
    def _going_home(self) -> Iterator[None]:
        """End the run where a request would have gone elsewhere; raises Inconclusive."""
        try:
            yield
        except safety.Misdirected as misdirected:
            self.run.stop(str(misdirected))
            raise Inconclusive(str(misdirected)) from None

    def _doubt(self, asked: Asking, *, under_way: bool) -> None:
        if asked.errand.about is not None:
            self.orders.doubt(asked.errand.about, under_way=under_way)

    def take(self, state: str, spare: int = 0) -> Order:
        """Return an order of that state, if so many more would be left.

        A clause shown to be broken costs no other: orders are money.
        """
        if not self._ahead or not self.orders.abounds(state, self.run.processes):
            self.await_turn()
        self._must_not_be_spared()
        api = APIS[self.target.api]
        faults = self.run.faults(self.target.api)
        # Others are not used up; what is left of these is for repeating that, and for a run after the fix. No clause
        # that may fail the target is left open for a fault that does not.
        if (Verdict.DOES_NOT_CONFORM in faults if self.weighs else faults) and state == self._cancelled_first(api):
            least = 0 if self.weighs else 1
            spare = max(spare, self.run.kept(self.target.api) if self.spends else least)
        return self.order(state, spare)

    def _cancelled_first(self, api: Api) -> str:
        """Return the state whose orders a run cancels, of which it keeps some: the first there are any of."""
        states = (api.in_flight, *api.registered)
        return next((state for state in states if self.orders.offers(state)), api.in_flight)

    def _must_not_be_spared(self) -> None:
        if self._is_spared():
            self._ended["spared"] = True
            raise NotApplicable(
                f"{NOT_REPEATED}another scenario has used up an order to show that {self.clause} is broken"
            )

    @contextlib.contextmanager
    def ahead(self) -> Iterator[None]:
        """Take an order and look at it, while one of the clause's scenario before may still be at risk.

        Where that one shows the clause to be broken, what was done here is no part of this scenario: a run in which
        they follow each other does none of it. Raises NotApplicable then, whatever came of it.
        """
        exchanges, orders, readings = len(self.exchanges), len(self.orders.given), len(self.draw.readings)
        self._ahead = True
        try:
            yield
        except (Inconclusive, NotApplicable):
            self._after(exchanges, orders, readings)
            raise
        finally:
            self._ahead = False
        self._after(exchanges, orders, readings)

    def _after(self, exchanges: int, orders: int, readings: int) -> None:
        """Wait for the turn after what was done ahead of it; so much was done before."""
        if self.run.turn is None:
            return
        self.await_turn()
        try:
            self._must_not_be_spared()
        except NotApplicable:
            del self.exchanges[exchanges:], self.draw.readings[readings:]
            self._repeated = [number for number in self._repeated if number <= exchanges]
            self._ended = {"spared": True}
            self.orders.forget(orders)
            raise

    def await_turn(self) -> None:
        """Wait until no order of the clause's scenario before is at risk."""
        if self.run.turn is not None:
            began = time.monotonic()
            self.run.turn()
            self.waited = time.monotonic() - began

    def order(self, state: str, spare: int = 0) -> Order:
        """Return an order of the supply, whatever is known of the clause.

        Why there is none is recorded, and a replay is told the same.
        """
        if self._then.get("refused") and len(self.orders.given) == len(self._then["orders"]):
            self._made_in_vain(state)
            self._ended["refused"] = self._then["refused"]
            raise Inconclusive(self._then["refused"])
        try:
            return self.orders.take(state, spare)
        except Inconclusive as shortage:
            if isinstance(shortage, LedgerError):
                self.run.stop(shortage.reason)
            self._ended["refused"] = self.masker.text(shortage.reason)
            raise

    def _made_in_vain(self, state: str) -> None:
        """Ask once more, in a replay, for the order that was not made."""
        maker = self.orders.maker
        if maker is not None and self.replay is not None and self.replay.ahead:
            with contextlib.suppress(Inconclusive):
                maker(state)

    def _is_spared(self) -> bool:
        """Say whether another scenario has shown the clause to be broken.

        A record may only say so where it holds that scenario.
        """
        if self.recorded is None or self.run.record is None:
            return self.run.broken(self.target.api, self.clause)
        return bool(self._then.get("spared")) and self.run.record.broken(self.clause, besides=self.scenario)

    def _must_tell(self, names: Sequence[str]) -> None:
        """Send a request only where it may tell something new.

        No order is used up for what follows from a fault that was shown.
        """
        clause = self._follows(names) if names else None
        self._asking = names[0] if names else None
        if clause is not None:
            self._ended["follows"] = clause
            raise NotApplicable(
                f"{FOLLOWS}{clause}: another scenario has used up an order to show that, "
                "and no other is used up for this"
            )

    def _follows(self, names: Sequence[str]) -> str | None:
        """Return the clause whose fault tells what a request would, unless that is a lighter matter than this."""
        if self.recorded is not None:
            clause, record = self._then.get("follows"), self.run.record
            known = clause is not None and record is not None and record.outweighs(clause, weighs=self.weighs)
            return clause if known and len(self.exchanges) == len(self.recorded["exchanges"]) else None
        shown = filter(None, map(self.run.shown, names))
        heavy = (row for row in shown if not self.weighs or row["verdict"] == Verdict.DOES_NOT_CONFORM)
        return next((str(row["clause"]) for row in heavy if row["clause"] != self.clause), None)

    def settle(self, verdict: Verdict | None) -> None:
        """Give orders back, and remember whether a broken clause has cost one."""
        try:
            if self.orders.settle() and verdict in {Verdict.DOES_NOT_CONFORM, Verdict.DEPARTS}:
                self.run.note_broken(self.target.api, self.clause, verdict)
                for name in self._wrong:
                    self.run.note_shown(name, self.clause, verdict)
        except (LedgerError, OSError) as trouble:
            used = [order["seller"] for order in self.orders.given]
            self.run.note_unwritten(used)  # which process of the run has stopped it, and why, is another matter
            also = f"; used here and perhaps not written down: {', '.join(used)}" if used else ""
            self.run.stop(f"{trouble.reason if isinstance(trouble, LedgerError) else trouble}{also}")

    def risks_no_more(self) -> None:
        """Say that no order is at risk any more: what this clause forbids was not done, and is not asked for again."""
        if self.run.next_may_begin is not None:
            self.run.next_may_begin()

    def note(self, order: Order, outcome: str, *, spent: bool) -> None:
        """Note what came of a request about an order.

        A request that must be refused and has used it up no other scenario need send, if that is a fault.
        """
        self._wrong += [self._asking] if spent and self._asking else []
        self.orders.note(order, outcome, spent=spent)

    def untouched(self, order: Order) -> None:
        """Note that an order is seen to be as it was, whatever a reply about it has said."""
        self.orders.untouched(order)

    def rest(self, seconds: float) -> None:
        """Wait before the seller is asked again, where anybody is asked."""
        if self.recorded is None and self.run.rehearsals is None:
            time.sleep(seconds)

    def _check_alive(self) -> None:
        api, enough = self.target.api, self.target.limits.dead
        dead, busy = (count.get(api, 0) >= enough for count in (self.run.dead, self.run.busy))
        if self.recorded is not None:
            dead, busy = self._then.get("halted") == len(self.exchanges) + 1, bool(self._then.get("busy"))
        if dead or (busy and self.recorded is None):
            self._ended |= {"halted": len(self.exchanges) + 1, **({"busy": True} if busy else {})}
            refused = ('said "not now", was too busy, or sent us elsewhere', front.BUSY)
            what, mend = refused if busy else ("gave no answer", f"{front.LATER}, and [safety] rate asks more slowly")
            raise Inconclusive(
                f"the seller {what} {enough} times in a row: nothing more is sent to it ([limits] dead); {mend}"
            )

    def _note_life(self, exchange: Exchange, *, busy: bool) -> None:
        api = self.target.api
        if exchange.identity == "buyer":
            lifeless = exchange.trouble in LIFELESS or (exchange.trouble is Trouble.CLOSED and exchange.sound)
            self.run.dead[api] = self.run.dead.get(api, 0) + 1 if lifeless else 0
            if lifeless and exchange.trouble is Trouble.CLOSED:
                self.run.throttle(self.target).leave_alone(min(CLOSED_FIRST * 2 ** self.run.dead[api], CLOSED_LAST))
        reply = exchange.reply
        moved = reply is not None and exchange.sound and front.is_redirect(reply)
        failed = reply if reply is not None and (moved or reply.status in THROTTLED) else None
        wordless = failed is not None and exchange.identity == "buyer" and front.is_page(try_xml(failed))
        # A request that is complete costs an order each time.
        if (busy and exchange.sound) or (wordless and (moved or exchange.complete)):
            self.run.busy[api] = self.run.busy.get(api, 0) + 1
        elif exchange.sound and not wordless and not moved:
            self.run.busy[api] = 0
        if failed is None or busy:
            return
        if moved:
            self.run.throttle(self.target).leave_alone(throttle.rest(failed, sound=True))
        elif wordless:
            self.run.throttle(self.target).failed(failed, sound=exchange.sound)
        else:
            self._resume = time.monotonic() + throttle.rest(failed, sound=exchange.sound)
