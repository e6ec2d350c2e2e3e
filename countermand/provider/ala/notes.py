"""What the log of a seller that is served notes of a request: which order it names, or what was expected of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from countermand.provider.ala.markup import SOAP
from countermand.provider.ala.request import UnreadableError, cancellation, parse, parser, payload, refuse_declarations

if TYPE_CHECKING:
    from countermand.provider.ala.style import Style


def asked(body: bytes, style: Style) -> str:
    """Name the order, or what is not as the seller expects it."""
    try:
        root = parse(body, parser())
        refuse_declarations(root)
        namespace = etree.QName(root).namespace
        if etree.QName(root).localname == "Envelope" and namespace != SOAP:
            return f"its envelope is of {namespace or 'no namespace'}, {SOAP} expected"
        message = payload(root)
        if etree.QName(message).localname != style.request_root:
            return f"its element is {message.tag!s}, {style.request_root} expected"
        reference = cancellation(message, enveloped=message is not root)["targetSellerOrderReference"]
    except UnreadableError as error:
        return str(getattr(error.__cause__, "msg", error))
    return f"order {reference}" if reference else "no targetSellerOrderReference"
