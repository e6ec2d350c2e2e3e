"""Sellers whose envelopes are not those of the protocol."""

from __future__ import annotations

import re
from typing import ClassVar

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import UNDECIDED, UNREADABLE, Rewriting, besides
from countermand.provider.opensrs.message import Items
from countermand.provider.opensrs.orders import Order, Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Reason


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
