"""Sellers that serve callers they should not."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import ClassVar

from lxml import etree

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.orders import Order
from countermand.provider.ala.request import Cancellation, twins, with_header
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.ala.style import Style
from countermand.provider.certificates import ANOTHER_BUYER, BUYER
from countermand.provider.crowd import Crowd
from countermand.provider.door import Asks, Door
from countermand.provider.http import Peer, Request, Response

#: Who is served was not turned away: what such a caller is told of the order follows from it.
SERVED = {"ALA-SEC-05": "not applicable"}


class Gullible(Seller):
    """Serves whoever knows a buyer's identifier, by whatever name the certificate goes."""

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Check only those it knows."""
        if peer and peer.name in {BUYER, ANOTHER_BUYER}:
            super().check_buyer(peer, asked)


class Open(Seller):
    """Serves a caller without a certificate."""

    breaks = "ALA-SEC-01"
    slug = "serves-caller-without-certificate"
    also: ClassVar = {"ALA-FLT-02": "not applicable", "ALA-FLT-07": "departs", **SERVED}

    def check_caller(self, peer: Peer | None) -> None:
        """Let everybody in."""

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Check only those who show one."""
        if peer is not None:
            super().check_buyer(peer, asked)


class Yielding(Open):
    """Serves a caller without a certificate who has been turned away three times."""

    breaks = "ALA-SEC-01"
    slug = "serves-persistent-caller-without-certificate"
    also: ClassVar = {"ALA-FLT-07": "departs"}
    patience: ClassVar[int] = 3

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.turned_away = 0

    def check_caller(self, peer: Peer | None) -> None:
        """Turn a stranger away as often as there is patience."""
        if peer is None and self.turned_away < self.patience:
            self.turned_away += 1
            Seller.check_caller(self, peer)


class Clannish(Gullible):
    """Serves a caller with any certificate of its own authority."""

    breaks = "ALA-SEC-02"
    slug = "serves-any-certificate-of-own-authority"


class Prejudging(Seller):
    """Tells a caller without a certificate, by status 400, that there is no such order, before it asks who is there."""

    breaks = "ALA-FLT-07"
    slug = "tells-stranger-order-unknown-with-400"
    also: ClassVar = {"ALA-SEC-05": "departs"}

    def serve(self, request: Request) -> Response:
        """Look the order up first."""
        if request.peer is None and request.method == "POST":
            asked = self.read(request)
            if self.find(asked) is None:
                raise RefusalError(400, "Client.Order", "There is no such order.")
        return super().serve(request)


class SelfServing(Gullible):
    """Serves a caller with a certificate that nobody but the caller has signed."""

    breaks = "ALA-SEC-02"
    slug = "serves-self-signed-certificate"
    also: ClassVar = SERVED

    @property
    def door(self) -> Door:
        """Admit what is self-signed."""
        return Door(Asks.A_CERTIFICATE, admits_self_signed=True)


class Softening(Gullible):
    """Serves a caller with a certificate that nobody but the caller has signed, once it has turned it away."""

    breaks = "ALA-SEC-02"
    slug = "serves-persistent-self-signed-certificate"
    also: ClassVar = SERVED

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.known: set[bytes] = set()

    @property
    def door(self) -> Door:
        """Admit what is self-signed."""
        return Door(Asks.A_CERTIFICATE, admits_self_signed=True)

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Know whoever has been here before."""
        if peer and peer.der not in self.known:
            self.known.add(peer.der)
            Seller.check_buyer(self, peer, asked)
        else:
            super().check_buyer(peer, asked)


class Cosmopolitan(Gullible):
    """Serves a caller with a certificate of any authority."""

    breaks = "ALA-SEC-02"
    slug = "serves-certificate-of-any-authority"

    @property
    def door(self) -> Door:
        """Admit other authorities."""
        return Door(Asks.A_CERTIFICATE, admits_other_authorities=True)


class Delegating(Gullible):
    """Serves a caller with a certificate that a buyer's own has issued, which is no authority's."""

    breaks = "ALA-SEC-02"
    slug = "serves-certificate-issued-by-buyers-own"

    @property
    def door(self) -> Door:
        """Admit what any certificate of its authority has signed."""
        return Door(Asks.A_CERTIFICATE, admits_issued_by_anybody_admitted=True)


class Undiscerning(Gullible):
    """Serves a caller with any certificate that is in date."""

    breaks = "ALA-SEC-02"
    slug = "serves-any-certificate-in-date"
    also: ClassVar = SERVED

    @property
    def door(self) -> Door:
        """Admit all."""
        return Door(Asks.A_CERTIFICATE, admits_self_signed=True, admits_other_authorities=True)


class Nominal(Seller):
    """Serves a caller whose certificate bears a buyer's name, whoever has signed it."""

    breaks = "ALA-SEC-02"
    slug = "serves-certificate-in-buyers-name-whoever-signed"
    also: ClassVar = SERVED

    @property
    def door(self) -> Door:
        """Admit all."""
        return Door(Asks.A_CERTIFICATE, admits_self_signed=True, admits_other_authorities=True)

    def check_caller(self, peer: Peer | None) -> None:
        """Look at the name, and at nothing else."""
        super().check_caller(peer if peer and peer.name in {BUYER, ANOTHER_BUYER} else None)


