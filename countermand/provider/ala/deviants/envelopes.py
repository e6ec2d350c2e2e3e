"""Sellers whose envelopes are not as SOAP 1.1 has them."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala.markup import SOAP, Element
from countermand.provider.ala.seller import Seller

#: The namespace of SOAP 1.2 (SOAP 1.2 part 1, 5.1).
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


class _Packing(Seller):
    """Puts its replies into an envelope of another kind."""

    breaks: ClassVar[str]
    instead: ClassVar[tuple[str, str]]

    def document(self, payload: Element, *, bare: bool = False) -> bytes:
        """Write a payload, and change what it is in."""
        usual, instead = self.instead
        return super().document(payload, bare=bare).replace(usual.encode(), instead.encode())


class Modernised(_Packing):
    """Answers in an envelope of SOAP 1.2, whatever it was asked in."""

    breaks = "ALA-ENV-01"
    slug = "answers-in-soap-1-2"
    instead = (SOAP, SOAP_12)


class TwoBodied(_Packing):
    """Puts a second Body into its envelopes."""

    breaks = "ALA-ENV-01"
    slug = "second-body"
    instead = ("</soap:Body>", "</soap:Body><soap:Body/>")


class Accompanied(_Packing):
    """Puts a second message into the Body."""

    breaks = "ALA-ENV-01"
    slug = "second-message-in-body"
    also: ClassVar = {"ALA-SCH-02": "does not conform"}
    instead = ("</soap:Body>", "<receipt/></soap:Body>")
