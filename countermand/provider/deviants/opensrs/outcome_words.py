"""Sellers whose is_success and response_code are not what they should be, or contradict each other."""

from __future__ import annotations

from typing import ClassVar

from countermand.provider.deviants.opensrs.base import Rewording, Slip, Slipping, besides, to
from countermand.provider.opensrs_message import Items
from countermand.provider.opensrs_trust import Answer


class _Wording(Slipping):
    """A seller with words of its own for failure and success."""

    key: ClassVar[str] = "is_success"
    words: ClassVar[tuple[str, str]]  # of failure, of success

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, in its own words."""
        items = super().items(answer)
        return {**items, self.key: self.words[answer.success]} if self.slips(answer) else items


class Truthful(_Wording):
    """Says true and false instead of 1 and 0."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("false", "true")


class Emphatic(_Wording):
    """Says True and False instead of 1 and 0."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("False", "True")


class Agreeable(_Wording):
    """Says yes and no instead of 1 and 0."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("no", "yes")


class Counting(_Wording):
    """Says 1 and 2 instead of 0 and 1."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("-1", "2")


class Padding(_Wording):
    """Says 00 and 01 instead of 0 and 1."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("00", "01")


class Exact(_Wording):
    """Says 0.0 and 1.0 instead of 0 and 1."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("0.0", "1.0")


class Empty(_Wording):
    """Leaves is_success empty."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07 RPL-08")
    words = ("", "")


class Perlish(_Wording):
    """Leaves is_success empty where it fails."""

    breaks = "OSRS-RPL-04"
    also = besides(not_applicable="RPL-07")
    words = ("", "1")


class Undecided(Rewording):
    """Leaves is_success out."""

    breaks = "OSRS-RPL-04"
    also = besides(departs="SCH-02", not_applicable="RPL-07 RPL-08")
    changes = to(is_success=None)


class Shamefaced(Rewording):
    """Leaves is_success out where it fails."""

    breaks = "OSRS-RPL-04"
    also = besides(departs="SCH-02", not_applicable="RPL-07")
    slips_on = Slip.FAILURES
    changes = to(is_success=None)


class Wordy(_Wording):
    """Gives words as its code."""

    breaks = "OSRS-RPL-05"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("FAILED", "OK")


class Verbose(_Wording):
    """Gives its code together with a word."""

    breaks = "OSRS-RPL-05"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("405 Not found", "200 OK")


class Hexadecimal(_Wording):
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
