"""The trust service: a reseller's commands about orders of SSL certificates, whatever carries them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from threading import Lock
from types import MappingProxyType
from typing import Any, ClassVar, Final

from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import IN_FLIGHT, Order, Reseller, State, draw_number, draw_reseller, stock
from countermand.provider.opensrs.registration import common_name, missing_fields

DONE: Final = "Command completed successfully."


class Reason(StrEnum):
    """Why a request is refused."""

    USER = "user"
    SIGNATURE = "signature"
    UNREADABLE = "unreadable"
    PROTOCOL = "protocol"
    COMMAND = "command"
    UNNAMED = "unnamed"
    NOT_A_NUMBER = "not_a_number"
    UNKNOWN = "unknown"
    FOREIGN = "foreign"
    STATE = "state"


REFUSALS: Final[Mapping[Reason, tuple[int, str]]] = MappingProxyType(
    {
        Reason.USER: (400, "Invalid username"),
        Reason.SIGNATURE: (401, "Authentication Error"),
        Reason.UNREADABLE: (400, "Invalid XML"),
        Reason.PROTOCOL: (500, "Unrecognized protocol"),
        Reason.COMMAND: (400, "Invalid Command"),
        Reason.UNNAMED: (460, "Missing required field: order_id"),
        Reason.NOT_A_NUMBER: (465, "Invalid data: order_id is not a number"),
        Reason.UNKNOWN: (405, "Invalid id supplied. Cannot be found in the database"),  # as recorded
        Reason.FOREIGN: (501, "Permission denied"),  # as recorded for another reseller's product
        Reason.STATE: (400, "Command Failed: Order State Prohibits Cancellation"),
    }
)


class RefusedError(Exception):
    """A request is refused with this code and text."""

    def __init__(self, code: int, text: str, thing: str = "TRUST_SERVICE", action: str = "REPLY") -> None:
        super().__init__(text)
        self.code, self.text, self.thing, self.action = code, text, thing, action


@dataclass(frozen=True)
class Answer:
    """What the seller has to say, before it is written down."""

    success: bool
    code: int
    text: str
    attributes: Mapping[str, str] | None = None
    thing: str = "TRUST_SERVICE"  # the object it speaks of; empty where it names none
    action: str = "REPLY"
    command: str = ""  # which command is answered; empty where none was read


class TrustService:
    """Takes, tells and cancels the orders of two resellers."""

    cancellable: ClassVar[frozenset[State]] = IN_FLIGHT
    commands: ClassVar[frozenset[str]] = frozenset({"cancel_order", "get_order_info", "sw_register"})

    def __init__(self) -> None:
        self.buyer, self.another_buyer = draw_reseller(), draw_reseller()
        self.resellers = {reseller.username: reseller for reseller in (self.buyer, self.another_buyer)}
        self.orders = stock(self.buyer, self.another_buyer)
        self.lock = Lock()

    def memory(self) -> dict[str, Any]:
        """Give what a seller that is started again must know: its resellers and their orders."""
        return {
            "resellers": [asdict(reseller) for reseller in self.resellers.values()],
            "orders": [asdict(order) for order in self.orders.values()],
        }

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on where a seller with that memory ended; raises KeyError, TypeError, ValueError where it is none."""
        self.buyer, self.another_buyer = (Reseller(**row) for row in memory["resellers"])
        self.resellers = {reseller.username: reseller for reseller in (self.buyer, self.another_buyer)}
        self.orders = {row["number"]: Order(**{**row, "state": State(row["state"])}) for row in memory["orders"]}

    def refusal(self, reason: Reason, thing: str = "TRUST_SERVICE", detail: str = "") -> RefusedError:
        """Word the refusal of a request, which speaks of some object or of none."""
        code, text = REFUSALS[reason]
        return RefusedError(code, f"{text}: {detail}" if detail else text, thing)

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names."""
        name, thing = (message.text("action") or "").lower(), (message.text("object") or "").lower()
        if (message.text("protocol") or "").upper() != "XCP":
            raise self.refusal(Reason.PROTOCOL, thing.upper())
        if thing != "trust_service" or name not in self.commands:
            raise self.refusal(Reason.COMMAND, thing.upper(), name)
        try:
            with self.lock:
                return self.carry_out(name, message, reseller)
        except RefusedError as refusal:
            return Answer(
                success=False, code=refusal.code, text=refusal.text, action=f"{name.upper()}:REPLY", command=name
            )

    def carry_out(self, name: str, message: Message, reseller: Reseller) -> Answer:
        """Carry out a command of the trust service, whose name is that of a method."""
        do: Callable[[Message, Reseller], Mapping[str, str]] = getattr(self, name)
        return Answer(success=True, code=200, text=DONE, attributes=do(message, reseller), command=name)

    def cancel_order(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Cancel an order, and tell its domain, number and new state."""
        return self.success_attributes(self.cancel(self.find(message.attribute("order_id"), reseller)))

    def get_order_info(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Tell how an order stands."""
        return self.info_attributes(self.find(message.attribute("order_id"), reseller))

    def sw_register(self, message: Message, reseller: Reseller) -> Mapping[str, str]:
        """Take an order: saved as pending, or processed at once."""
        missing = missing_fields(message)
        if missing:
            raise RefusedError(460, f"Missing required field: {missing[0]}")
        handle = message.attribute("handle") or "process"
        if handle not in ("save", "process"):
            raise RefusedError(465, "Invalid data: handle is save or process")
        domain = message.attribute("domain") or common_name(message.attribute("csr") or "")
        if not domain:
            raise RefusedError(465, "Invalid data: neither domain nor csr names a domain")
        state = State.PENDING if handle == "save" else State.IN_PROGRESS
        details = [message.attribute(key) or "" for key in ("product_type", "reg_type", "period")]
        order = self.keep(Order(draw_number(self.orders), reseller.username, domain, state, *details))
        return {"order_id": order.number, "domain": order.domain, "state": order.state}

    def find(self, number: str | None, reseller: Reseller) -> Order:
        """Find the order a command names, which must be the reseller's own."""
        if not number:
            return self.unnamed(number, reseller)
        if not (number.isascii() and number.isdigit()):
            return self.not_a_number(number, reseller)
        order = self.orders.get(number)
        if order is None:
            return self.unknown(number, reseller)
        return order if order.owner == reseller.username else self.foreign(order)

    def unnamed(self, number: str | None, _reseller: Reseller) -> Order:
        """Refuse a command that names no order: its order_id is absent (None) or empty."""
        raise self.refusal(Reason.UNNAMED, detail="" if number is None else "empty")

    def not_a_number(self, _number: str, _reseller: Reseller) -> Order:
        """Refuse a command whose order_id is no number."""
        raise self.refusal(Reason.NOT_A_NUMBER)

    def unknown(self, _number: str, _reseller: Reseller) -> Order:
        """Refuse a command for an order that does not exist, as recorded."""
        raise self.refusal(Reason.UNKNOWN)

    def foreign(self, _order: Order) -> Order:
        """Refuse a command for another reseller's order, as recorded for another reseller's product."""
        raise self.refusal(Reason.FOREIGN)

    def cancel(self, order: Order) -> Order:
        """Cancel an order that is in flight."""
        if order.state not in self.cancellable:
            raise self.refusal(Reason.STATE)
        return self.keep(order.become(self.cancelled_state(order)))

    def cancelled_state(self, order: Order) -> State:
        """Tell what a cancelled order becomes.

        A saved one is cancelled, one at the supplier declined, as in the page's example.
        """
        return State.CANCELLED if order.state is State.PENDING else State.DECLINED

    def owned(self, reseller: Reseller) -> list[Order]:
        """List the orders of a reseller."""
        return [order for order in self.orders.values() if order.owner == reseller.username]

    def keep(self, order: Order) -> Order:
        """Write an order down."""
        self.orders[order.number] = order
        return order

    def success_attributes(self, order: Order) -> Mapping[str, str]:
        """Give the three attributes that are always returned."""
        return {"domain": order.domain, "order_id": order.number, "state": order.state}

    def info_attributes(self, order: Order) -> Mapping[str, str]:
        """Give what get_order_info tells."""
        details = {"product_type": order.product_type, "reg_type": order.reg_type, "period": order.period}
        return {"order_id": order.number, "domain": order.domain, "state": order.state, **details}
