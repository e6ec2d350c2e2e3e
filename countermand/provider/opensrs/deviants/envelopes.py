"""Sellers whose envelopes are not those of the protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.http import Request, Response
from countermand.provider.opensrs.deviants.base import UNDECIDED, UNREADABLE, Rewriting, besides
from countermand.provider.opensrs.message import Items
from countermand.provider.opensrs.orders import Order, Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import REFUSALS, Reason


class Replacing(Rewriting):
    """A seller that writes one piece of a document otherwise."""

    pattern: ClassVar[bytes]
    instead: ClassVar[bytes]

    def rewrite(self, document: bytes) -> bytes:
        """Write it otherwise."""
        return re.sub(self.pattern, self.instead, document, flags=re.DOTALL)


unreadable = family(__name__, Replacing, "pattern", "instead", also=UNREADABLE)
replacing = family(__name__, Replacing, "pattern", "instead")

DEVIANTS = (
    unreadable(
        "Breathless",
        "OSRS-ENV-01",
        "empty-line-before-declaration",
        "Sends an empty line before the XML declaration.",
        rb"\A",
        b"\n",
    ),
    unreadable(
        "Chatty",
        "OSRS-ENV-01",
        "warning-before-declaration",
        "Sends a warning of its interpreter before the XML declaration.",
        rb"\A",
        b"Warning: a variable is not initialized\n",
    ),
    unreadable(
        "Unfinished", "OSRS-ENV-01", "envelope-never-closed", "Never closes the envelope.", rb"</OPS_envelope>\Z", b""
    ),
    unreadable(
        "Tangled",
        "OSRS-ENV-01",
        "envelope-closed-by-wrong-name",
        "Closes the envelope by the name of the header.",
        rb"</OPS_envelope>\Z",
        b"</header>",
    ),
    unreadable(
        "Ampersand",
        "OSRS-ENV-01",
        "bare-ampersand-in-text",
        "Sends an ampersand as it is in its text.",
        rb'(key="response_text">)',
        rb"\1Thanks & regards. ",
    ),
    unreadable(
        "Unquoted",
        "OSRS-ENV-01",
        "keys-without-quotes",
        "Writes the keys of items without quotes.",
        rb'key="(\w+)"',
        rb"key=\1",
    ),
    unreadable(
        "Doubled",
        "OSRS-ENV-01",
        "envelope-sent-twice",
        "Sends the envelope twice in one document.",
        rb"(<OPS_envelope>.*)\Z",
        rb"\1\n\1",
    ),
    unreadable(
        "Mislabelled",
        "OSRS-ENV-01",
        "latin-1-declared-as-utf-8",
        "Declares UTF-8 and writes its text in Latin-1.",
        rb'(key="response_text">)',
        b"\\1Tr\xe8s bien. ",
    ),
    unreadable(
        "Ringing",
        "OSRS-ENV-01",
        "control-character-in-text",
        "Sends a control character that XML does not know.",
        rb'(key="response_text">)',
        b"\\1\x07",
    ),
    replacing(
        "Renaming",
        "OSRS-ENV-02",
        "envelope-renamed",
        "Calls the envelope another name.",
        rb"OPS_envelope",
        b"XCP_envelope",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "LowerCased",
        "OSRS-ENV-02",
        "envelope-in-lower-case",
        "Writes the name of the envelope in lower case.",
        rb"OPS_envelope",
        b"ops_envelope",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "Soapy",
        "OSRS-ENV-02",
        "envelope-inside-soap",
        "Puts the envelope into a SOAP envelope.",
        rb"<!DOCTYPE[^>]*>\n(<OPS_envelope>.*)\Z",
        rb'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>\1</e:Body></e:Envelope>',
        also=besides(fails="ENV-03 SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "Bodiless",
        "OSRS-ENV-02",
        "envelope-without-body",
        "Puts the data block straight into the envelope.",
        rb"</?body>",
        b"",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "Blockless",
        "OSRS-ENV-02",
        "body-without-data-block",
        "Puts the items' array straight into the body.",
        rb"</?data_block>",
        b"",
        also=UNDECIDED,
    ),
    replacing(
        "Loose",
        "OSRS-ENV-02",
        "items-outside-array",
        "Puts the items straight into the data block.",
        rb"<data_block>\s*<dt_assoc>(.*)</dt_assoc>(\s*)</data_block>",
        rb"<data_block>\1\2</data_block>",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "Numbering",
        "OSRS-ENV-02",
        "items-in-numbered-array",
        "Puts the items into a numbered array.",
        rb"(<data_block>\s*)<dt_assoc>(.*)</dt_assoc>(\s*</data_block>)",
        rb"\1<dt_array>\2</dt_array>\3",
        also=besides(fails="SCH-03", departs="SCH-02"),
    ),
    replacing(
        "Elemental",
        "OSRS-ENV-02",
        "elements-named-after-keys",
        "Names elements after the keys of its items.",
        rb"<data_block>.*</data_block>",
        b"<reply><is_success>1</is_success><response_code>200</response_code></reply>",
        also=UNDECIDED,
    ),
    replacing(
        "Headless",
        "OSRS-ENV-03",
        "envelope-without-header",
        "Sends no header.",
        rb" <header>.*</header>\n",
        b"",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "Versionless",
        "OSRS-ENV-03",
        "header-without-version",
        "Sends a header without a version.",
        rb"<version>.*</version>",
        b"",
        also=besides(fails="SCH-03", departs="SCH-01"),
    ),
    replacing(
        "Unversioned",
        "OSRS-ENV-03",
        "empty-version",
        "Sends a header whose version is empty.",
        rb"<version>.*</version>",
        b"<version></version>",
        also=besides(fails="SCH-03"),
    ),
    replacing(
        "Attributive",
        "OSRS-ENV-03",
        "version-as-attribute",
        "Sends the version as an attribute of the header.",
        rb"<header>\s*<version>(.*)</version>\s*</header>",
        rb'<header version="\1"/>',
        also=besides(fails="SCH-03", departs="SCH-01"),
    ),
)


class Resounding(Seller):
    """Repeats an order_id that is no number, and an ampersand in it as it is."""

    breaks = "OSRS-ENV-01"
    slug = "repeats-ampersand-bare"
    also = besides(departs="HTTP-03")

    def not_a_number(self, number: str, _reseller: Reseller) -> Order:
        """Say which it was."""
        raise self.refusal(Reason.NOT_A_NUMBER, detail=number)

    def envelope(self, items: Items) -> bytes:
        """Write a reply by putting texts together."""
        return super().envelope(items).replace(b"&amp;", b"&")


class Halfescaping(Resounding):
    """Repeats an order_id that is no number, and a less-than sign in it as it is."""

    breaks = "OSRS-ENV-01"
    slug = "repeats-less-than-sign-bare"

    def envelope(self, items: Items) -> bytes:
        """Write a reply in which ampersands alone are escaped."""
        return Seller.envelope(self, items).replace(b"&lt;", b"<")


class Quoting(Seller):
    """Repeats an action it does not know in a comment as well, as it is."""

    breaks = "OSRS-ENV-01"
    slug = "repeats-unknown-action-in-comment"
    also = besides(departs="HTTP-03")

    def envelope(self, items: Items) -> bytes:
        """Write a reply, and what it is about."""
        known, _, action = str(items["response_text"]).partition(": ")
        document = super().envelope(items)
        is_unknown = known == REFUSALS[Reason.COMMAND][1] and action
        return document.replace(b" <body>", f" <!-- {action} -->\n <body>".encode()) if is_unknown else document


class Citing(Seller):
    """Repeats an object in a CDATA section, as it is."""

    breaks = "OSRS-ENV-01"
    slug = "repeats-object-in-cdata-section"
    also = besides(departs="HTTP-03")

    def envelope(self, items: Items) -> bytes:
        """Write a reply, its object so."""
        thing = f"<![CDATA[{items.get('object', '')}]]>".encode()
        return re.sub(
            rb'(?<=<item key="object">)[^<]*(?=</item>)', lambda _: thing, super().envelope(items), flags=re.DOTALL
        )


class _Stumbling(Seller):
    """A seller that answers a request it did not expect in another form than the protocol's."""

    over: ClassVar[Callable[[Request], bool]]
    said: ClassVar[Response]

    def handle(self, request: Request) -> Response:
        """Answer one HTTP request, and stumble over some."""
        return self.said if type(self).over(request) else super().handle(request)


