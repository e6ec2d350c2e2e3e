"""The toy shop itself: it knows its orders, and whoever holds a key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from threading import Lock
from typing import Any, ClassVar

from lxml import etree

from countermand.provider.door import Door
from countermand.provider.http import Request, Response


class Seller:
    """Calls open orders off."""

    path: ClassVar[str] = "/toys/cancel"
    door: ClassVar[Door] = Door()

    def __init__(self) -> None:
        self.keys = {name: secrets.token_hex(16) for name in ("buyer", "other")}
        stock = [*[("buyer", "open")] * 12, *[("buyer", "sent")] * 3, ("other", "open")]
        self.orders = {f"toy-{secrets.token_hex(6)}": order for order in stock}
        self._lock = Lock()

    def target(self) -> Mapping[str, Mapping[str, Any]]:
        states = ("open", "sent")
        listed = {
            state: [number for number, order in self.orders.items() if order == ("buyer", state)] for state in states
        }
        listed["foreign"] = [number for number, (owner, _) in self.orders.items() if owner == "other"]
        parties = {"buyer": "buyer", "another_buyer": "other"}
        return {"orders": listed} | {
            name: {"username": username, "api_key": self.keys[username]} for name, username in parties.items()
        }

    def files(self) -> Mapping[str, str]:
        return {}

    def memory(self) -> dict[str, Any]:
        return {"keys": self.keys, "orders": self.orders}

    def recall(self, memory: Mapping[str, Any]) -> None:
        self.keys, self.orders = (
            dict(memory["keys"]),
            {number: tuple(order) for number, order in memory["orders"].items()},
        )

    def handle(self, request: Request) -> Response:
        if request.path != self.path:
            return self.refused(404, "there is nothing here")
        user = request.headers.get("x-user", "")
        if self.keys.get(user, "") != request.headers.get("x-key", "-"):
            return self.refused(401, "who are you?")
        try:
            root = etree.fromstring(request.body)
        except etree.XMLSyntaxError:
            return self.refused(400, "that is no cancellation")
        with self._lock:
            return self.cancelled(user, root.findtext("order") or "")

    def cancelled(self, user: str, number: str) -> Response:
        if not number:
            return self.refused(400, "which order?")
        if self.orders.get(number, ("", ""))[0] != user:
            return self.refused(404, "there is no such order")
        if self.orders[number][1] != "open":
            return self.refused(409, "it is on its way")
        self.orders[number] = (user, "off")
        return self.done()

    def done(self) -> Response:
        return self.said(200, "<done><sticker>bear</sticker></done>")

    def refused(self, status: int, why: str) -> Response:
        return self.said(status, f"<refused><why>{why}</why></refused>")

    def said(self, status: int, words: str) -> Response:
        return Response(status, words.encode(), (("Content-Type", "application/xml"),))
