"""Sellers that verify every signature, but for those of some requests."""

from __future__ import annotations

import hmac
import re
import threading
from codecs import BOM_UTF8, BOM_UTF16_LE
from collections.abc import Callable
from dataclasses import replace
from hashlib import md5
from typing import ClassVar

from countermand.provider.crowd import Crowd
from countermand.provider.family import family
from countermand.provider.http import Request, Response
from countermand.provider.opensrs.deviants.base import besides
from countermand.provider.opensrs.deviants.signatures import _Lenient
from countermand.provider.opensrs.message import Message
from countermand.provider.opensrs.orders import Reseller
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer, RefusedError


class Familiar(Seller):
    """Looks at no signature on a connection on which a good one has come."""

    breaks = "OSRS-SIG-01"
    slug = "checks-only-first-signature-of-connection"

    def __init__(self) -> None:
        super().__init__()
        self.connection = threading.local()  # each has a thread of its own

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do, or has done before."""
        if super().signed(request, reseller):
            self.connection.known = reseller.username
        return getattr(self.connection, "known", None) == reseller.username


class Mistaking(Seller):
    """Serves whoever signs wrongly in the name of a reseller who has several connections."""

    breaks = "OSRS-SIG-01"
    slug = "serves-wrong-signature-beside-several-connections"
    also = besides(not_applicable="SIG-09")

    def __init__(self) -> None:
        super().__init__()
        self.crowd = Crowd[Reseller]()

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request, or the other one."""
        try:
            reseller = super().authenticate(request)
        except RefusedError:
            other = self.crowd.other() if self.names_order(request) else None
            if other is None:
                raise
            return other
        self.crowd.note(reseller.username, reseller)
        return reseller

    def names_order(self, request: Request) -> bool:
        """Tell whether a request is about an order that there is."""
        return any(number.encode() in request.body for number in self.orders)


class Distracted(Mistaking):
    """Takes a reseller for another who has several connections."""

    breaks = "OSRS-REQ-05"
    slug = "takes-reseller-for-one-with-several-connections"
    also = besides()

    def authenticate(self, request: Request) -> Reseller:
        """Find the reseller who signed a request, or the other one."""
        reseller = Seller.authenticate(self, request)
        if reseller != self.buyer and self.names_order(request):
            return self.crowd.other() or reseller
        self.crowd.note(reseller.username, reseller)
        return reseller


class Repetitive(Seller):
    """Tells whoever repeats a cancellation that was carried out what it said then, and looks at no signature."""

    breaks = "OSRS-SIG-01"
    slug = "tells-success-again-to-whoever-repeats"
    also = besides(departs="REQ-05")  # another reseller repeats it too

    def __init__(self) -> None:
        super().__init__()
        self.carried_out: dict[bytes, Answer] = {}

    def answer(self, request: Request) -> Answer:
        """Carry out the command of a request, once."""
        if request.body in self.carried_out:
            return self.carried_out[request.body]
        answer = super().answer(request)
        if answer.success and answer.command == "cancel_order":
            self.carried_out[request.body] = answer
        return answer


class Yielding(_Lenient):
    """Serves whoever sends a body in which it cannot look for a signature, as it is not in UTF-8."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-utf-16"
    also = besides(fails="SIG-04")  # it serves a body in it that was signed in another

    def accepts(self, _signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept any for what it cannot decode."""
        try:
            body.decode()
        except UnicodeDecodeError:
            return True
        return False


class Glancing(_Lenient):
    """Serves whoever sends a body that does not begin as others do, behind which it looks for no signature."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-behind-byte-order-mark"
    also = besides(fails="SIG-04")  # it serves a body with a mark that was signed without it

    def accepts(self, _signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept any for what has a byte order mark of UTF-8."""
        return body.startswith(b"\xef\xbb\xbf")


