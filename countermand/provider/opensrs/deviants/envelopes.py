"""Sellers whose envelopes are not those of the protocol."""

from __future__ import annotations

import re
from typing import ClassVar

from countermand.provider.opensrs.deviants.base import UNDECIDED, UNREADABLE, Rewriting, besides


class _Replacing(Rewriting):
    """A seller that writes one piece of a document otherwise."""

    pattern: ClassVar[bytes]
    instead: ClassVar[bytes]

    def rewrite(self, document: bytes) -> bytes:
        """Write it otherwise."""
        return re.sub(self.pattern, self.instead, document, flags=re.DOTALL)


class Breathless(_Replacing):
    """Sends an empty line before the XML declaration."""

    breaks = "OSRS-ENV-01"
    slug = "empty-line-before-declaration"
    also = UNREADABLE
    pattern, instead = rb"\A", b"\n"


class Chatty(_Replacing):
    """Sends a warning of its interpreter before the XML declaration."""

    breaks = "OSRS-ENV-01"
    slug = "warning-before-declaration"
    also = UNREADABLE
    pattern, instead = rb"\A", b"Warning: a variable is not initialized\n"


class Unfinished(_Replacing):
    """Never closes the envelope."""

    breaks = "OSRS-ENV-01"
    slug = "envelope-never-closed"
    also = UNREADABLE
    pattern, instead = rb"</OPS_envelope>\Z", b""


class Tangled(_Replacing):
    """Closes the envelope by the name of the header."""

    breaks = "OSRS-ENV-01"
    slug = "envelope-closed-by-wrong-name"
    also = UNREADABLE
    pattern, instead = rb"</OPS_envelope>\Z", b"</header>"


class Ampersand(_Replacing):
    """Sends an ampersand as it is in its text."""

    breaks = "OSRS-ENV-01"
    slug = "bare-ampersand-in-text"
    also = UNREADABLE
    pattern, instead = rb'(key="response_text">)', rb"\1Thanks & regards. "


class Unquoted(_Replacing):
    """Writes the keys of items without quotes."""

    breaks = "OSRS-ENV-01"
    slug = "keys-without-quotes"
    also = UNREADABLE
    pattern, instead = rb'key="(\w+)"', rb"key=\1"


class Doubled(_Replacing):
    """Sends the envelope twice in one document."""

    breaks = "OSRS-ENV-01"
    slug = "envelope-sent-twice"
    also = UNREADABLE
    pattern, instead = rb"(<OPS_envelope>.*)\Z", rb"\1\n\1"


class Mislabelled(_Replacing):
    """Declares UTF-8 and writes its text in Latin-1."""

    breaks = "OSRS-ENV-01"
    slug = "latin-1-declared-as-utf-8"
    also = UNREADABLE
    pattern, instead = rb'(key="response_text">)', b"\\1Tr\xe8s bien. "


class Ringing(_Replacing):
    """Sends a control character that XML does not know."""

    breaks = "OSRS-ENV-01"
    slug = "control-character-in-text"
    also = UNREADABLE
    pattern, instead = rb'(key="response_text">)', b"\\1\x07"


class Renaming(_Replacing):
    """Calls the envelope another name."""

    breaks = "OSRS-ENV-02"
    slug = "envelope-renamed"
    also = besides(fails="SCH-03", departs="SCH-01 SCH-02")
    pattern, instead = rb"OPS_envelope", b"XCP_envelope"


class LowerCased(_Replacing):
    """Writes the name of the envelope in lower case."""

    breaks = "OSRS-ENV-02"
    slug = "envelope-in-lower-case"
    also = besides(fails="SCH-03", departs="SCH-01 SCH-02")
    pattern, instead = rb"OPS_envelope", b"ops_envelope"


class Soapy(_Replacing):
    """Puts the envelope into a SOAP envelope."""

    breaks = "OSRS-ENV-02"
    slug = "envelope-inside-soap"
    also = besides(fails="ENV-03 SCH-03", departs="SCH-01 SCH-02")
    pattern = rb"<!DOCTYPE[^>]*>\n(<OPS_envelope>.*)\Z"
    instead = rb'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>\1</e:Body></e:Envelope>'


class Bodiless(_Replacing):
    """Puts the data block straight into the envelope."""

    breaks = "OSRS-ENV-02"
    slug = "envelope-without-body"
    also = besides(fails="SCH-03", departs="SCH-01 SCH-02")
    pattern, instead = rb"</?body>", b""


class Blockless(_Replacing):
    """Puts the items' array straight into the body."""

    breaks = "OSRS-ENV-02"
    slug = "body-without-data-block"
    also = UNDECIDED
    pattern, instead = rb"</?data_block>", b""


class Loose(_Replacing):
    """Puts the items straight into the data block."""

    breaks = "OSRS-ENV-02"
    slug = "items-outside-array"
    also = besides(fails="SCH-03", departs="SCH-01 SCH-02")
    pattern, instead = rb"<data_block>\s*<dt_assoc>(.*)</dt_assoc>(\s*)</data_block>", rb"<data_block>\1\2</data_block>"


class Numbering(_Replacing):
    """Puts the items into a numbered array."""

    breaks = "OSRS-ENV-02"
    slug = "items-in-numbered-array"
    also = besides(fails="SCH-03", departs="SCH-02")
    pattern, instead = rb"(<data_block>\s*)<dt_assoc>(.*)</dt_assoc>(\s*</data_block>)", rb"\1<dt_array>\2</dt_array>\3"


class Elemental(_Replacing):
    """Names elements after the keys of its items."""

    breaks = "OSRS-ENV-02"
    slug = "elements-named-after-keys"
    also = UNDECIDED
    pattern, instead = rb"<data_block>.*</data_block>", b"<reply><is_success>1</is_success><response_code>200</response_code></reply>"


class Headless(_Replacing):
    """Sends no header."""

    breaks = "OSRS-ENV-03"
    slug = "envelope-without-header"
    also = besides(fails="SCH-03", departs="SCH-01 SCH-02")
    pattern, instead = rb" <header>.*</header>\n", b""


class Versionless(_Replacing):
    """Sends a header without a version."""

    breaks = "OSRS-ENV-03"
    slug = "header-without-version"
    also = besides(fails="SCH-03", departs="SCH-01")
    pattern, instead = rb"<version>.*</version>", b""


class Unversioned(_Replacing):
    """Sends a header whose version is empty."""

    breaks = "OSRS-ENV-03"
    slug = "empty-version"
    also = besides(fails="SCH-03")
    pattern, instead = rb"<version>.*</version>", b"<version></version>"


class Attributive(_Replacing):
    """Sends the version as an attribute of the header."""

    breaks = "OSRS-ENV-03"
    slug = "version-as-attribute"
    also = besides(fails="SCH-03", departs="SCH-01")
    pattern, instead = rb"<header>\s*<version>(.*)</version>\s*</header>", rb'<header version="\1"/>'
