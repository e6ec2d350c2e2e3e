"""Sellers whose protocol, action, object and text are not those documented for a reply."""

from __future__ import annotations

from countermand.provider.opensrs.deviants.base import Rewording, Slip, besides, to


class Foreignspeaking(Rewording):
    """Names another protocol."""

    breaks = "OSRS-RPL-01"
    slug = "names-another-protocol"
    changes = to(protocol="EPP")


class Unprotocolled(Rewording):
    """Names no protocol."""

    breaks = "OSRS-RPL-01"
    slug = "no-protocol"
    changes = to(protocol=None)


class Blank(Rewording):
    """Leaves the protocol empty."""

    breaks = "OSRS-RPL-01"
    slug = "empty-protocol"
    changes = to(protocol="")


class Parroting(Rewording):
    """Repeats the action asked for instead of calling its own REPLY."""

    breaks = "OSRS-RPL-02"
    slug = "repeats-action-asked-for"
    changes = to(action="cancel_order")


class Actionless(Rewording):
    """Names no action."""

    breaks = "OSRS-RPL-02"
    slug = "no-action"
    also = besides(departs="SCH-02")
    changes = to(action=None)


class Idle(Rewording):
    """Leaves the action empty."""

    breaks = "OSRS-RPL-02"
    slug = "empty-action"
    changes = to(action="")


class Responding(Rewording):
    """Calls its action RESPONSE."""

    breaks = "OSRS-RPL-02"
    slug = "action-response"
    changes = to(action="RESPONSE")


class Confused(Rewording):
    """Calls its action the reply to another command."""

    breaks = "OSRS-RPL-02"
    slug = "action-of-another-command"
    changes = to(action="GET_ORDER_INFO:REPLY")


class Curt(Rewording):
    """Names no action where it fails."""

    breaks = "OSRS-RPL-02"
    slug = "no-action-on-failure"
    also = besides(departs="SCH-02")
    slips_on = Slip.FAILURES
    changes = to(action=None)


class Misaddressed(Rewording):
    """Speaks of another object."""

    breaks = "OSRS-RPL-03"
    slug = "names-another-object"
    changes = to(object="DOMAIN")


class Objectless(Rewording):
    """Names no object."""

    breaks = "OSRS-RPL-03"
    slug = "no-object"
    also = besides(departs="SCH-02")
    changes = to(object=None)


class Pointless(Rewording):
    """Leaves the object empty."""

    breaks = "OSRS-RPL-03"
    slug = "empty-object"
    changes = to(object="")


class Hyphenating(Rewording):
    """Misspells its object."""

    breaks = "OSRS-RPL-03"
    slug = "misspelt-object"
    changes = to(object="TRUST-SERVICE")


class Vague(Rewording):
    """Names no object where it fails."""

    breaks = "OSRS-RPL-03"
    slug = "no-object-on-failure"
    also = besides(departs="SCH-02")
    slips_on = Slip.FAILURES
    changes = to(object=None)


class Taciturn(Rewording):
    """Describes no outcome."""

    breaks = "OSRS-RPL-06"
    slug = "no-response-text"
    also = besides(departs="SCH-02")
    changes = to(response_text=None)


class Mumbling(Rewording):
    """Describes its outcome by nothing."""

    breaks = "OSRS-RPL-06"
    slug = "empty-response-text"
    changes = to(response_text="")


class Whispering(Rewording):
    """Describes its outcome by blanks."""

    breaks = "OSRS-RPL-06"
    slug = "blank-response-text"
    changes = to(response_text="  ")


class Sullen(Rewording):
    """Describes no outcome where it fails."""

    breaks = "OSRS-RPL-06"
    slug = "no-response-text-on-failure"
    also = besides(departs="SCH-02")
    slips_on = Slip.FAILURES
    changes = to(response_text=None)