class Indulgent(Seller):
    """Serves a caller whose certificate has expired."""

    breaks = "ALA-SEC-03"
    slug = "serves-expired-certificate"

    @property
    def door(self) -> Door:
        """Admit what has expired."""
        return Door(Asks.A_CERTIFICATE, admits_expired=True)


class Trusting(Seller):
    """Lets a buyer speak for another."""

    breaks = "ALA-SEC-04"
    slug = "lets-buyer-speak-for-another"
    also: ClassVar = {"ALA-FLT-08": "not applicable", **SERVED}  # both follow

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Take the word of whoever is a buyer."""
        if peer is None or peer.name not in {BUYER, ANOTHER_BUYER}:
            super().check_buyer(peer, asked)


class Spaced(Seller):
    """Lets a buyer speak for another whose name it writes with blanks: it asks who that is as it is written."""

    breaks = "ALA-SEC-04"
    slug = "lets-buyer-speak-for-another-with-blanks"

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Check only the names it knows."""
        if self.written(asked) in {BUYER, ANOTHER_BUYER}:
            super().check_buyer(peer, asked)

    def written(self, asked: Cancellation) -> str:
        """Return the name as it is looked at."""
        return asked.fields.get("buyer.buyerIdentifier", "")


class Folding(Spaced):
    """Lets a buyer speak for another whose name it writes in the other case: orders are found whatever the case."""

    breaks = "ALA-SEC-04"
    slug = "lets-buyer-speak-for-another-in-other-case"

    def written(self, asked: Cancellation) -> str:
        """Return the name without blanks, as it is written otherwise."""
        return asked["buyer.buyerIdentifier"]

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Compare names whatever the case."""
        return order.owner.casefold() == asked["buyer.buyerIdentifier"].casefold()


class Widthblind(Folding):
    """Lets a buyer speak for another whose name it writes in full width: orders are found whatever the width."""

    breaks = "ALA-SEC-04"
    slug = "lets-buyer-speak-for-another-in-full-width"

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Compare names as many databases do."""
        return order.owner == unicodedata.normalize("NFKC", asked["buyer.buyerIdentifier"])


class Halfhearted(Seller):
    """Lets a buyer speak for another whom it names beside itself: it judges one of the two, and serves the other."""

    breaks = "ALA-SEC-04"
    slug = "serves-second-buyer-and-judges-first"
    judged: ClassVar[int] = 0
    apart: ClassVar[bool] = False  # where the two are in different namespaces, or else in one

    def parse_xml(self, body: bytes) -> etree._Element:
        """Leave out the buyer that is judged, once it is known to be the one who asks."""
        root = super().parse_xml(body)
        named = list(root.iter("{*}buyer"))
        if twins(named, apart=self.apart):
            judged = named[self.judged]
            self.vouched = "".join(map(str, judged.itertext("{*}buyerIdentifier"))).strip()
            parent = judged.getparent()
            if parent is not None:
                parent.remove(judged)
        else:
            self.vouched = ""
        return root

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Judge the one of them."""
        if peer is None or self.vouched != peer.name:
            super().check_buyer(peer, asked)


class Heedless(Halfhearted):
    """Lets a buyer speak for another whom it names before itself."""

    breaks = "ALA-SEC-04"
    slug = "serves-first-buyer-and-judges-second"
    judged: ClassVar[int] = -1


class Misnamed(Halfhearted):
    """Lets a buyer speak for another where it names itself before that, in another namespace."""

    breaks = "ALA-SEC-04"
    slug = "judges-buyer-in-another-namespace"
    apart: ClassVar[bool] = True


class Addressed(Seller):
    """Lets a buyer speak for another where it names itself in the envelope's header."""

    breaks = "ALA-SEC-04"
    slug = "judges-buyer-in-header-of-envelope"

    def read(self, request: Request) -> Cancellation:
        """Read a cancellation, and whom the header names."""
        return with_header(super().read(request), self.parse(request.body), "buyerIdentifier")

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Judge whoever stands first."""
        if peer is None or asked["header"] != peer.name:
            super().check_buyer(peer, asked)


class Worn(Trusting):
    """Lets a buyer speak for another once it has been told not to."""

    breaks = "ALA-SEC-04"
    slug = "lets-persistent-buyer-speak-for-another"

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.told_off = 0

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Refuse the first three."""
        claimed = asked["buyer.buyerIdentifier"]
        if peer and claimed and claimed != peer.name and self.told_off < 3:  # noqa: PLR2004
            self.told_off += 1
            Seller.check_buyer(self, peer, asked)
        super().check_buyer(peer, asked)