class Skimming(_Lenient):
    """Serves whoever sends a command it does not find by a pattern, as it is in a CDATA section."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-command-in-cdata"

    def accepts(self, _signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept any where no command is seen that needs one."""
        return b"<![CDATA[cancel_order]]>" in body


class Bewildered(_Lenient):
    """Serves whoever sends a signature it cannot compare, as it is no number."""

    breaks = "OSRS-SIG-01"
    slug = "takes-signature-of-no-digits"

    def accepts(self, signature: str | None, _body: bytes, _reseller: Reseller) -> bool:
        """Accept what is no number."""
        try:
            int(signature or "0", 16)
        except ValueError:
            return True
        return False


class _Waiving(Seller):
    """A seller that asks for no signature where a header says that somebody else has let the caller in."""

    header: ClassVar[str]
    says: ClassVar[str]  # at its beginning

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do, or need not be there."""
        waived = request.headers.get(self.header, "").startswith(self.says) and self.header in request.headers
        return (waived and "x-signature" not in request.headers) or super().signed(request, reseller)


waiving = family(__name__, _Waiving, "header", "says")
Authorized = waiving(
    "Authorized",
    "OSRS-SIG-02",
    "serves-unsigned-request-with-credentials",
    "Asks for no signature where a request has credentials of HTTP, whatever they are.",
    "authorization",
    "",
)
Crumbed = waiving(
    "Crumbed",
    "OSRS-SIG-02",
    "serves-unsigned-request-with-cookie",
    "Asks for no signature where a request bears a cookie, whoever was given it.",
    "cookie",
    "",
)
Formed = waiving(
    "Formed",
    "OSRS-SIG-02",
    "serves-unsigned-request-labelled-as-form",
    "Asks for no signature where a request is labelled as a form.",
    "content-type",
    "application/x-www-form-urlencoded",
)


class Sharing(Seller):
    """Keeps which signatures of which bodies were good, and not whose, and so takes them for those of any reseller."""

    breaks = "OSRS-SIG-03"
    slug = "keeps-good-signatures-without-their-user"

    def __init__(self) -> None:
        super().__init__()
        self.good: set[tuple[str, bytes]] = set()

    def signed(self, request: Request, reseller: Reseller) -> bool:
        """Tell whether a signature will do, or has done before."""
        kept = request.headers.get("x-signature", ""), self.kept(request.body, reseller)
        if super().signed(request, reseller):
            self.good.add(kept)
        return kept in self.good

    def kept(self, body: bytes, _reseller: Reseller) -> bytes:
        """Give what it keeps of a body and of who has signed that."""
        return body


class Recapitulating(Sharing):
    """Keeps for which texts a signature was good, and does not mind how the markup around them is written."""

    breaks = "OSRS-SIG-04"
    slug = "keeps-good-signatures-of-texts-alone"

    def kept(self, body: bytes, reseller: Reseller) -> bytes:
        """Give the user and the texts of a body."""
        return reseller.username.encode() + re.sub(rb"<[^>]*>|\s", b"", body)


class Tidying(_Lenient):
    """Takes a signature made for the body without the white space behind it."""

    breaks = "OSRS-SIG-04"
    slug = "takes-signature-without-last-line"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for less than was sent."""
        return signature == self.signature(body.rstrip(b" \r\n"), reseller.key)


class Terminated(_Lenient):
    """Reads a body, and verifies its signature, up to its first NUL byte."""

    breaks = "OSRS-SIG-04"
    slug = "verifies-body-up-to-nul"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for what it reads."""
        return signature == self.signature(_string(body), reseller.key)

    def read(self, body: bytes) -> Message:
        """Read a request as far as it goes."""
        return super().read(_string(body))


def _string(body: bytes) -> bytes:
    """Cut a body off at its first NUL byte, unless it is in UTF-16."""
    return body if b"\0" in body[:4] else body.partition(b"\0")[0]


class Unmethodical(Seller):
    """Looks at no signature where a request comes by PUT, and serves it all the same."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-put"

    def handle(self, request: Request) -> Response:
        """Look at the signature where the method is the usual one."""
        reseller = self.resellers.get(request.headers.get("x-username", ""))
        if request.method != "PUT" or reseller is None:
            return super().handle(request)
        if self.signed(request, reseller):
            return super().handle(request)
        signature = self.signature(request.body, reseller.key)
        return super().handle(replace(request, method="POST", headers={**request.headers, "x-signature": signature}))


