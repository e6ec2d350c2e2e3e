"""Sellers whose refusals tell a caller that cannot sign what only the holder of the key knows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import md5

from countermand.provider.http import Request, Response
from countermand.provider.opensrs.message import UnreadableError, parse, read
from countermand.provider.opensrs.orders import Order, Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer


class _Helpful(Seller):
    """A seller that says more than it should where a signature is not good."""

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request, and help whoever could not sign it."""
        reseller = self.resellers.get(request.headers.get("x-username", ""))
        response = super().handle(request)
        stranger = reseller is not None and request.method == "POST" and not self.signed(request, reseller)
        return self.helped(response, request, reseller) if stranger and reseller is not None else response

    def helped(self, response: Response, request: Request, reseller: Reseller) -> Response:
        """Add what should help."""
        words = self.words(request, reseller)
        return replace(
            response, body=response.body.replace(b"Authentication Error", b"Authentication Error" + words.encode())
        )

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say what helps."""
        raise NotImplementedError


class Prompting(_Helpful):
    """Says which signature it expected."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say it."""
        return f": expected {self.signature(request.body, reseller.key)}"


class Capitalizing(_Helpful):
    """Says in capital letters which signature it expected."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature-in-upper-case"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say it."""
        return f": expected {self.signature(request.body, reseller.key).upper()}"


class Encoding(_Helpful):
    """Says in base64 which signature it expected."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature-in-base64"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say it."""
        return f" ({b64encode(self.signature(request.body, reseller.key).encode()).decode()})"


class Recoding(_Helpful):
    """Says in base64 the bytes that the signature it expected stands for."""

    breaks = "OSRS-SIG-08"
    slug = "shows-bytes-of-expected-signature-in-base64"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say it."""
        return f" ({b64encode(bytes.fromhex(self.signature(request.body, reseller.key))).decode()})"


class Unlocking(_Helpful):
    """Says with which key the signature should have been made."""

    breaks = "OSRS-SIG-08"
    slug = "shows-key"

    def words(self, request: Request, reseller: Reseller) -> str:  # noqa: ARG002  as in the base class
        """Say it."""
        return f": the key is {reseller.key}"


class Undressing(_Helpful):
    """Says of which digest the signature it expected is made."""

    breaks = "OSRS-SIG-08"
    slug = "shows-inner-digest-of-expected-signature"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say it."""
        digest = md5(request.body + reseller.key.encode(), usedforsecurity=False).hexdigest()
        return f": inner digest {digest}"


class Fingerprinting(_Helpful):
    """Says by a digest which key the signature should have been made with."""

    breaks = "OSRS-SIG-08"
    slug = "shows-digest-of-key"

    def words(self, request: Request, reseller: Reseller) -> str:  # noqa: ARG002  as in the base class
        """Say it."""
        return f": the key is that of {md5(reseller.key.encode(), usedforsecurity=False).hexdigest()}"


class Headlining(_Helpful):
    """Says in a header which signature it expected."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature-in-header"

    def helped(self, response: Response, request: Request, reseller: Reseller) -> Response:
        """Say it."""
        return replace(
            response, headers=(*response.headers, ("X-Expected", self.signature(request.body, reseller.key)))
        )


class Baking(_Helpful):
    """Says in a cookie which signature it expected."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature-in-cookie"

    def helped(self, response: Response, request: Request, reseller: Reseller) -> Response:
        """Say it."""
        cookie = f"expected={self.signature(request.body, reseller.key)}; HttpOnly"
        return replace(response, headers=(*response.headers, ("Set-Cookie", cookie)))


class Commenting(_Helpful):
    """Says in a comment which signature it expected."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature-in-comment"

    def helped(self, response: Response, request: Request, reseller: Reseller) -> Response:
        """Say it."""
        comment = f"<!-- {self.signature(request.body, reseller.key)} --></OPS_envelope>"
        return replace(response, body=response.body.replace(b"</OPS_envelope>", comment.encode()))


class Starring(_Helpful):
    """Says which signature it expected, but for its last digits."""

    breaks = "OSRS-SIG-08"
    slug = "shows-expected-signature-but-for-its-end"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say nearly all of it."""
        return f": expected {self.signature(request.body, reseller.key)[:-4]}****"


class _Recognizing(_Helpful):
    """A seller that talks to strangers about the order they name."""

    def words(self, request: Request, reseller: Reseller) -> str:  # noqa: ARG002  as in the base class
        """Say what it knows of the order."""
        try:
            order = self.orders.get(read(parse(request.body)).attribute("order_id") or "")
        except UnreadableError:
            return ""
        return self.of(order) if order else ""

    def of(self, order: Order) -> str:
        """Say what it knows."""
        raise NotImplementedError


class Addressing(_Recognizing):
    """Tells a caller whose signature is wrong for which domain the order is."""

    breaks = "OSRS-SIG-09"
    slug = "tells-wrong-signer-domain"

    def of(self, order: Order) -> str:
        """Say it."""
        return f" for {order.domain}"


class Updating(_Recognizing):
    """Tells a caller whose signature is wrong how the order stands."""

    breaks = "OSRS-SIG-09"
    slug = "tells-wrong-signer-state"

    def of(self, order: Order) -> str:
        """Say it."""
        return f": the order is {order.state}"


class Informing(Updating):
    """Tells a caller whose signature is wrong how the order stands, where it is asked for just that."""

    breaks = "OSRS-SIG-09"
    slug = "tells-wrong-signer-state-when-asked"

    def words(self, request: Request, reseller: Reseller) -> str:
        """Say what it knows of the order, where it is looked up."""
        return super().words(request, reseller) if b"get_order_info" in request.body.lower() else ""


class Acknowledging(_Recognizing):
    """Tells a caller whose signature is wrong that there is such an order."""

    breaks = "OSRS-SIG-09"
    slug = "tells-wrong-signer-that-order-exists"

    def of(self, order: Order) -> str:  # noqa: ARG002 - of whichever order there is
        """Say it."""
        return " for this order"


class Ushering(_Recognizing):
    """Tells a caller whose signature is wrong in a cookie that there is such an order."""

    breaks = "OSRS-SIG-09"
    slug = "cookie-tells-wrong-signer-that-order-exists"

    def helped(self, response: Response, request: Request, reseller: Reseller) -> Response:
        """Say it."""
        if not self.words(request, reseller):
            return response
        return replace(response, headers=(*response.headers, ("Set-Cookie", "known=yes; Path=/")))

    def of(self, order: Order) -> str:
        """Say it."""
        return order.number


class Keeping(_Recognizing):
    """Tells a caller whose signature is wrong in a cookie how the order stands."""

    breaks = "OSRS-SIG-09"
    slug = "cookie-tells-wrong-signer-state"

    def helped(self, response: Response, request: Request, reseller: Reseller) -> Response:
        """Say it."""
        state = self.words(request, reseller)
        return replace(response, headers=(*response.headers, ("Set-Cookie", f"order_state={state}; Path=/")))

    def of(self, order: Order) -> str:
        """Say it."""
        return order.state


class Reusing(Seller):
    """Turns a caller away with the attributes of the last success, as it answers with the same object again."""

    breaks = "OSRS-SIG-09"
    slug = "tells-wrong-signer-of-order-before"

    def __init__(self) -> None:
        super().__init__()
        self.before: Mapping[str, str] | None = None

    def answer(self, request: Request) -> Answer:
        """Carry out the command of a request, and leave what the last one has left."""
        answer = super().answer(request)
        self.before = answer.attributes or self.before
        return replace(answer, attributes=self.before) if answer.thing == "AUTHENTICATE" else answer
