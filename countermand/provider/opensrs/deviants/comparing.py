"""Sellers that compare a signature with the right one, and do it badly."""

from __future__ import annotations

from dataclasses import replace
from hashlib import md5

from countermand.provider.http import Request
from countermand.provider.opensrs.deviants.signatures import _Lenient
from countermand.provider.opensrs.orders import Reseller
from countermand.provider.opensrs.seller import Seller


class Overlooking(_Lenient):
    """Compares both ends of a signature and not its middle."""

    breaks = "OSRS-SIG-01"
    slug = "ignores-middle-of-signature"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one that begins and ends well."""
        right = self.signature(body, reseller.key)
        return signature is not None and (signature[:12], signature[-12:]) == (right[:12], right[-12:])


class Unending(_Lenient):
    """Takes the right signature with anything behind it."""

    breaks = "OSRS-SIG-01"
    slug = "takes-signature-with-anything-behind"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one that begins with the right one."""
        return (signature or "").startswith(self.signature(body, reseller.key))


class Halfway(_Lenient):
    """Takes the inner digest alone for a signature."""

    breaks = "OSRS-SIG-01"
    slug = "takes-inner-digest-as-signature"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made with a single digest."""
        return signature == md5(body + reseller.key.encode(), usedforsecurity=False).hexdigest()


class Absent(Seller):
    """Takes the key of a user it does not know for the empty one."""

    breaks = "OSRS-SIG-06"
    slug = "takes-unknown-users-key-as-empty"

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller, or make one up."""
        named = request.headers.get("x-username")
        if named and named not in self.resellers and self.signed(request, replace(self.buyer, key="")):
            return self.buyer
        return super().authenticate(request)