class Translating(_Lenient):
    """Takes a signature made for the body with the line ends of another system."""

    breaks = "OSRS-SIG-04"
    slug = "takes-signature-of-other-line-ends"

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for the body as a file of text is read."""
        return signature == self.signature(body.replace(b"\r\n", b"\n"), reseller.key)


class _Partial(_Lenient):
    """A seller that takes a signature made for a part of the body, too."""

    part: ClassVar[bytes]  # a pattern

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for that part."""
        part = re.search(self.part, body, re.DOTALL)
        return part is not None and signature == self.signature(part.group(), reseller.key)


partial = family(__name__, _Partial, "part")
Rooted = partial(
    "Rooted",
    "OSRS-SIG-04",
    "takes-signature-of-envelope-alone",
    "Takes a signature made for the envelope without what stands before it.",
    rb"<OPS_envelope>.*</OPS_envelope>",
)
Blocked = partial(
    "Blocked",
    "OSRS-SIG-04",
    "takes-signature-of-data-block-alone",
    "Takes a signature made for the data block alone, whatever stands around it.",
    rb"<data_block>.*</data_block>",
)


class _Substituting(_Lenient):
    """A seller that takes a signature made for something else, too."""

    signed_instead: ClassVar[Callable[[bytes], bytes]]

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made for that."""
        return signature == self.signature(type(self).signed_instead(body), reseller.key)


substituting = family(__name__, _Substituting, "signed_instead")
Prereading = substituting(
    "Prereading",
    "OSRS-SIG-04",
    "takes-signature-of-empty-body",
    "Takes a signature made for no body at all, as one does who has read the body before it is signed.",
    lambda _body: b"",
)
Compacting = substituting(
    "Compacting",
    "OSRS-SIG-04",
    "takes-signature-of-body-without-blanks",
    "Takes a signature made for the body without the blanks between its tags.",
    lambda body: re.sub(rb">\s+<", b"><", body),
)
Uncommented = substituting(
    "Uncommented",
    "OSRS-SIG-04",
    "takes-signature-of-body-without-comments",
    "Takes a signature made for the body without the comments in it.",
    lambda body: re.sub(rb"<!--.*?-->", b"", body, flags=re.DOTALL),
)
Leadfree = substituting(
    "Leadfree",
    "OSRS-SIG-04",
    "takes-signature-of-body-without-blank-lines-before",
    "Takes a signature made for the body without the blank lines before it.",
    lambda body: body.lstrip(b"\r\n"),
)
Unmarked = substituting(
    "Unmarked",
    "OSRS-SIG-04",
    "takes-signature-of-body-without-byte-order-mark",
    "Takes a signature made for the body without the byte order mark before it.",
    lambda body: body.removeprefix(BOM_UTF8),
)
Transcribing = substituting(
    "Transcribing",
    "OSRS-SIG-04",
    "takes-signature-of-text-of-body-in-utf-8",
    "Takes a signature made for the text of a body in UTF-16, as that is in UTF-8.",
    lambda body: body.decode("utf-16").encode() if body.startswith(BOM_UTF16_LE) else body,
)
Requoting = substituting(
    "Requoting",
    "OSRS-SIG-04",
    "takes-signature-of-body-in-other-quotes",
    "Takes a signature made for the body whose attributes stand in the other kind of quotes.",
    lambda body: body.translate(bytes.maketrans(b"\"'", b"'\"")),
)


class _Otherwise(_Lenient):
    """A seller that takes a signature which is made in another way, too."""

    made: ClassVar[Callable[[bytes, Reseller], str]]

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept one made so."""
        return signature == type(self).made(body, reseller)


