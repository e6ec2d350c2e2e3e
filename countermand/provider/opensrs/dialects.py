"""Conforming OpenSRS sellers that settle differently what the public documents leave open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from countermand.provider.http import Response
from countermand.provider.opensrs import markup as opensrs_markup
from countermand.provider.opensrs.message import Items, Message, Value
from countermand.provider.opensrs.orders import Order, Reseller, State
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.style import Action, Door, Style, Terminal
from countermand.provider.opensrs.styles import styles
from countermand.provider.opensrs.trust import REFUSALS, Answer, Reason, RefusedError

__all__ = ["Dialect", "Style", "styles"]

BODIES: Mapping[Door, tuple[bytes, str]] = MappingProxyType(
    {
        Door.PAGE: (b"<!DOCTYPE html><html><body><p>Please sign in.<br></body></html>", "text/html"),
        Door.TEXT: (b"Authentication Error\n", "text/plain"),
        Door.NOTHING: (b"", ""),
    }
)

DOOR = "AUTHENTICATE"  # the object of a refusal to listen at all
EXTRA_ITEMS: Items = MappingProxyType(
    {
        "transaction_id": "2026-11-21 12:00:00 4711",
        "support_message": "Call us.",
        "cookie": "",
        "registrant_ip": "192.0.2.1",
    }
)
BLANK: Items = MappingProxyType({"domain": "", "order_id": "", "state": ""})
EXTRA_ATTRIBUTES: Items = MappingProxyType(
    {"notes_list": ({"note": "saved"}, {"note": "called off"}), "supplier_order_id": "9"}
)


class Dialect(Seller):
    """A seller of some style."""

    def __init__(self, style: Style | None = None) -> None:
        super().__init__()
        self.style = style or Style()

    def target(self) -> dict[str, Mapping[str, str | list[str]]]:
        """Give the tables of the target file, without a schema that this style need not keep to."""
        return {name: table for name, table in super().target().items() if name != "schemas"}

    def files(self) -> dict[str, str]:
        """Give no file beside the target."""
        return {}

    # What is decided

    def refusal(self, reason: Reason, thing: str = "TRUST_SERVICE", detail: str = "") -> RefusedError:
        """Word the refusal of a request, with a code of the style."""
        text = REFUSALS[reason][1]
        return RefusedError(getattr(self.style, f"code_{reason}"), f"{text}: {detail}" if detail else text, thing)

    def command(self, message: Message, reseller: Reseller) -> Answer:
        """Carry out the command a message names, where the style has it."""
        if not self.style.tells_orders and (message.text("action") or "").lower() == "get_order_info":
            raise self.refusal(Reason.COMMAND, detail="get_order_info")
        return super().command(message, reseller)

    def cancel(self, order: Order) -> Order:
        """Cancel an order that is in flight, and perhaps leave any other as it is."""
        if order.state not in self.cancellable and self.style.terminal is Terminal.UNCHANGED:
            return order
        return super().cancel(order)

    def cancelled_state(self, order: Order) -> State:
        """Tell what a cancelled order becomes."""
        return self.style.cancelled_pending if order.state is State.PENDING else self.style.cancelled_in_flight

    # What is said

    def items(self, answer: Answer) -> Items:
        """Arrange an answer in the words of the style."""
        style = self.style
        items: dict[str, Value] = dict(super().items(answer))
        items["action"] = _action(answer, style.action)
        items["response_text"] = _text(answer.text, style)
        if "object" in items:
            items["object"] = answer.thing.lower() if style.lower_object else answer.thing
        if answer.thing == DOOR and not style.door_object:
            del items["object"]
        if answer.attributes is not None and style.extra_attributes:
            items["attributes"] = {**answer.attributes, **EXTRA_ATTRIBUTES}
        if not answer.success and style.error_details:
            items["error_details"] = (
                {"error_detail": answer.text, "field_name": "order_id", "error_code": str(answer.code)},
            )
        if not answer.success and style.blank_attributes:
            items |= {**BLANK, "attributes": BLANK}
        return {**items, **EXTRA_ITEMS} if style.extra_items else items

    def envelope(self, items: Items) -> bytes:
        """Write a reply in the markup of the style."""
        return opensrs_markup.write(items, self.style)

    def response(self, answer: Answer, status: int = 200) -> Response:
        """Put an answer on the wire, or shut the door."""
        response = replace(super().response(answer, status), chunked=self.style.chunked, close=self.style.close)
        if answer.thing != DOOR:
            return response
        if self.style.door is Door.ENVELOPE:
            return replace(response, status=self.style.door_status)
        body, label = BODIES[self.style.door]
        status = 401 if self.style.door_status == 200 else self.style.door_status  # noqa: PLR2004  a bare body refuses by its status
        return replace(response, status=status, body=body, headers=(("Content-Type", label),) if label else ())

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Give the headers of the style."""
        style = self.style
        label = f"{style.content_type}; charset={style.charset}" if style.charset_label else style.content_type
        extra = (("Cache-Control", "no-store"), ("X-Request-Id", "7f3a")) if style.extra_headers else ()
        return (
            *(header for header in super().headers() if header[0] != "Content-Type"),
            ("Content-Type", label),
            *extra,
        )


def _action(answer: Answer, action: Action) -> str:
    """Call the action of a reply by its name in the style."""
    command = f"{answer.command.upper()}:REPLY" if answer.command else "REPLY"
    return {Action.RECORDED: answer.action, Action.COMMAND: command}.get(action, action.value)


def _text(text: str, style: Style) -> str:
    """Word a text in the style."""
    accented = f"{text} Opération terminée." if style.accents else text
    return accented.replace(" ", "\n                    ", 2) if style.wrapped_text else accented
