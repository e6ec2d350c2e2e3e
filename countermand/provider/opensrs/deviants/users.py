"""Sellers that serve callers they do not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.http import Request
from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.deviants.orders import Favouring
from countermand.provider.opensrs.orders import Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Reason


class Hospitable(Seller):
    """Serves a user it does not know as if it were the buyer."""

    breaks = "OSRS-SIG-06"
    slug = "serves-unknown-user-as-buyer"
    also = besides(fails="SIG-03", not_applicable="SIG-09")  # two names together are nobody's

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller, or take one."""
        named = request.headers.get("x-username")
        return self.buyer if named and named not in self.resellers else super().authenticate(request)


class Chatting(Seller):
    """Tells a user it does not know how an order stands, as if it were the buyer, and does nothing else for it."""

    breaks = "OSRS-SIG-06"
    slug = "tells-unknown-user-of-order-when-asked"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller, or take one where a look-up changes nothing."""
        named = request.headers.get("x-username")
        harmless = named and named not in self.resellers and b"get_order_info" in request.body
        return self.buyer if harmless else super().authenticate(request)


class _Blankkeyed(Seller):
    """Verifies the signature of a user it does not know with what its language says where there is no key."""

    nothing: ClassVar[str]

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller, or one that was never there."""
        named = request.headers.get("x-username")
        nobody = replace(self.buyer, key=self.nothing)
        if named and named not in self.resellers and self.signed(request, nobody):
            return self.buyer
        return super().authenticate(request)


blankkeyed = family(__name__, _Blankkeyed, "nothing")
DEVIANTS = tuple(
    blankkeyed(
        name,
        "OSRS-SIG-06",
        f"knows-no-user-by-key-{nothing.lower()}",
        f"Verifies the signature of a user it does not know with the key {nothing}.",
        nothing,
    )
    for name, nothing in (("Undefined", "undefined"), ("Nulled", "null"), ("Nonesuch", "None"))
)


class _Shortening(Seller):
    """A seller that takes a user for one whose name begins that of a user it does not know."""

    shorten: ClassVar[Callable[[str, Iterable[str]], str]]

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller by what counts of the name."""
        named = request.headers.get("x-username", "")
        counts = named if named in self.resellers else type(self).shorten(named, self.resellers)
        return super().authenticate(replace(request, headers={**request.headers, "x-username": counts}))


shortening = family(__name__, _Shortening, "shorten")
Dotless = shortening(
    "Dotless",
    "OSRS-SIG-06",
    "knows-user-by-name-up-to-dot",
    "Reads the name of a user up to the first dot in it, and serves whomever that names.",
    lambda named, _known: named.partition(".")[0],
)
Suffixed = shortening(
    "Suffixed",
    "OSRS-SIG-06",
    "knows-user-by-beginning-of-name",
    "Serves as the buyer whoever's name begins with the buyer's and goes on with letters.",
    lambda named, known: next(
        (user for user in known if named[len(user) :].isalpha() and named.startswith(user)), named
    ),
)


class Recognizing(Seller):
    """Knows the caller by the signature, whatever user it names."""

    breaks = "OSRS-SIG-06"
    slug = "knows-any-user-by-signature"
    also = besides(not_applicable="SIG-09")

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller by the key that made the signature."""
        named = request.headers.get("x-username")
        for known in self.resellers.values():
            if named and named not in self.resellers and self.signed(request, known):
                return known
        return super().authenticate(request)


class Doublefaced(Seller):
    """Verifies the signature by the key of the first user that is named, and serves the last."""

    breaks = "OSRS-SIG-03"
    slug = "verifies-first-user-and-serves-last"
    verified, served = 0, -1

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed, and take the other."""
        named = request.headers.get("x-username", "").split(", ")
        super().authenticate(replace(request, headers={**request.headers, "x-username": named[self.verified]}))
        reseller = self.resellers.get(named[self.served])
        if reseller is None:
            raise self.refusal(Reason.USER, "AUTHENTICATE")
        return reseller


class Uncurious(Doublefaced, Favouring):
    """Takes the first user that is named for the only one, and lets one reseller cancel the orders of the other."""

    breaks = "OSRS-REQ-05"
    slug = "takes-first-user-who-may-cancel-the-buyers-order"
    verified, served = 0, 0


class Duplicitous(Doublefaced):
    """Verifies the signature by the key of the last user that is named, and serves the first."""

    breaks = "OSRS-SIG-03"
    slug = "verifies-last-user-and-serves-first"
    verified, served = -1, 0


class Underscored(Seller):
    """Verifies the signature by the key of X-Username, and serves whom a header with an underscore names."""

    breaks = "OSRS-SIG-03"
    slug = "serves-user-of-header-with-underscore"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed, and take the other."""
        reseller = super().authenticate(request)
        return self.resellers.get(request.headers.get("x_username", ""), reseller)


class Incurious(Seller):
    """Serves a caller that names no user as if it were the buyer."""

    breaks = "OSRS-SIG-07"
    slug = "serves-unnamed-user-as-buyer"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller, or take one."""
        return super().authenticate(request) if request.headers.get("x-username") else self.buyer


class Unsuspecting(Seller):
    """Tells a caller that names no user how an order stands, and does nothing else for it."""

    breaks = "OSRS-SIG-07"
    slug = "tells-unnamed-user-of-order-when-asked"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller, or take one where a look-up changes nothing."""
        harmless = not request.headers.get("x-username") and b"get_order_info" in request.body
        return self.buyer if harmless else super().authenticate(request)


class Presuming(Seller):
    """Knows a caller that names no user by the signature alone."""

    breaks = "OSRS-SIG-07"
    slug = "knows-unnamed-user-by-signature"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller by the key that made the signature."""
        if request.headers.get("x-username"):
            return super().authenticate(request)
        for known in self.resellers.values():
            if self.signed(request, known):
                return known
        return super().authenticate(request)
