"""What stands in front of a seller and answers for it: pages, redirects, packages and closed doors."""

from __future__ import annotations

import re
from collections.abc import Container
from email.parser import BytesHeaderParser
from urllib.parse import urljoin, urlsplit

from countermand.document import Element, Unreadable, leaves, local, parse
from countermand.guard.foreign import shown
from countermand.model import place
from countermand.model.exchange import UNUSUAL, Exchange, Reply
from countermand.model.verdict import Inconclusive
from countermand.protocols.reply import read_xml, try_xml

#: HTTP statuses that are about the caller (RFC 9110, 15.5.2, 15.5.4, 15.5.8;
#: RFC 6585, 6), with the two in which nginx means a certificate.
CALLER = frozenset({401, 403, 407, 495, 496, 511})
#: HTTP statuses in which it is said of a path that no operation is there (RFC 9110, 15.5.5, 15.5.6, 15.5.11).
NOWHERE = frozenset({404, 405, 410})
#: Which toolkits of SOAP say of a message they do not know as well.
NOT_FOUND = 404
WRONG_PATH = "see whether url and path name the operation; countermand doctor tells more"
#: In which a server says that it is not the one meant, and has read nothing (RFC 9110, 15.5.20).
MISDIRECTED = 421
#: In which one says that it reads nothing of such a Content-Type (RFC 9110, 15.5.16), as WS-I BP 1.0 has it, R1115.
UNSUPPORTED = 415
UNREAD = frozenset({MISDIRECTED, UNSUPPORTED})
#: And in which one says that it wants to be told beforehand how long a body is (RFC 9110, 15.5.12).
LENGTH = 411
#: Which is all that some say of it that have no fault of the API to say it in (15.5.1).
BAD = 400
RELABEL = 'set [dialect] content_type to another, as "text/xml"'
#: How a toolkit of SOAP speaks of the label that says so with another status, as SOAP::Lite does with 500.
ABOUT_LABEL = re.compile(r"content[- ]type", re.IGNORECASE)
UNKNOWN_MESSAGE = "if it does not know the message, set [dialect] namespace or request_root"
#: From which on a status says that the server failed, whoever asked (RFC 9110, 15.6).
FAILS = 500
#: And in which what stands in front says that it did not reach the seller, or not in time (15.6.3, 15.6.5).
UNREACHED = frozenset({502, 504})
SEE_FRONT = "what stands in front of the seller does not reach it: have somebody see to that, or run again later"
SEE_LOG = "have the seller see in its log why it fails; countermand doctor tells more"
#: What to do where there was no answer, none for now, and one that is too long.
LATER = "run again later; countermand doctor tells more"
BUSY = "run again later, or slow down with [safety] rate"
LONG = "set that to more, or see whether url and path name the operation"
#: A page about the client certificate, which goes out with status 400 (nginx, ssl_verify_client).
ABOUT_CERTIFICATE = re.compile(rb"(SSL|client) certificate", re.IGNORECASE)
#: A document that is sent where HTTP should be, as the transport error shows it.
BARE = re.compile(r"""b["']\s*(\\xef\\xbb\\xbf)?<""")
#: How a document begins that means harm: it declares entities, or its DOCTYPE has an address of another machine's.
HARMFUL = re.compile(rb"""<!ENTITY|<!DOCTYPE\s[^>\[]*["'](?:https?|file):""")
#: How a processing instruction begins, which an XML declaration is not (XML 1.0, 2.6 and 2.8).
INSTRUCTION = re.compile(rb"<\?(?!xml\s)")
#: What a reply is whose document is inside a package of parts (XOP 1.0, 3; RFC 2387).
PACKAGE = "an XML reply in a multipart package"
UNPACK = (
    "have the seller send the document alone (attachments, as MTOM has them, switched off): "
    "no public page documents such a package"
)
#: Of which a filter may make an attack: and of a value with more letters than these.
ODD, LONGEST = re.compile(r"""[^\x20-\x7e\s]|[<&'"]"""), 255
#: And of how a text is written, whatever it says.
MARKED = re.compile(rb"<!\[CDATA\[|<!--|&#")
SHOWN = 200  # letters of somebody else's address, and of what is wrong with a document
#: What a reply is whose document is XML at first sight and cannot be read as such; and what to do about it.
UNREADABLE = "a document that cannot be read"
MEND = "have the seller, or what stands in front of it, send well-formed XML without entities"
#: What may stand before a document; and how a page begins.
BLANKS, HTML = b"\xef\xbb\xbf\xff\xfe \t\r\n", re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)


def misdirected(url: str) -> str:
    """Say what to do where a server says that it is not the one meant; an address is told to none (RFC 6066, 3)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if place.is_address(host):
        there = f"{f'[{host}]' if ':' in host else host}:{parts.port or 443}"
        return f"TLS tells a server no address as its name: put its name into url, and {there} into connect_to"
    return f"the server is not {host}, or does not know that it is: see whether url and connect_to go together"


def takes_no_label(status: int | None, said: str) -> bool:
    """Say whether a reply is a no to how the request is labelled, by its status or in its words."""
    about_caller = status is None or status in CALLER or status < 400  # noqa: PLR2004
    return status == UNSUPPORTED or (not about_caller and ABOUT_LABEL.search(said) is not None)


def is_redirect(reply: Reply) -> bool:
    """Say whether a reply sends its reader elsewhere, and is no answer itself (RFC 9110, 15.4)."""
    return 300 <= reply.status < 400  # noqa: PLR2004


def is_page(root: Element | None) -> bool:
    """Say whether a reply's document is none of an API's.

    It is no XML at all, or a page for people that happens to be well-formed.
    """
    return root is None or local(root).lower() == "html"


def is_html(reply: Reply) -> bool:
    """Say whether a reply is a page for people, well-formed or not."""
    root = try_xml(reply)
    return HTML.match(_start(reply)) is not None or (root is not None and is_page(root))


def _start(reply: Reply) -> bytes:
    """Return how a reply's body begins, behind blanks, whatever its charset."""
    return reply.body[:200].replace(b"\0", b"").lstrip(BLANKS)


