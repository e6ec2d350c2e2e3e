"""Sellers whose replies only a schema finds fault with."""

from __future__ import annotations

from types import MappingProxyType

from countermand.provider.opensrs.deviants.base import Rewording, Rewriting


class Referring(Rewriting):
    """Refers to a schema from the envelope, whose DTD knows no such attribute."""

    breaks = "OSRS-SCH-01"
    slug = "refers-to-schema-from-envelope"

    def rewrite(self, document: bytes) -> bytes:
        """Refer to a schema."""
        instance = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="ops.xsd"'
        return document.replace(b"<OPS_envelope>", b"<OPS_envelope " + instance + b">")


class Redundant(Rewriting):
    """Adds an item that nobody documented, twice."""

    breaks = "OSRS-SCH-02"
    slug = "adds-undocumented-item-twice"

    def rewrite(self, document: bytes) -> bytes:
        """Add it twice."""
        return document.replace(
            b"   </dt_assoc>\n  </data_block>",
            b'    <item key="cookie"></item>\n' * 2 + b"   </dt_assoc>\n  </data_block>",
        )


class Unannounced(Rewording):
    """Adds an item whose key is not of the form in the operator's schema."""

    breaks = "OSRS-SCH-03"
    slug = "adds-item-with-malformed-key"
    changes = MappingProxyType({"X-Trace": "7f3a"})
