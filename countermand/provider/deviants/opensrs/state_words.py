"""Sellers that tell a state by a word that is not one of the seven, for each state a cancellation may begin in."""

from __future__ import annotations

from countermand.provider.deviants.opensrs.base import Misnaming, besides
from countermand.provider.opensrs_orders import State


class American(Misnaming):
    """Spells cancelled with one l."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "canceled"


class Capital(Misnaming):
    """Writes Cancelled with a capital letter."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "Cancelled"


class Shouting(Misnaming):
    """Writes CANCELLED in capital letters."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "CANCELLED"


class Inventive(Misnaming):
    """Calls a cancelled order void."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "void"


class Numeric(Misnaming):
    """Gives a number for the state."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.PENDING, "3"


class Underscoring(Misnaming):
    """Tells a cancellation under way by a word with an underscore."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.IN_PROGRESS, "in_progress"


class Cancelling(Misnaming):
    """Says of an order in progress that it is being cancelled."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.IN_PROGRESS, "cancelling"


class Refusing(Misnaming):
    """Calls an order that awaited approval refused."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.AWAITING_APPROVAL, "refused"


class Spacing(Misnaming):
    """Writes awaiting approval as two words."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.AWAITING_APPROVAL, "awaiting approval"


class Declining(Misnaming):
    """Writes Declined with a capital letter for a confirmed order."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.APPROVER_CONFIRMED, "Declined"


class Concluding(Misnaming):
    """Answers the cancellation of a completed order with success, and calls it complete."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.COMPLETED, "complete"


class Repeating(Misnaming):
    """Answers the cancellation of a cancelled order with success, and calls it already-cancelled."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.CANCELLED, "already-cancelled"


class Rejecting(Misnaming):
    """Answers the cancellation of a declined order with success, and calls it rejected."""

    breaks = "OSRS-STA-01"
    also = besides(departs="STA-02")
    begun, word = State.DECLINED, "rejected"