def is_about_caller(reply: Reply, root: Element | None) -> bool:
    """Say whether a reply, in the ways all servers have in common, turns the caller away."""
    about_certificate = reply.status == 400 and is_page(root) and ABOUT_CERTIFICATE.search(reply.body[:2000])  # noqa: PLR2004
    return reply.status in CALLER or is_redirect(reply) or bool(about_certificate)


def is_package(reply: Reply) -> bool:
    """Say whether a reply is a package of parts whose first, or whose root, is an XML document."""
    label = reply.content_type
    if not label.strip().lower().startswith("multipart/"):
        return False
    boundary = (
        BytesHeaderParser().parsebytes(f"Content-Type: {label}\r\n\r\n".encode("latin-1", "replace")).get_boundary()
    )
    parts = reply.body.split(b"--" + boundary.encode("latin-1", "replace")) if boundary else []
    contents = (re.split(rb"\r?\n\r?\n", part, maxsplit=1)[-1].strip() for part in parts[1:4])
    return any(_is_document(content) for content in contents)  # the first is what stands before all parts


def must_be_bare(reply: Reply | None) -> None:
    """Go on only with a reply that is no package; raises Inconclusive, in the same words wherever that matters."""
    if reply is not None and is_package(reply):
        raise Inconclusive(
            f"the seller answers with {PACKAGE}: {UNPACK}",
            received=f"status {reply.status}, {reply.header('content-type')}",
        )


def declares_entities(document: bytes) -> bool:
    """Say whether a document declares entities, or names the place of an external subset, in whatever encoding of ours.

    A filter has a reason to stop it.
    """
    return HARMFUL.search(document.replace(b"\0", b"")) is not None


def passes(body: bytes) -> bool:
    """Say whether no filter has a reason to stop a body for its form.

    It is an XML document, not in UTF-16, and without processing instructions, which SOAP 1.1, 3 forbids.
    """
    return b"\0" not in body and INSTRUCTION.search(body) is None and _is_document(body)


def is_about_form(exchange: Exchange) -> bool:
    """Say whether a refusal is about how the request is sent, which a server may ask before it asks who sends it.

    Of a body in chunks it wants to know the length; one in gzip, or under another label, it does not read.
    """
    request, reply = exchange.request, exchange.reply
    if reply is None:
        return False
    unusual = any((name.lower(), value) in UNUSUAL for name, value in request.headers)
    wants_length = reply.status == LENGTH or (reply.status == BAD and is_page(try_xml(reply)))
    return (wants_length and request.is_chunked) or (reply.status == UNSUPPORTED and unusual)


def is_marked(body: bytes) -> bool:
    """Say whether a filter may have a reason to stop a document for a form in which attacks are hidden.

    That is a CDATA section, a comment or a reference to a character (XML 1.0, 2.5, 2.7 and 4.1).
    """
    return MARKED.search(body) is not None


def is_odd(body: bytes, but: Container[str] = ()) -> bool:
    """Say whether a filter may have a reason to stop a document for a value in it, but for some.

    One is longer than anybody's, has letters beyond ASCII, or what has to be escaped in markup or in a quotation: what
    injects something is told by these.
    """
    try:
        texts = [place.text for place in leaves(parse(body))]
    except Unreadable:
        return False
    return any((len(text) > LONGEST or ODD.search(text) is not None) and text not in but for text in texts)


def _is_document(data: bytes) -> bool:
    """Say whether some bytes are an XML document."""
    try:
        parse(data)
    except Unreadable:
        return False
    return True


def unread(reply: Reply) -> tuple[str, str]:
    """Say what a reply is that is no XML document, and what to do about it."""
    if is_package(reply):
        return f"status {reply.status} with {PACKAGE}", UNPACK
    if problem := flaw(reply):
        return f"status {reply.status} with {UNREADABLE}: {problem}", ""
    return f"status {reply.status} with a body that is not XML", ""


def flaw(reply: Reply) -> str:
    """Say why a reply's document cannot be read, where it is meant as one of an API: no page, and no other text."""
    start = _start(reply)
    if not start.startswith(b"<") or HTML.match(start):
        return ""
    try:
        read_xml(reply)
    except Unreadable as error:
        return shown(error, SHOWN)
    return ""


def elsewhere(reply: Reply, asked: str) -> str:
    """Say what to do about a redirect: where it leads, in the keys of a target file."""
    location = "".join(letter for letter in reply.header("location") or "" if letter.isprintable())[:SHOWN]
    try:
        there = urljoin(asked, location)
        parts = urlsplit(there)
        is_place = parts.scheme == "https" and bool(parts.netloc) and not parts.query and there != asked
    except ValueError:  # no address at all
        there, parts, is_place = location, urlsplit(""), False
    if location and is_place:
        keys = f'url = "https://{parts.netloc}" and path = "{parts.path or "/"}"'
        return f"a redirect is never followed: if the operation is there, set {keys}"
    led = f", to {there}" if location else ""
    return f"a redirect is never followed{led}: ask the operator where the operation is, and set url and path"
