"""Sellers that slip where a cancellation names no order, or by no number: its refusal is a reply like any other."""

from __future__ import annotations

from countermand.provider.family import family
from countermand.provider.opensrs.deviants.base import UNLISTED, Slip, besides, rewordings
from countermand.provider.opensrs.deviants.codes import MISMATCHED
from countermand.provider.opensrs.deviants.envelopes import Replacing

rewording = rewordings(__name__, Slip.UNNUMBERED)
replacing = family(__name__, Replacing, "pattern", "instead", rewrites=Slip.UNNUMBERED)

DEVIANTS = (
    rewording(
        "Unspoken",
        "OSRS-RPL-01",
        "no-protocol-where-order-is-unnumbered",
        "Names no protocol where the order has no number.",
        protocol=None,
    ),
    rewording(
        "Motionless",
        "OSRS-RPL-02",
        "no-action-where-order-is-unnumbered",
        "Names no action where the order has no number.",
        also=UNLISTED,
        action=None,
    ),
    rewording(
        "Aimless",
        "OSRS-RPL-03",
        "no-object-where-order-is-unnumbered",
        "Names no object where the order has no number.",
        also=UNLISTED,
        object=None,
    ),
    rewording(
        "Wavering",
        "OSRS-RPL-04",
        "word-as-success-where-order-is-unnumbered",
        "Says a word for its failure where the order has no number.",
        is_success="false",
    ),
    rewording(
        "Flagless",
        "OSRS-RPL-04",
        "no-success-where-order-is-unnumbered",
        "Says by its code alone that it fails where the order has no number.",
        also=UNLISTED,
        is_success=None,
    ),
    rewording(
        "Uncounted",
        "OSRS-RPL-05",
        "no-code-where-order-is-unnumbered",
        "Gives no code where the order has no number.",
        also=UNLISTED,
        response_code=None,
    ),
    rewording(
        "Wordless",
        "OSRS-RPL-06",
        "no-text-where-order-is-unnumbered",
        "Describes no outcome where the order has no number.",
        also=UNLISTED,
        response_text=None,
    ),
    rewording(
        "Rosy",
        "OSRS-RPL-07",
        "code-of-success-where-order-is-unnumbered",
        "Fails with the code of success where the order has no number.",
        also=MISMATCHED,
        response_code="200",
    ),
    replacing(
        "Nicknaming",
        "OSRS-ENV-02",
        "envelope-renamed-where-order-is-unnumbered",
        "Calls the envelope another name where the order has no number.",
        rb"OPS_envelope",
        b"XCP_envelope",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
    replacing(
        "Beheaded",
        "OSRS-ENV-03",
        "no-header-where-order-is-unnumbered",
        "Sends no header where the order has no number.",
        rb" <header>.*</header>\n",
        b"",
        also=besides(fails="SCH-03", departs="SCH-01 SCH-02"),
    ),
)
