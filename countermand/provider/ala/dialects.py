"""Conforming ALA sellers that settle differently what the public documents leave open."""

from __future__ import annotations

from countermand.provider.ala.seller import Seller
from countermand.provider.ala.style import Names, Place, Rejection, Second, Strangers, Style

__all__ = ["Seller", "Style", "styles"]

NAMESPACE = "urn:example:nicc:ala"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def styles() -> dict[str, Style]:
    """Give the named styles; any other can be made of a Style's fields."""
    return {**_markup(), **_bytes(), **_words(), **_requests(), **_decisions(), **_mixtures()}


def _markup() -> dict[str, Style]:
    """Vary the markup of replies."""
    return {
        "default namespace": Style(namespace=NAMESPACE),
        "prefixed": Style(namespace=NAMESPACE, prefix="ala"),
        "no envelope": Style(envelope=False),
        "other envelope prefix": Style(envelope_prefix="SOAP-ENV"),
        "default envelope": Style(envelope_prefix="", namespace=NAMESPACE, fault_namespace=NAMESPACE),
        "header": Style(header=True),
        "other root": Style(reply_root="orderResponse"),
        "bare fault": Style(fault_place=Place.BARE),
        "fault in a namespace": Style(fault_namespace=NAMESPACE),
        "prefixed fault": Style(fault_namespace=NAMESPACE, fault_prefix="f"),
        "fault in the namespace of the envelope": Style(fault_namespace=SOAP, fault_prefix="soap"),
        "documented fault as the Fault of SOAP": Style(fault_place=Place.OF_SOAP),
        "detailed fault": Style(detail=True),
        "pretty": Style(pretty=True),
        "CDATA": Style(cdata=True),
        "comments": Style(comments=True),
        "processing instructions": Style(instructions=True),
        "extra elements": Style(extra=True),
        "other order": Style(backwards=True),
    }


def _bytes() -> dict[str, Style]:
    """Vary the bytes of replies."""
    return {
        "UTF-16": Style(charset="utf-16", extra=True),
        "UTF-16 by its mark": Style(charset="utf-16", declaration=False, charset_label=False),
        "ISO-8859-1": Style(charset="iso-8859-1", extra=True),
        "US-ASCII": Style(charset="us-ascii", extra=True),
        "byte order mark": Style(byte_order_mark=True),
        "no declaration": Style(declaration=False),
        "single quotes": Style(single_quotes=True),
        "text/xml": Style(content_type="text/xml"),
        "no charset in the label": Style(charset_label=False),
        "extra headers": Style(extra_headers=True),
        "chunked": Style(chunked=True),
        "closing": Style(close=True),
        "chunked and closing": Style(chunked=True, close=True),
    }


def _words() -> dict[str, Style]:
    """Vary the words of replies and where they stand."""
    return {
        "capitals": Style(pending="PENDING", rejected="REJECTED"),
        "small letters": Style(pending="pending", rejected="rejected"),
        "blanks around the word": Style(padding="\n    "),
        "orderStatus": Style(decision_element="orderStatus"),
        "deeper status": Style(decision_parent="orderDetails"),
        "own element": Style(decision_element="outcome"),
        "own words": Style(pending="Cancellation Pending", rejected="Declined"),
        "no reason": Style(reason=False),
        "accepted": Style(reply_status=202),
    }


def _requests() -> dict[str, Style]:
    """Vary what a request must be, as the operator's own schema may."""
    return {
        "cancelOrder root": Style(request_root="cancelOrder"),
        "namespace required": Style(request_namespace=NAMESPACE, request_strangers=False, namespace=NAMESPACE),
        "envelope required": Style(request_envelope=True, request_instructions=False),
        "envelope refused": Style(request_envelope=False, envelope=False),
        "text/xml required": Style(request_content_type="text/xml", content_type="text/xml"),
        "own reason code": Style(reason_code="12"),
        "original reference": Style(buyer_reference=Names.ORIGINAL),
        "fresh reference": Style(buyer_reference=Names.FRESH),
    }


def _decisions() -> dict[str, Style]:
    """Vary decisions, and the statuses nobody documented."""
    return {
        "rejecting everything": Style(takes_up=False),
        "rejecting everything by a fault": Style(takes_up=False, rejection=Rejection.FAULT_400),
        "rejecting by 400": Style(rejection=Rejection.FAULT_400),
        "rejecting by 401": Style(rejection=Rejection.FAULT_401),
        "rejecting by 403": Style(rejection=Rejection.FAULT_403),
        "rejecting by a fault with 200": Style(rejection=Rejection.FAULT_200),
        "same answer twice": Style(second=Second.SAME),
        "same reply twice": Style(second=Second.STORED),
        "refusing strangers in the handshake": Style(strangers=Strangers.HANDSHAKE),
        "forbidding strangers": Style(strangers=Strangers.FAULT_403),
        "doubting impostors": Style(impostor_status=401),
        "blaming impostors": Style(impostor_status=400),
        "rejecting impostors": Style(impostor_status=200),
        "incomplete is 422": Style(incomplete_status=422),
        "incomplete is 500": Style(incomplete_status=500),
        "incomplete is rejected": Style(incomplete_status=200),
        "GET is 404": Style(method_status=404),
        "GET is 400": Style(method_status=400),
        "unknown path is 403": Style(path_status=403),
        "unknown path is 400": Style(path_status=400),
        "own code for foreign orders": Style(foreign_code="104"),
    }


def _mixtures() -> dict[str, Style]:
    """Vary several things at once, as real sellers do."""
    return {
        "gateway": Style(
            fault_place=Place.BARE,
            content_type="text/xml",
            strangers=Strangers.FAULT_403,
            close=True,
            rejection=Rejection.FAULT_400,
        ),
        "enterprise": Style(
            namespace=NAMESPACE,
            prefix="ns2",
            envelope_prefix="S",
            header=True,
            reply_root="orderResponse",
            decision_element="orderStatus",
            fault_namespace=NAMESPACE,
            fault_prefix="ns3",
            detail=True,
            pretty=True,
            chunked=True,
            extra=True,
            extra_headers=True,
            incomplete_status=500,
        ),
        "mainframe": Style(
            envelope=False,
            fault_place=Place.BARE,
            charset="iso-8859-1",
            single_quotes=True,
            backwards=True,
            pending="PENDING",
            rejected="REJECTED",
            padding="  ",
            close=True,
            second=Second.SAME,
        ),
        "talkative": Style(
            cdata=True, comments=True, instructions=True, pretty=True, detail=True, extra=True, charset="utf-16"
        ),
    }