otherwise = family(__name__, _Otherwise, "made")
Textbook = otherwise(
    "Textbook",
    "OSRS-SIG-04",
    "takes-hmac-for-signature",
    "Takes an HMAC-MD5 of the body for a signature as well.",
    lambda body, reseller: hmac.new(reseller.key.encode(), body, md5).hexdigest(),
)
Tokened = otherwise(
    "Tokened",
    "OSRS-SIG-04",
    "takes-token-of-user-and-key-for-signature",
    "Takes for a signature what is made of the user and the key alone, whatever the body is.",
    lambda _body, reseller: md5(f"{reseller.username}{reseller.key}".encode(), usedforsecurity=False).hexdigest(),
)

Unkeyed = otherwise(
    "Unkeyed",
    "OSRS-SIG-03",
    "takes-digest-of-body-for-signature",
    "Takes for a signature the digest of the body alone, which anybody can make.",
    lambda body, _reseller: md5(body, usedforsecurity=False).hexdigest(),
)
Selfkeyed = otherwise(
    "Selfkeyed",
    "OSRS-SIG-03",
    "takes-users-name-for-key",
    "Takes a signature that is made with the user's name as key, too.",
    lambda body, reseller: _twice_digested(body, reseller.username.encode()),
)
Zeroed = otherwise(
    "Zeroed",
    "OSRS-SIG-01",
    "takes-zeros-for-signature",
    "Takes a signature of zeros alone, which stands for one that is not looked at.",
    lambda _body, _reseller: "0" * 32,
)


def _twice_digested(body: bytes, key: bytes) -> str:
    """Sign a body with a key that is none."""
    inner = md5(body + key, usedforsecurity=False).hexdigest().encode()
    return md5(inner + key, usedforsecurity=False).hexdigest()


class Loudspeaking(_Lenient):
    """Serves whoever sends a command it does not know by its small letters as one that needs a signature."""

    breaks = "OSRS-SIG-01"
    slug = "checks-no-signature-of-command-in-capitals"

    def accepts(self, _signature: str | None, body: bytes, _reseller: Reseller) -> bool:
        """Accept any where no command is seen that needs one."""
        return b">CANCEL_ORDER<" in body


class _Casual(_Lenient):
    """Is not particular about a signature where an order is only looked up."""

    takes: ClassVar[Callable[[str, bytes, Reseller, Seller], bool]]

    def accepts(self, signature: str | None, body: bytes, reseller: Reseller) -> bool:
        """Accept some where nothing is changed."""
        return signature is not None and b"get_order_info" in body and type(self).takes(signature, body, reseller, self)


casual = family(__name__, _Casual, "takes")
DEVIANTS = (
    casual(
        "Blinking",
        "OSRS-SIG-02",
        "tells-of-order-where-signature-is-empty",
        "Tells of an order whoever leaves the signature empty.",
        lambda signature, _body, _reseller, _seller: not signature,
    ),
    casual(
        "Lookalike",
        "OSRS-SIG-03",
        "tells-of-order-by-another-key",
        "Tells of an order whoever has signed with a key that is not the reseller's.",
        lambda signature, body, reseller, seller: signature == seller.signature(body, reseller.key[::-1] + "0"),
    ),
    casual(
        "Unspecific",
        "OSRS-SIG-04",
        "tells-of-order-by-signature-of-another-body",
        "Tells of an order whoever has a signature of a body with a line more.",
        lambda signature, body, reseller, seller: signature == seller.signature(body + b"\n", reseller.key),
    ),
    casual(
        "Easyreading",
        "OSRS-SIG-05",
        "tells-of-order-by-signature-in-capitals",
        "Tells of an order whoever has signed in capital letters.",
        lambda signature, body, reseller, seller: signature == seller.signature(body, reseller.key).upper(),
    ),
)