class Repetitive(Seller):
    """Tells whoever repeats a cancellation that was taken up what it said then, and does not ask who is there."""

    breaks = "ALA-SEC-01"
    slug = "tells-outcome-again-to-whoever-repeats"
    also: ClassVar = {"ALA-SEC-04": "departs"}

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.answered: dict[str, Response] = {}

    def serve(self, request: Request) -> Response:
        """Answer what has been answered before as it was answered then."""
        before = self.answered.get(_message(request))
        return super().serve(request) if before is None else before

    def answer(self, asked: Cancellation, answer: Answer) -> Response:
        """Answer, and remember where a cancellation is taken up."""
        response = super().answer(asked, answer)
        if answer.decision is Decision.PENDING and asked["message.messageId"]:
            self.answered[asked["message.messageId"]] = response
        return response


class Confounding(Repetitive):
    """Tells another buyer that repeats a cancellation of the buyer's what it said then."""

    breaks = "ALA-SEC-04"
    slug = "tells-outcome-again-to-another-buyer"
    also: ClassVar = {}

    def serve(self, request: Request) -> Response:
        """Answer so whoever is a buyer."""
        return Seller.serve(self, request) if request.peer is None else super().serve(request)


def _message(request: Request) -> str:
    """Find the id of the message in a request, by a look at its text."""
    match = re.search(rb"messageId>([^<]*)<", request.body)
    return match[1].decode("utf-8", "replace") if match else ""


class Confused(Seller):
    """Serves a caller without a certificate who names an order in the name of a buyer who has several connections."""

    breaks = "ALA-SEC-01"
    slug = "serves-stranger-as-buyer-with-several-connections"
    also: ClassVar = {"ALA-FLT-07": "not applicable", **SERVED}

    def __init__(self, style: Style | None = None) -> None:
        super().__init__(style)
        self.crowd = Crowd[Peer]()

    def handle(self, request: Request) -> Response:
        """Answer whoever asks, or the other one."""
        if self.mistakes(request.peer) and any(number.encode() in request.body for number in self.orders):
            return super().handle(replace(request, peer=self.crowd.other() or request.peer))
        if request.peer is not None:
            self.crowd.note(request.peer.name, request.peer)
        return super().handle(request)

    def mistakes(self, peer: Peer | None) -> bool:
        """Tell whether a caller may be taken for another."""
        return peer is None


class Distracted(Confused):
    """Lets a buyer speak for another who has several connections."""

    breaks = "ALA-SEC-04"
    slug = "lets-buyer-speak-for-one-with-several-connections"
    also: ClassVar = {"ALA-FLT-08": "not applicable", **SERVED}

    def mistakes(self, peer: Peer | None) -> bool:
        """Tell whether it is the other buyer."""
        return peer is not None and peer.name == ANOTHER_BUYER


class Unacquainted(Seller):
    """Does not compare the name of nobody with the certificate, and lets it own any order."""

    breaks = "ALA-SEC-04"
    slug = "lets-buyer-speak-for-nobody-about-any-order"

    def check_buyer(self, peer: Peer | None, asked: Cancellation) -> None:
        """Check only the names it knows."""
        if not _is_nobody(asked):
            super().check_buyer(peer, asked)

    def is_owner(self, order: Order, asked: Cancellation) -> bool:
        """Look for the owner only where the buyer is known."""
        return _is_nobody(asked) or super().is_owner(order, asked)


def _is_nobody(asked: Cancellation) -> bool:
    """Tell whether the buyer is none that there is, however the name of one may be written."""
    name = unicodedata.normalize("NFKC", asked["buyer.buyerIdentifier"]).upper()
    return name not in {BUYER, ANOTHER_BUYER}
