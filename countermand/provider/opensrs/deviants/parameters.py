"""Sellers whose protocol, action, object and text are not those documented for a reply."""

from __future__ import annotations

from countermand.provider.opensrs.deviants.base import Rewording, Slip, besides, to


class Foreignspeaking(Rewording):
    """Names another protocol."""

    breaks = "OSRS-RPL-01"
    changes = to(protocol="EPP")


class Unprotocolled(Rewording):
    """Names no protocol."""

    breaks = "OSRS-RPL-01"
    changes = to(protocol=None)


class Blank(Rewording):
    """Leaves the protocol empty."""

    breaks = "OSRS-RPL-01"
    changes = to(protocol="")


class Parroting(Rewording):
    """Repeats the action asked for instead of calling its own REPLY."""

    breaks = "OSRS-RPL-02"
    changes = to(action="cancel_order")


class Actionless(Rewording):
    """Names no action."""

    breaks = "OSRS-RPL-02"
    also = besides(departs="SCH-02")
    changes = to(action=None)


class Idle(Rewording):
    """Leaves the action empty."""

    breaks = "OSRS-RPL-02"
    changes = to(action="")


class Responding(Rewording):
    """Calls its action RESPONSE."""

    breaks = "OSRS-RPL-02"
    changes = to(action="RESPONSE")


class Confused(Rewording):
    """Calls its action the reply to another command."""

    breaks = "OSRS-RPL-02"
    changes = to(action="GET_ORDER_INFO:REPLY")


class Curt(Rewording):
    """Names no action where it fails."""

    breaks = "OSRS-RPL-02"
    also = besides(departs="SCH-02")
    slips_on = Slip.FAILURES
    changes = to(action=None)


class Misaddressed(Rewording):
    """Speaks of another object."""

    breaks = "OSRS-RPL-03"
    changes = to(object="DOMAIN")


class Objectless(Rewording):
    """Names no object."""

    breaks = "OSRS-RPL-03"
    also = besides(departs="SCH-02")
    changes = to(object=None)


class Pointless(Rewording):
    """Leaves the object empty."""

    breaks = "OSRS-RPL-03"
    changes = to(object="")


class Hyphenating(Rewording):
    """Misspells its object."""

    breaks = "OSRS-RPL-03"
    changes = to(object="TRUST-SERVICE")


class Vague(Rewording):
    """Names no object where it fails."""

    breaks = "OSRS-RPL-03"
    also = besides(departs="SCH-02")
    slips_on = Slip.FAILURES
    changes = to(object=None)


class Taciturn(Rewording):
    """Describes no outcome."""

    breaks = "OSRS-RPL-06"
    also = besides(departs="SCH-02")
    changes = to(response_text=None)


class Mumbling(Rewording):
    """Describes its outcome by nothing."""

    breaks = "OSRS-RPL-06"
    changes = to(response_text="")


class Whispering(Rewording):
    """Describes its outcome by blanks."""

    breaks = "OSRS-RPL-06"
    changes = to(response_text="  ")


class Sullen(Rewording):
    """Describes no outcome where it fails."""

    breaks = "OSRS-RPL-06"
    also = besides(departs="SCH-02")
    slips_on = Slip.FAILURES
    changes = to(response_text=None)
