"""Sellers whose response_code is not what it should be, or contradicts is_success."""

from __future__ import annotations

from countermand.provider.deviants.opensrs.base import Rewording, Slip, Wording, besides, to


class Wordy(Wording):
    """Gives words as its code."""

    breaks = "OSRS-RPL-05"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("FAILED", "OK")


class Verbose(Wording):
    """Gives its code together with a word."""

    breaks = "OSRS-RPL-05"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("405 Not found", "200 OK")


class Hexadecimal(Wording):
    """Gives its code in hexadecimal digits."""

    breaks = "OSRS-RPL-05"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("0x195", "0xC8")


class Codeless(Rewording):
    """Gives no code."""

    breaks = "OSRS-RPL-05"
    also = besides(departs="SCH-02", not_applicable="RPL-07 RPL-08")
    changes = to(response_code=None)


class Numberless(Rewording):
    """Leaves the code empty."""

    breaks = "OSRS-RPL-05"
    also = besides(not_applicable="RPL-07 RPL-08")
    changes = to(response_code="")


class Secretive(Rewording):
    """Gives no code where it fails."""

    breaks = "OSRS-RPL-05"
    also = besides(departs="SCH-02", not_applicable="RPL-07")
    slips_on = Slip.FAILURES
    changes = to(response_code=None)


class Cheerful(Rewording):
    """Fails with the code of success."""

    breaks = "OSRS-RPL-07"
    slips_on = Slip.FAILURES
    changes = to(response_code="200")


class Optimistic(Rewording):
    """Fails with another code of success."""

    breaks = "OSRS-RPL-07"
    slips_on = Slip.FAILURES
    changes = to(response_code="299")


class Zeroing(Rewording):
    """Fails with code 0."""

    breaks = "OSRS-RPL-07"
    slips_on = Slip.FAILURES
    changes = to(response_code="0")


class Gloomy(Rewording):
    """Succeeds with a code of failure."""

    breaks = "OSRS-RPL-08"
    slips_on = Slip.SUCCESSES
    changes = to(response_code="485")


class Provisional(Rewording):
    """Succeeds with a code of one hundred."""

    breaks = "OSRS-RPL-08"
    slips_on = Slip.SUCCESSES
    changes = to(response_code="100")


class Shellminded(Rewording):
    """Succeeds with code 0."""

    breaks = "OSRS-RPL-08"
    slips_on = Slip.SUCCESSES
    changes = to(response_code="0")
