"""Sellers that refuse rightly, by a status of their own choice."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.ala.deviants.faults import HTML
from countermand.provider.ala.seller import RefusalError, Seller
from countermand.provider.family import family
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


class Glossing(Seller):
    """Answers an incomplete cancellation with 200, as a fault."""

    breaks = "ALA-FLT-06"
    slug = "says-incomplete-with-200-fault"

    def refuse(self, refusal: RefusalError) -> Response:
        """Say the fault as if it were none."""
        if refusal.code == INCOMPLETE:
            return self.fault(200, refusal.code, refusal.message)
        return super().refuse(refusal)


class Snubbing(Answering):
    """Answers a buyer who speaks for another with 401, and a page."""

    breaks = "ALA-FLT-02"
    slug = "says-impostor-with-401-page"
    also: ClassVar = {
        "ALA-FLT-03": "not applicable",
        "ALA-FLT-08": "departs",
        "ALA-FLT-10": "departs",
        "ALA-HTTP-03": "departs",
    }
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


incomplete = family(__name__, Answering, "status", of=INCOMPLETE)
stranger = family(__name__, Answering, "status", of=STRANGER, also={"ALA-FLT-02": "not applicable"})
impostor = family(__name__, Answering, "status", of=IMPOSTOR, also={"ALA-FLT-03": "not applicable"})

DEVIANTS = (
    incomplete(
        "Smooth",
        "ALA-FLT-06",
        "says-incomplete-with-200-rejection",
        "Answers an incomplete cancellation with 200, as a rejection.",
        200,
    ),
    incomplete(
        "Overrefined", "ALA-FLT-06", "says-incomplete-with-422", "Answers an incomplete cancellation with 422.", 422
    ),
    incomplete(
        "Stumbling", "ALA-FLT-06", "says-incomplete-with-500", "Answers an incomplete cancellation with 500.", 500
    ),
    incomplete(
        "Bewildered", "ALA-FLT-06", "says-incomplete-with-404", "Answers an incomplete cancellation with 404.", 404
    ),
    stranger(
        "Forbidding",
        "ALA-FLT-07",
        "says-no-certificate-with-403",
        "Answers a caller without a certificate with 403.",
        403,
    ),
    stranger(
        "Blaming", "ALA-FLT-07", "says-no-certificate-with-400", "Answers a caller without a certificate with 400.", 400
    ),
    stranger(
        "Fainting",
        "ALA-FLT-07",
        "says-no-certificate-with-500",
        "Answers a caller without a certificate with 500.",
        500,
    ),
    impostor(
        "Doubting", "ALA-FLT-08", "says-impostor-with-401", "Answers a buyer who speaks for another with 401.", 401
    ),
    impostor(
        "Faulting", "ALA-FLT-08", "says-impostor-with-400", "Answers a buyer who speaks for another with 400.", 400
    ),
    impostor(
        "Polite",
        "ALA-FLT-08",
        "says-impostor-with-200",
        "Answers a buyer who speaks for another with 200, as a rejection.",
        200,
    ),
)
