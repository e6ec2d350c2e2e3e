"""What the reference seller of ALA says, for sellers that always say the same."""

from __future__ import annotations

from countermand.provider.ala.decision import Answer, Decision
from countermand.provider.ala.request import Cancellation
from countermand.provider.ala.seller import Seller
from countermand.provider.nulls import Faulting, Rejecting, Samples, Succeeding


def samples() -> Samples:
    """Give what it says to the example of the cancelOrder page."""
    asked = Cancellation(
        {
            "message.correlationId": "bac72cfa-475e-11e1-a92e-fb2ff6467c99",
            "buyer.buyerIdentifier": "SPDEV1",
            "seller.sellerIdentifier": "CITYFIBRE",
            "orderReferences.buyerOrderReference": "123e4567-e89b-12d3-a456-426614174000",
            "targetSellerOrderReference": "S-1",
        }
    )
    seller = Seller()
    return {
        Faulting: seller.fault(400, "Client.Message", "The message cannot be read."),
        Succeeding: seller.reply(asked, Answer(Decision.PENDING)),
        Rejecting: seller.reply(asked, Answer(Decision.REJECTED, "101", "The order is not in flight.")),
    }
