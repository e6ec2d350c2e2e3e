"""What the reference seller of OpenSRS says, for sellers that always say the same."""

from __future__ import annotations

from countermand.provider.nulls import Faulting, Rejecting, Samples, Succeeding
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import Answer


def samples() -> Samples:
    """Give what it says to the example of the cancel_order page."""
    seller = Seller()
    attributes = {"domain": "example.org", "order_id": "578", "state": "declined"}
    success = Answer(
        success=True, code=200, text="Command completed successfully.", attributes=attributes, command="cancel_order"
    )
    failure = Answer(success=False, code=400, text="Command Failed", command="cancel_order")
    return {
        Faulting: seller.response(failure, status=400),
        Succeeding: seller.response(success),
        Rejecting: seller.response(failure),
    }
