"""Sellers that serve a request whose signature is not the caller's, or not of that body."""

from __future__ import annotations

import gzip
import hmac
import re
from codecs import BOM_UTF16_BE
from dataclasses import replace
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.http import Request, Response
from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.orders import Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer


class _Lenient(Seller):
    """A seller that takes some other signature too."""

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do."""
        return super().signed(request, reseller) or self.accepts(
            request.headers.get("x-signature"), request.body, reseller
        )

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Tell whether some other signature will do; None where there is none."""
        raise NotImplementedError


class Trusting(_Lenient):
    """Never looks at a signature."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature"
    also = besides(fails="SIG-02 SIG-03 SIG-04 SIG-05", departs="SIG-09")

    def accepts(self, _signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept any, and none."""
        return True


class Unguarded(_Lenient):
    """Never looks at what the signature of a look-up is, if there is one."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-look-up"
    also = besides(fails="SIG-02 SIG-03 SIG-04 SIG-05")

    def accepts(self, signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept any for what changes nothing."""
        return signature is not None and b"get_order_info" in body


class Forgoing(_Lenient):
    """Asks for no signature of a look-up, but for a good one where there is one."""

    breaks = "OSRS-SIG-02"
    slug = "serves-look-up-without-signature"

    def accepts(self, signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Do without for what changes nothing."""
        return signature is None and b"get_order_info" in body


class Homely(Seller):
    """Looks at no signature of whoever says in a header that it asks from the seller's own machine."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-as-if-from-own-machine"

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Take the header's word for where somebody asks from."""
        return request.headers.get("forwarded") == "for=127.0.0.1" or super().signed(request, reseller)


class Neighbourly(Seller):
    """Looks at no signature of whoever says in a cache's header that it is the seller itself."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-client-ip-of-its-own"

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Take the header's word for who the client is."""
        return request.headers.get("true-client-ip") == "127.0.0.1" or super().signed(request, reseller)


class Acquainted(Seller):
    """Looks at the signatures of whoever says that it tests, and at nobody else's."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-but-the-suites"

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do, where it is the suite that asks."""
        known = request.headers.get("user-agent", "countermand") == "countermand"
        return not known or super().signed(request, reseller)


class Unpacking(Seller):
    """Looks at no signature of a body that comes compressed."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-in-gzip"

    def answer(self, request: Request) -> Answer:
        """Unpack a body."""
        packed = request.headers.get("content-encoding") == "gzip"
        return super().answer(replace(request, body=gzip.decompress(request.body)) if packed else request)

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do, if there is one to be looked at."""
        return "content-encoding" in request.headers or super().signed(request, reseller)


class Relabelled(Seller):
    """Looks at no signature of a body that is labelled as no XML, and reads it all the same."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-another-label"
    also = besides(fails="SIG-02")  # nor does it ask for any

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Check it where the label is the usual one."""
        return "xml" not in request.headers.get("content-type", "xml") or super().signed(request, reseller)


class Endian(Seller):
    """Looks at no signature of a body in UTF-16 that has its high bytes first."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-utf-16-high-bytes-first"

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Check it where the bytes come as it expects them."""
        return request.body.startswith(BOM_UTF16_BE) or super().signed(request, reseller)


class Piecemeal(Seller):
    """Looks at no signature of a body that comes in chunks."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-in-chunks"

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Check it where the length of the body is said beforehand."""
        return "transfer-encoding" in request.headers or super().signed(request, reseller)


class Bypassed(Seller):
    """Looks at no signature where its path is written otherwise."""

    written: ClassVar[str]

    def handle(self, request: Request) -> Response:
        """Look at the signature before the path is made the usual one."""
        if not request.target.startswith(self.written):
            return super().handle(request)
        return self.response(self.answer(request))

    def authenticate(self, request: Request) -> Reseller:
        """Take a user at their word at such a path."""
        reseller = self.resellers.get(request.headers.get("x-username", ""))
        otherwise = request.target.startswith(self.written)
        return reseller if reseller and otherwise else super().authenticate(request)


bypassed = family(__name__, Bypassed, "written")
Slanted = bypassed(
    "Slanted",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-two-slashes",
    "Looks at no signature where the path has two slashes.",
    "//",
)
Dotted = bypassed(
    "Dotted",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-dot",
    "Looks at no signature where the path has a dot.",
    "/./",
)
Pointed = bypassed(
    "Pointed",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-encoded-dot",
    "Looks at no signature where the path has an encoded dot.",
    "/%2e/",
)
Ascending = bypassed(
    "Ascending",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-two-dots",
    "Looks at no signature where the path goes up from a segment.",
    "/countermand/../",
)
Semicolonic = bypassed(
    "Semicolonic",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-dots-semicolon",
    "Looks at no signature where the path goes up with a parameter.",
    "/countermand/..;/",
)
Queried = bypassed(
    "Queried",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-query",
    "Looks at no signature where the path has a query.",
    "/?countermand=1",
)

Parametrized = bypassed(
    "Parametrized",
    "OSRS-SIG-01",
    "checks-no-signature-at-path-with-parameter",
    "Looks at no signature where the path has a parameter.",
    "/;countermand=1",
)
Absolute = bypassed(
    "Absolute",
    "OSRS-SIG-01",
    "checks-no-signature-at-whole-address",
    "Looks at no signature where the request line has the whole address.",
    "https://",
)


class Superficial(_Lenient):
    """Looks only at the form of a signature: 32 lower-case hexadecimal digits."""

    breaks = "OSRS-SIG-01"
    slug = "checks-only-form-of-signature"
    also = besides(fails="SIG-03 SIG-04", departs="SIG-09")

    def accepts(self, signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept any of that form."""
        return re.fullmatch("[0-9a-f]{32}", signature or "") is not None


class Measuring(_Lenient):
    """Looks only at the length of a signature."""

    breaks = "OSRS-SIG-01"
    slug = "compares-only-length-of-signature"
    also = besides(fails="SIG-03 SIG-04 SIG-05", departs="SIG-09")

    def accepts(self, signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept any of that length."""
        return len(signature or "") == 32  # noqa: PLR2004  the digits of an MD5 digest


class Shortsighted(_Lenient):
    """Compares only the first digits of a signature."""

    breaks = "OSRS-SIG-01"
    slug = "compares-only-start-of-signature"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one that begins well."""
        return hmac.compare_digest((signature or "")[:8].encode(), self.signature(body, reseller.key)[:8].encode())


class Farsighted(_Lenient):
    """Compares only the last digits of a signature."""

    breaks = "OSRS-SIG-01"
    slug = "compares-only-end-of-signature"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one that ends well."""
        return hmac.compare_digest((signature or "")[-8:].encode(), self.signature(body, reseller.key)[-8:].encode())


class Credulous(_Lenient):
    """Serves a request that has no signature header."""

    breaks = "OSRS-SIG-02"
    slug = "serves-without-signature-header"
    also = besides(not_applicable="SIG-09")

    def accepts(self, signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept none."""
        return signature is None


class Undemanding(_Lenient):
    """Serves a request whose signature is absent or empty."""

    breaks = "OSRS-SIG-02"
    slug = "serves-absent-or-empty-signature"
    also = besides(not_applicable="SIG-09")

    def accepts(self, signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept none."""
        return not signature


class Promiscuous(_Lenient):
    """Takes any reseller's key for the caller's."""

    breaks = "OSRS-SIG-03"
    slug = "takes-any-resellers-key"

    def accepts(self, signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept one made with another key."""
        return signature in [self.signature(body, known.key) for known in self.resellers.values()]


class Keyless(_Lenient):
    """Takes a signature made with no key at all."""

    breaks = "OSRS-SIG-03"
    slug = "takes-signature-without-key"

    def accepts(self, signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept one that anybody can make."""
        return signature == self.signature(body, "")


class Remembering(_Lenient):
    """Takes a signature again that it has seen on another body."""

    breaks = "OSRS-SIG-04"
    slug = "takes-signature-seen-before"
    also = besides(fails="SIG-03")  # from whoever sends it

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str | None] = set()

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do, and remember it."""
        will_do = super().signed(request, reseller)
        if will_do:
            self.seen.add(request.headers.get("x-signature"))
        return will_do

    def accepts(self, signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept one seen before."""
        return signature in self.seen


class Interchanging(_Lenient):
    """Takes the signature of one order's cancellation for another's."""

    breaks = "OSRS-SIG-04"
    slug = "takes-signature-of-another-order"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for the same body but for the digits of its order."""
        numbers = [order.number.encode() for order in self.owned(reseller)]
        named = [number for number in numbers if number in body]
        return signature in [
            self.signature(body.replace(name, other), reseller.key) for name in named for other in numbers
        ]


class Trimming(_Lenient):
    """Takes a signature made for the body without the white space around it."""

    breaks = "OSRS-SIG-04"
    slug = "takes-signature-of-trimmed-body"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for the trimmed body."""
        return signature in [
            self.signature(bare, reseller.key) for bare in (body.strip(), body.strip() + b"\n", body.rstrip(b"\0"))
        ]


class Caseblind(_Lenient):
    """Takes a signature in upper case."""

    breaks = "OSRS-SIG-05"
    slug = "takes-upper-case-signature"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one in either case."""
        return (signature or "").lower() == self.signature(body, reseller.key)
