"""Sellers that take up what is no request of this protocol."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import ClassVar

from lxml import etree

from countermand.provider import trailing
from countermand.provider.http import Request
from countermand.provider.opensrs import message as opensrs_message
from countermand.provider.opensrs.message import Message, UnreadableError, parse, parser
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import DONE, Answer


class Easygoing(Seller):
    """Takes up the items of any envelope, whatever its name and namespace."""

    breaks = "OSRS-XML-08"
    slug = "takes-items-of-any-envelope"

    def read(self, body: bytes) -> Message:
        """Read the first array of items there is."""
        try:
            root = parse(body)
        except UnreadableError:
            return super().read(body)
        block = next(root.iter("{*}dt_assoc"), None)
        if opensrs_message.names_entities(root) or block is None or root.tag == "OPS_envelope":
            return super().read(body)
        return opensrs_message.read(_enveloped(block))


def _enveloped(block: etree._Element) -> etree._Element:
    """Put an array of items into an envelope of the protocol."""
    for element in block.iter("{*}*"):
        element.tag = etree.QName(element).localname
    envelope = etree.Element("OPS_envelope")
    etree.SubElement(etree.SubElement(envelope, "body"), "data_block").append(block)
    return envelope


class Rootless(Seller):
    """Takes up any document whose root has the body of an envelope."""

    breaks = "OSRS-XML-08"
    slug = "takes-any-root-around-body"

    def read(self, body: bytes) -> Message:
        """Read the body of whatever root."""
        try:
            root = parse(body)
        except UnreadableError:
            return super().read(body)
        if root.find("body/data_block/dt_assoc") is not None and not opensrs_message.names_entities(root):
            root.tag = "OPS_envelope"
            return opensrs_message.read(root)
        return super().read(body)


class Nestling(Seller):
    """Looks for an envelope wherever in a document it stands."""

    breaks = "OSRS-XML-08"
    slug = "finds-envelope-within-another"

    def read(self, body: bytes) -> Message:
        """Read the first envelope there is."""
        try:
            within = parse(body).find(".//OPS_envelope")
        except UnreadableError:
            within = None
        return super().read(body) if within is None else opensrs_message.read(within)


class Namesake(Seller):
    """Knows an envelope by its local name, whatever namespace that is in."""

    breaks = "OSRS-XML-08"
    slug = "knows-envelope-by-local-name"

    def read(self, body: bytes) -> Message:
        """Read it without its prefix."""
        return super().read(re.sub(rb"(</?)\w+:OPS_envelope", rb"\1OPS_envelope", body))


class Skipahead(Seller):
    """Reads a document from its XML declaration on, whatever stands before that."""

    breaks = "OSRS-XML-10"
    slug = "reads-document-behind-text"

    def read(self, body: bytes) -> Message:
        """Leave out what stands before a document."""
        return super().read(body[max(body.find(b"<?xml"), 0) :])


class Thoughtless(Seller):
    """Answers an empty body with success."""

    breaks = "OSRS-XML-09"
    slug = "success-for-empty-body"

    def answer(self, request: Request) -> Answer:
        """Carry out the command of a request, or nothing."""
        served = super().answer(request)
        return (
            Answer(success=True, code=200, text=DONE)
            if self.signed_by_anyone(request) and not request.body.strip()
            else served
        )

    def signed_by_anyone(self, request: Request) -> bool:
        """Tell whether a reseller signed a request."""
        return any(self.signed(request, reseller) for reseller in self.resellers.values())


class Mending(Seller):
    """Mends a document that is not well-formed, and serves it."""

    breaks = "OSRS-XML-10"
    slug = "mends-malformed-document"

    def read(self, body: bytes) -> Message:
        """Read a request, mended where it must be."""
        try:
            parse(body)
        except UnreadableError:
            if body.strip():
                mended = etree.fromstring(body, parser(recover=True))
                return super().read(etree.tostring(mended)) if mended is not None else super().read(body)
        return super().read(body)


class Scanning(Seller):
    """Looks for the items by a pattern, so that no element need be closed."""

    breaks = "OSRS-XML-10"
    slug = "reads-items-by-pattern"

    def read(self, body: bytes) -> Message:
        """Read a request that is cut off, as far as it goes."""
        try:
            parse(body)
        except UnreadableError:
            puller = etree.XMLPullParser(events=("end",), resolve_entities=False, no_network=True)
            texts = _pulled(puller, body)
            if "order_id" in texts:
                return Message({**texts, "attributes": {"order_id": texts["order_id"]}})
        return super().read(body)


def _pulled(puller: etree.XMLPullParser, body: bytes) -> dict[str, str]:
    """Read the texts of all items before the first mistake."""
    texts: dict[str, str] = {}
    with suppress(etree.XMLSyntaxError):
        puller.feed(body)
    for _event, element in puller.read_events():
        if element.tag == "item" and element.text:
            texts[element.get("key", "")] = element.text
    return texts


class Permissive(Seller):
    """Serves a document in which an ampersand begins no reference."""

    breaks = "OSRS-XML-10"
    slug = "serves-document-with-bare-ampersand"

    def read(self, body: bytes) -> Message:
        """Read it as it was meant."""
        return super().read(body.replace(b" & ", b" &amp; "))


_END = re.compile(rb"</OPS_envelope\s*>")


class _Stopping(Seller):
    """A seller that reads a document to the end of its root, and does not mind what is behind it."""

    behind: ClassVar[bytes]  # a pattern of what it does not mind

    def read(self, body: bytes) -> Message:
        """Read a request as far as its first document goes."""
        return super().read(trailing.without(body, _END, self.behind))


class Condoning(_Stopping):
    """Serves a document with text behind it."""

    breaks = "OSRS-XML-10"
    slug = "serves-document-with-text-behind"
    behind = rb"[^<]*"


class Halving(_Stopping):
    """Serves the first of two documents, one behind the other."""

    breaks = "OSRS-XML-10"
    slug = "serves-first-of-two-documents"
    behind = rb"\s*<.*"