stumbling = family(__name__, _Stumbling, "over", "said")
Unaddressed = stumbling(
    "Unaddressed",
    "OSRS-ENV-02",
    "fails-over-item-it-does-not-know",
    "Fails over an item beside the attributes that it does not know.",
    lambda request: b"registrant_ip" in request.body,
    Response(500, b"Internal Server Error", (("Content-Type", "text/plain"),)),
    also=besides(departs="ENV-01 HTTP-03 CMD-04"),
)
Overstrict = stumbling(
    "Overstrict",
    "OSRS-ENV-02",
    "page-for-attribute-it-does-not-know",
    "Answers with a page where there is an attribute that it does not know.",
    lambda request: re.search(rb"""key=["']note["']""", request.body) is not None,
    Response(200, b"<html><body>Unexpected attribute</body></html>", (("Content-Type", "text/html"),)),
    also=besides(fails="SCH-03", departs="HTTP-03"),
)
Negotiating = stumbling(
    "Negotiating",
    "OSRS-ENV-02",
    "answers-in-json-whoever-accepts-anything",
    "Answers in JSON whoever accepts any form.",
    lambda request: request.headers.get("accept") == "*/*",
    Response(200, b'{"is_success": "0", "response_code": "405"}', (("Content-Type", "application/json"),)),
    also=besides(departs="ENV-01 HTTP-03"),
)
