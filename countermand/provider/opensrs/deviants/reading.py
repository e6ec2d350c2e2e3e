"""Sellers that refuse requests for a form which XML and the protocol allow."""

from __future__ import annotations

import re
from typing import ClassVar

from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Reason


class _Fussy(Seller):
    """A seller that refuses a request for its form."""

    refused: ClassVar[bytes]  # a pattern of what it refuses

    def read(self, body: bytes) -> Message:
        """Read a request in the forms it likes."""
        if re.search(self.refused, body, flags=re.DOTALL):
            raise self.refusal(Reason.UNREADABLE, "")
        return super().read(body)


class Pedantic(Seller):
    """Insists on protocol, action, object and attributes in this order."""

    breaks = "OSRS-XML-01"
    slug = "insists-on-order-of-items"
    order: ClassVar[tuple[str, ...]] = ("protocol", "action", "object", "attributes")

    def read(self, body: bytes) -> Message:
        """Read a request whose items are in order."""
        message = super().read(body)
        known = [key for key in message.items if key in self.order]
        if known != [key for key in self.order if key in known]:
            raise self.refusal(Reason.UNREADABLE, "")
        return message


class Impatient(Seller):
    """Reads no item after the attributes."""

    breaks = "OSRS-XML-01"
    slug = "reads-no-item-after-attributes"

    def read(self, body: bytes) -> Message:
        """Read a request as far as its attributes."""
        message = super().read(body)
        keys = list(message.items)
        end = keys.index("attributes") + 1 if "attributes" in keys else len(keys)
        return Message({key: message.items[key] for key in keys[:end]})


class Doublequoting(_Fussy):
    """Reads no key in single quotes."""

    breaks = "OSRS-XML-02"
    slug = "reads-no-single-quoted-key"
    refused = rb"<item\s+key\s*=\s*'"


class Doctypequoting(_Fussy):
    """Reads no DOCTYPE in single quotes."""

    breaks = "OSRS-XML-02"
    slug = "reads-no-single-quoted-doctype"
    refused = rb"<!DOCTYPE[^>]*'"


class Commentless(_Fussy):
    """Refuses a request with a comment."""

    breaks = "OSRS-XML-03"
    slug = "refuses-comments"
    refused = rb"<!--"


class Tabless(_Fussy):
    """Refuses a request with tabs or empty lines between its elements."""

    breaks = "OSRS-XML-03"
    slug = "refuses-tabs-and-empty-lines"
    refused = rb">\s*(?:\t|\n[ \r]*\n)\s*<"


class Unwrapped(_Fussy):
    """Refuses a request with a newline inside a tag."""

    breaks = "OSRS-XML-03"
    slug = "refuses-newline-inside-tag"
    refused = rb"<\w+[^<>]*\n[^<>]*>"


class Plaintext(_Fussy):
    """Refuses a request with a CDATA section."""

    breaks = "OSRS-XML-04"
    slug = "refuses-cdata"
    refused = rb"<!\[CDATA\["


class Oblivious(Seller):
    """Reads no text in a CDATA section."""

    breaks = "OSRS-XML-04"
    slug = "reads-no-cdata-text"
    also = besides(departs="REQ-04")  # a number that goes on in one is that of an order to it

    def read(self, body: bytes) -> Message:
        """Read a request without what is in its CDATA sections."""
        return super().read(re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", body, flags=re.DOTALL))


class Markless(_Fussy):
    """Refuses UTF-8 with a byte order mark."""

    breaks = "OSRS-XML-05"
    slug = "refuses-byte-order-mark"
    refused = rb"\A\xef\xbb\xbf"


class Formal(_Fussy):
    """Refuses UTF-8 without a declaration."""

    breaks = "OSRS-XML-05"
    slug = "refuses-missing-xml-declaration"
    refused = rb"\A(?:\xef\xbb\xbf)?\s*<[^?\x00]"


class Narrow(_Fussy):
    """Refuses UTF-16."""

    breaks = "OSRS-XML-06"
    slug = "refuses-utf-16"
    refused = rb"\A(?:\xff\xfe|\xfe\xff|.?\x00)"


class Bigendian(_Fussy):
    """Reads UTF-16 only with its high bytes first."""

    breaks = "OSRS-XML-06"
    slug = "reads-only-big-endian-utf-16"
    refused = rb"\A(?:\xff\xfe|[^\x00]\x00)"


class Littleendian(_Fussy):
    """Reads UTF-16 only with its low bytes first."""

    breaks = "OSRS-XML-06"
    slug = "reads-only-little-endian-utf-16"
    refused = rb"\A(?:\xfe\xff|\x00)"


class Insistent(Seller):
    """Refuses a request without a DOCTYPE."""

    breaks = "OSRS-XML-07"
    slug = "refuses-missing-doctype"

    def read(self, body: bytes) -> Message:
        """Read a request that has one, in whatever charset."""
        if b"<!DOCTYPE" not in body.replace(b"\0", b""):
            raise self.refusal(Reason.UNREADABLE, "")
        return super().read(body)


class Unreferring(_Fussy):
    """Refuses a request with a reference to a character."""

    breaks = "OSRS-XML-15"
    slug = "refuses-references-to-characters"
    refused = rb"&#"


class Ascetic(_Fussy):
    """Refuses a request with letters beyond ASCII."""

    breaks = "OSRS-XML-05"
    slug = "refuses-letters-beyond-ascii"
    refused = rb"\A<.*[\x80-\xff]"
