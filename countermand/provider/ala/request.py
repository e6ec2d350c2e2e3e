"""Read a cancellation in any legitimate form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

from countermand.provider.ala.markup import SOAP

# The fields of the cancelOrder page, version 2.30, that it marks as required.
REQUIRED = frozenset({
    "message",
    "message.messageId",
    "message.correlationId",
    "message.sentAt",
    "buyer",
    "buyer.buyerIdentifier",
    "seller",
    "seller.sellerIdentifier",
    "orderReferences",
    "orderReferences.buyerOrderReference",
    "targetSellerOrderReference",
    "cancellationReason",
    "cancellationReason.cancellationReasonCode",
    "cancellationReason.cancellationReasonMessage",
})  # fmt: skip
OBJECTS = frozenset(path.rpartition(".")[0] for path in REQUIRED) - {""}
RESELLER = "buyer.resellerId"  # cfh:resellerId, optional
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")  # XML Schema 1.0 part 2, 3.2.7


class UnreadableError(ValueError):
    """The body is no cancellation; the words say why, for the caller."""


class IllFormedError(UnreadableError):
    """The body is not even XML."""


@dataclass(frozen=True)
class Cancellation:
    """One cancellation: every element by its dotted path, read without surrounding blanks."""

    fields: Mapping[str, str]
    namespace: str = ""
    qualified: bool = True  # its elements are in that namespace as well (XML Schema 1.0 part 1, elementFormDefault)
    enveloped: bool = True

    def __getitem__(self, path: str) -> str:
        return self.fields.get(path, "").strip()

    def __contains__(self, path: str) -> bool:
        return path in self.fields


def parser(*, entities: bool = False, lenient: bool = False) -> etree.XMLParser:
    """Make a parser that drops comments and processing instructions.

    To resolve entities or mend errors is what a deviant may do.
    """
    return etree.XMLParser(
        resolve_entities=entities,
        huge_tree=entities,
        recover=lenient,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )


def parse(body: bytes, using: etree.XMLParser) -> etree._Element:
    """Parse a document; raises IllFormedError where it is not well-formed."""
    try:
        root: etree._Element | None = etree.fromstring(body, using)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise IllFormedError("The message is not well-formed XML.") from error
    if root is None:
        raise IllFormedError("The message holds no element.")
    return root


def refuse_declarations(root: etree._Element) -> None:
    """Refuse any document type declaration (SOAP 1.1, 3); raises UnreadableError."""
    information = root.getroottree().docinfo
    if information.doctype or information.internalDTD is not None:
        raise UnreadableError("The message has a document type declaration.")


def refuse_instructions(body: bytes) -> None:
    """Refuse any processing instruction (SOAP 1.1, 3); raises UnreadableError."""
    root = parse(body, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True))
    if root.getroottree().xpath("//processing-instruction()"):
        raise UnreadableError("The message has a processing instruction.")


def payload(root: etree._Element) -> etree._Element:
    """Take the payload out of a SOAP 1.1 envelope, or as it stands; raises UnreadableError."""
    name = etree.QName(root)
    if name.localname != "Envelope":
        return root
    if name.namespace != SOAP:
        raise UnreadableError("The envelope is not of SOAP 1.1.")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise UnreadableError("The envelope does not hold exactly one message.")
    return bodies[0][0]


def cancellation(message: etree._Element, *, enveloped: bool) -> Cancellation:
    """Read the fields of a message by their local names; raises UnreadableError where one occurs twice."""
    fields: dict[str, str] = {}
    for element in message.iterdescendants(etree.Element):
        path = _path(element, message)
        if path in fields:
            raise UnreadableError(f"{path} occurs more than once.")
        fields[path] = "".join(str(text) for text in element.itertext())
    namespace = etree.QName(message).namespace or ""
    qualified = any(etree.QName(child).namespace == namespace for child in message.iterchildren(etree.Element))
    return Cancellation(fields, namespace, qualified, enveloped)


def with_header(asked: Cancellation, root: etree._Element, name: str) -> Cancellation:
    """Return a cancellation with what stands under a local name in the header of its envelope, if anything does."""
    words = root.findtext(f"{{{SOAP}}}Header//{{*}}{name}")
    return asked if words is None else replace(asked, fields={**asked.fields, "header": words.strip()})


def twins(named: Sequence[etree._Element], *, apart: bool) -> bool:
    """Tell whether there are two elements of one name, in different namespaces or in the same."""
    return len(named) == 2 and (named[0].tag != named[1].tag) is apart  # noqa: PLR2004


def leave_out_strangers(message: etree._Element) -> None:
    """Leave out what is in the message and in another namespace."""
    for child in list(message):
        if etree.QName(child).namespace not in {None, etree.QName(message).namespace}:
            message.remove(child)


def is_timestamp(text: str) -> bool:
    """Tell whether a text is a date and time of ISO 8601, as XML Schema writes it."""
    if not TIMESTAMP.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _path(element: etree._Element, message: etree._Element) -> str:
    """Give the dotted path of an element below the message."""
    names = [etree.QName(element).localname]
    for ancestor in element.iterancestors():
        if ancestor is message:
            break
        names.append(etree.QName(ancestor).localname)
    return ".".join(reversed(names))
