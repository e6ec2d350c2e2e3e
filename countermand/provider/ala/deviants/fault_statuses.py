"""Sellers that refuse rightly, by a status of their own choice."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala.deviants.faults import HTML
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.http import Response

PAGE = b"<!DOCTYPE html><title>No</title><body><p>No.</body>"
INCOMPLETE, STRANGER, IMPOSTOR = "Client.Incomplete", "Client.Authentication", "Client.Authorization"


class Answering(Seller):
    """Answers one kind of refusal with one status."""

    of: ClassVar[str]
    status: ClassVar[int]

    def refuse(self, refusal: RefusalError) -> Response:
        """Change the status."""
        if refusal.code == self.of:
            return super().refuse(RefusalError(self.status, refusal.code, refusal.message))
        return super().refuse(refusal)


class Smooth(Answering):
    """Answers an incomplete cancellation with 200, as a rejection."""

    breaks = "ALA-FLT-06"
    slug = "says-incomplete-with-200-rejection"
    of, status = INCOMPLETE, 200


class Glossing(Seller):
    """Answers an incomplete cancellation with 200, as a fault."""

    breaks = "ALA-FLT-06"
    slug = "says-incomplete-with-200-fault"

    def refuse(self, refusal: RefusalError) -> Response:
        """Say the fault as if it were none."""
        if refusal.code == INCOMPLETE:
            return self.fault(200, refusal.code, refusal.message)
        return super().refuse(refusal)


class Overrefined(Answering):
    """Answers an incomplete cancellation with 422."""

    breaks = "ALA-FLT-06"
    slug = "says-incomplete-with-422"
    of, status = INCOMPLETE, 422


class Stumbling(Answering):
    """Answers an incomplete cancellation with 500."""

    breaks = "ALA-FLT-06"
    slug = "says-incomplete-with-500"
    of, status = INCOMPLETE, 500


class Bewildered(Answering):
    """Answers an incomplete cancellation with 404."""

    breaks = "ALA-FLT-06"
    slug = "says-incomplete-with-404"
    of, status = INCOMPLETE, 404


class Forbidding(Answering):
    """Answers a caller without a certificate with 403."""

    breaks = "ALA-FLT-07"
    slug = "says-no-certificate-with-403"
    also: ClassVar = {"ALA-FLT-02": "not applicable"}
    of, status = STRANGER, 403


class Blaming(Answering):
    """Answers a caller without a certificate with 400."""

    breaks = "ALA-FLT-07"
    slug = "says-no-certificate-with-400"
    also: ClassVar = {"ALA-FLT-02": "not applicable"}
    of, status = STRANGER, 400


class Fainting(Answering):
    """Answers a caller without a certificate with 500."""

    breaks = "ALA-FLT-07"
    slug = "says-no-certificate-with-500"
    also: ClassVar = {"ALA-FLT-02": "not applicable"}
    of, status = STRANGER, 500


class Doubting(Answering):
    """Answers a buyer who speaks for another with 401."""

    breaks = "ALA-FLT-08"
    slug = "says-impostor-with-401"
    also: ClassVar = {"ALA-FLT-03": "not applicable"}
    of, status = IMPOSTOR, 401


class Faulting(Answering):
    """Answers a buyer who speaks for another with 400."""

    breaks = "ALA-FLT-08"
    slug = "says-impostor-with-400"
    also: ClassVar = {"ALA-FLT-03": "not applicable"}
    of, status = IMPOSTOR, 400


class Polite(Answering):
    """Answers a buyer who speaks for another with 200, as a rejection."""

    breaks = "ALA-FLT-08"
    slug = "says-impostor-with-200"
    also: ClassVar = {"ALA-FLT-03": "not applicable"}
    of, status = IMPOSTOR, 200


class Snubbing(Answering):
    """Answers a buyer who speaks for another with 401, and a page."""

    breaks = "ALA-FLT-02"
    slug = "says-impostor-with-401-page"
    also: ClassVar = {"ALA-FLT-03": "not applicable", "ALA-FLT-08": "departs", "ALA-FLT-10": "departs", "ALA-HTTP-03": "departs"}
    of, status = IMPOSTOR, 401

    def refuse(self, refusal: RefusalError) -> Response:
        """Show a page to whom it knows."""
        refused = super().refuse(refusal)
        return Response(refused.status, PAGE, (("Content-Type", HTML),)) if refusal.code == self.of else refused


class Cutting(Answering):
    """Answers a buyer who speaks for another with 401, and not a word."""

    breaks = "ALA-FLT-02"
    slug = "says-impostor-with-401-nothing"
    also: ClassVar = {"ALA-FLT-03": "not applicable", "ALA-FLT-08": "departs", "ALA-FLT-10": "departs"}
    of, status = IMPOSTOR, 401

    def refuse(self, refusal: RefusalError) -> Response:
        """Say nothing to whom it knows."""
        refused = super().refuse(refusal)
        return Response(refused.status) if refusal.code == self.of else refused
