"""Sellers that read only some of the forms in which one XML document may be written."""

from __future__ import annotations

import codecs
import re
from typing import ClassVar

from lxml import etree

from countermand.provider import trailing
from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.request import Cancellation, IllFormedError, UnreadableError, parse, parser
from countermand.provider.ala.seller import PATH, RefusalError, Seller
from countermand.provider.http import Request, Response


class Squinting(Seller):
    """Looks at the bytes before it reads them."""

    refused: ClassVar[bytes]  # a pattern of what it will not read

    def refuses(self, text: bytes) -> bool:
        """Tell whether it will not read these bytes, of which those of UTF-16 are narrowed to one each."""
        return re.search(self.refused, text) is not None

    def parse_xml(self, body: bytes) -> etree._Element:
        """Refuse what it will not read."""
        if self.refuses(body.replace(b"\0", b"")):
            raise UnreadableError("The message cannot be read.")
        return super().parse_xml(body)


class Parochial(Seller):
    """Reads only the envelopes whose prefix it knows."""

    breaks = "ALA-XML-01"
    slug = "reads-only-known-envelope-prefix"

    def payload(self, root: etree._Element) -> etree._Element:
        """Know three prefixes."""
        if root.prefix not in {None, "soap", "soapenv"}:
            raise UnreadableError("The envelope is unknown.")
        return super().payload(root)


class Prefixed(Seller):
    """Reads only messages whose reseller goes by the prefix it knows."""

    breaks = "ALA-XML-01"
    slug = "reads-only-known-reseller-prefix"

    def check_root(self, message: etree._Element) -> None:
        """Know one prefix."""
        if any(element.prefix != "cfh" for element in message.iter("{http://www.cityfibre.com/ala/ext1}*")):
            raise UnreadableError("The reseller is unknown.")
        super().check_root(message)


class Uncharacteristic(Squinting):
    """Refuses text in a CDATA section."""

    breaks = "ALA-XML-02"
    slug = "refuses-cdata"
    refused = rb"<!\[CDATA\["


class Humourless(Squinting):
    """Refuses comments."""

    breaks = "ALA-XML-03"
    slug = "refuses-comments"
    refused = rb"<!--"


class Dense(Squinting):
    """Refuses a blank line between elements."""

    breaks = "ALA-XML-03"
    slug = "refuses-blank-line-between-elements"

    def refuses(self, text: bytes) -> bool:
        """Refuse a void."""
        lines = text.replace(b"\r", b"").split(b"\n")[1:-1]
        return any(not line.strip() for line in lines) or b">\t" in text


class Markless(Squinting):
    """Refuses UTF-8 with a byte order mark."""

    breaks = "ALA-XML-04"
    slug = "refuses-byte-order-mark"
    refused = rb"\A\xef\xbb\xbf"


class Formal(Squinting):
    """Refuses a document without an XML declaration."""

    breaks = "ALA-XML-04"
    slug = "refuses-missing-xml-declaration"

    def refuses(self, text: bytes) -> bool:
        """Insist on the form; UTF-16 is marked, and anything marked is not looked at."""
        return not text.startswith((b"<?xml ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


class Narrow(Seller):
    """Refuses UTF-16."""

    breaks = "ALA-XML-05"
    slug = "refuses-utf-16"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Read one byte for one letter."""
        if b"\0" in body:
            raise UnreadableError("The message is not UTF-8.")
        return super().parse_xml(body)


class Deaf(Seller):
    """Takes any message for a cancellation."""

    breaks = "ALA-XML-06"
    slug = "takes-any-message-as-cancellation"

    def check_root(self, message: etree._Element) -> None:
        """Hear what it wants to hear."""


class Generous(Seller):
    """Takes up an empty body."""

    breaks = "ALA-XML-07"
    slug = "takes-up-empty-body"

    def serve(self, request: Request) -> Response:
        """Take nothing for something."""
        if request.peer and request.method == "POST" and request.path == PATH and not request.body.strip():
            return self.answer(Cancellation({}), Answer(Decision.PENDING))
        return super().serve(request)


class Blase(Seller):
    """Takes up what it could not parse."""

    breaks = "ALA-XML-08"
    slug = "takes-up-unparseable-document"
    # what takes up even a document that cannot be read does not tell whether it has read another
    also: ClassVar = {f"ALA-XML-{number:02d}": "inconclusive" for number in (*range(1, 6), 14)}

    def serve(self, request: Request) -> Response:
        """Never admit that it did not understand."""
        try:
            return super().serve(request)
        except RefusalError as refusal:
            if request.body.strip() and isinstance(refusal.__cause__, IllFormedError):
                return self.answer(Cancellation({}), Answer(Decision.PENDING))
            raise


class Mending(Seller):
    """Mends a document that is not well-formed, and takes it up."""

    breaks = "ALA-XML-08"
    slug = "mends-malformed-document"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Read on after an error."""
        return parse(body, parser(lenient=True))


class Permissive(Seller):
    """Takes a document up in which an ampersand begins no reference."""

    breaks = "ALA-XML-08"
    slug = "takes-up-bare-ampersand"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Read it as it was meant."""
        return super().parse_xml(body.replace(b" & ", b" &amp; "))


class Broadminded(Seller):
    """Opens an envelope of any kind."""

    breaks = "ALA-XML-09"
    slug = "opens-any-envelope"

    def payload(self, root: etree._Element) -> etree._Element:
        """Look only at local names."""
        if etree.QName(root).localname != "Envelope":
            return root
        bodies = [child for child in root if etree.QName(child).localname == "Body" and len(child)]
        if not bodies:
            raise UnreadableError("The envelope holds no message.")
        return bodies[0][0]


_END = re.compile(rb"</[\w.:-]*Envelope\s*>")


class _Stopping(Seller):
    """A seller that reads a document to the end of its root, and does not mind what is behind it."""

    behind: ClassVar[bytes]  # a pattern of what it does not mind

    def parse_xml(self, body: bytes) -> etree._Element:
        """Read a message as far as its first document goes."""
        return super().parse_xml(trailing.without(body, _END, self.behind))


class Condoning(_Stopping):
    """Takes up a document with text behind it."""

    breaks = "ALA-XML-08"
    slug = "takes-up-document-with-text-behind"
    behind = rb"[^<]*"


class Halving(_Stopping):
    """Takes up the first of two documents, one behind the other."""

    breaks = "ALA-XML-08"
    slug = "takes-up-first-of-two-documents"
    behind = rb"\s*<.*"


class Unreferring(Squinting):
    """Refuses a reference to a character."""

    breaks = "ALA-XML-14"
    slug = "refuses-references-to-characters"
    refused = rb"&#"


class Ascetic(Seller):
    """Refuses letters beyond ASCII."""

    breaks = "ALA-XML-04"
    slug = "refuses-letters-beyond-ascii"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Refuse what is not in ASCII; anything marked is not looked at."""
        if not body.isascii() and body[0] not in (codecs.BOM_UTF8[0], *codecs.BOM_UTF16):
            raise UnreadableError("The message cannot be read.")
        return super().parse_xml(body)


class Skipping(Seller):
    """Takes up a document with text before it."""

    breaks = "ALA-XML-08"
    slug = "takes-up-document-with-text-before-it"

    def parse_xml(self, body: bytes) -> etree._Element:
        """Begin at the first tag."""
        return super().parse_xml(re.sub(rb"\A[\w\s]+(?=<)", b"", body))
