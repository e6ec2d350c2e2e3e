"""What stands before OpenSRS sellers alone: envelopes about the caller, which name neither object nor action."""

from __future__ import annotations

from dataclasses import dataclass

from countermand.provider.fronts import Front
from countermand.provider.noes import Body, No
from countermand.provider.opensrs import message as opensrs_message


@dataclass(frozen=True)
class Envelope(No):
    """A no in an envelope."""

    code: int = 401

    def __str__(self) -> str:
        return f"{self.status} {self.body} {self.code}"

    def written(self) -> bytes:
        """Give what stands in it."""
        return opensrs_message.write(
            {
                "protocol": "XCP",
                "response_text": "Authentication Error.",
                "response_code": str(self.code),
                "is_success": "0",
            }
        )


def fronts() -> dict[str, Front]:
    """Give the fronts that only this API has."""
    envelopes = (
        *(Envelope(200, Body.ENVELOPE, code) for code in (400, 401, 410, 415)),
        *(Envelope(status, Body.ENVELOPE) for status in (401, 403)),
        Envelope(200, Body.HEADLESS),
    )
    return {"envelopes": Front(strangers=envelopes)}
