"""The style of an ALA seller: how it does what the public documents leave to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where a fault is put."""

    BODY = "body"  # in the envelope's Body
    BARE = "bare"
    OF_SOAP = "as the Fault of SOAP"  # there as well, whatever the style's namespace


class Rejection(StrEnum):
    """How a cancellation is rejected up front."""

    REPLY = "reply"  # 200, the business reply with the word for rejected
    FAULT_200 = "200"
    FAULT_400 = "400"
    FAULT_401 = "401"
    FAULT_403 = "403"


class Strangers(StrEnum):
    """What becomes of a caller without a certificate."""

    FAULT_401 = "401"
    FAULT_403 = "403"
    HANDSHAKE = "handshake"  # a TLS alert


class Second(StrEnum):
    """What becomes of a second cancellation of the same order."""

    REJECTED = "rejected"
    SAME = "same"  # answered as the first was
    STORED = "stored"  # given the very reply to the first


class Names(StrEnum):
    """Which order buyerOrderReference may name."""

    ANY = "any"
    ORIGINAL = "original"  # only the order to be cancelled
    FRESH = "fresh"  # only the cancellation itself


@dataclass(frozen=True, kw_only=True)
class Style:
    """One legitimate way to speak ALA; the defaults are those of the target file's dialect."""

    # the markup of replies
    namespace: str = ""
    prefix: str = ""  # "" with a namespace: the default namespace
    envelope: bool = True
    envelope_prefix: str = "soap"
    header: bool = False  # a soap:Header with an entry
    reply_root: str = "cancelOrderResponse"
    fault_place: Place = Place.BODY
    fault_namespace: str = ""
    fault_prefix: str = ""
    detail: bool = False
    pretty: bool = False
    cdata: bool = False
    comments: bool = False
    instructions: bool = False  # processing instructions
    extra: bool = False  # elements nobody documented
    backwards: bool = False  # the children of every element in reverse order
    # the bytes of replies
    charset: str = "utf-8"  # any that Python names, as HTTP and XML spell it
    declaration: bool = True
    byte_order_mark: bool = False
    single_quotes: bool = False
    content_type: str = "application/xml"
    charset_label: bool = True
    extra_headers: bool = False
    chunked: bool = False
    close: bool = False
    # the words of replies
    reply_status: int = 200  # or 202
    decision_element: str = "status"
    decision_parent: str = ""  # an element around it
    pending: str = "Pending"
    rejected: str = "Rejected"
    padding: str = ""  # blanks around the word
    reason: bool = True  # a rejection says why
    # what a request must be, where the operator's own schema is narrower than the public page; "" and None: anything
    request_root: str = "cancelOrderRequest"
    request_namespace: str | None = None
    request_strangers: bool = True  # what is in other namespaces is read by its name, or else left out
    request_envelope: bool | None = None
    request_instructions: bool = True  # or none, as SOAP 1.1, 3 has it
    request_content_type: str = ""
    reason_code: str = ""
    buyer_reference: Names = Names.ANY
    # decisions
    takes_up: bool = True
    rejection: Rejection = Rejection.REPLY
    second: Second = Second.REJECTED
    strangers: Strangers = Strangers.FAULT_401
    impostor_status: int = 403  # a known buyer who speaks for another
    incomplete_status: int = 400  # with 200: a business rejection
    method_status: int = 405
    path_status: int = 404
    foreign_code: str = ""  # a code of its own for another buyer's order
