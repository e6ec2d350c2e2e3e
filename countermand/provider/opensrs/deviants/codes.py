"""Sellers whose response_code is not what it should be, or contradicts is_success."""

from __future__ import annotations

from countermand.provider.opensrs.deviants.base import Rewording, Slip, Wording, besides, to
from countermand.provider.opensrs.message import Items
from countermand.provider.opensrs.seller import Seller
from countermand.provider.opensrs.trust import REFUSALS, Answer, Reason


class Wordy(Wording):
    """Gives words as its code."""

    breaks = "OSRS-RPL-05"
    slug = "words-as-response-code"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("FAILED", "OK")


class Verbose(Wording):
    """Gives its code together with a word."""

    breaks = "OSRS-RPL-05"
    slug = "response-code-with-word"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("405 Not found", "200 OK")


class Hexadecimal(Wording):
    """Gives its code in hexadecimal digits."""

    breaks = "OSRS-RPL-05"
    slug = "response-code-in-hexadecimal"
    also = besides(not_applicable="RPL-07 RPL-08")
    key = "response_code"
    words = ("0x195", "0xC8")


class Codeless(Rewording):
    """Gives no code."""

    breaks = "OSRS-RPL-05"
    slug = "no-response-code"
    also = besides(departs="SCH-02", not_applicable="RPL-07 RPL-08")
    changes = to(response_code=None)


class Numberless(Rewording):
    """Leaves the code empty."""

    breaks = "OSRS-RPL-05"
    slug = "empty-response-code"
    also = besides(not_applicable="RPL-07 RPL-08")
    changes = to(response_code="")


class Secretive(Rewording):
    """Gives no code where it fails."""

    breaks = "OSRS-RPL-05"
    slug = "no-response-code-on-failure"
    also = besides(departs="SCH-02", not_applicable="RPL-07")
    slips_on = Slip.FAILURES
    changes = to(response_code=None)


class Cheerful(Rewording):
    """Fails with the code of success."""

    breaks = "OSRS-RPL-07"
    slug = "fails-with-code-200"
    also = besides(departs="RPL-09")
    slips_on = Slip.FAILURES
    changes = to(response_code="200")


class Optimistic(Rewording):
    """Fails with another code of success."""

    breaks = "OSRS-RPL-07"
    slug = "fails-with-another-code-of-success"
    also = besides(departs="RPL-09")
    slips_on = Slip.FAILURES
    changes = to(response_code="299")


class Zeroing(Rewording):
    """Fails with code 0."""

    breaks = "OSRS-RPL-07"
    slug = "fails-with-code-0"
    slips_on = Slip.FAILURES
    changes = to(response_code="0")


class Gloomy(Rewording):
    """Succeeds with a code of failure."""

    breaks = "OSRS-RPL-08"
    slug = "succeeds-with-code-of-failure"
    also = besides(departs="RPL-09")
    slips_on = Slip.SUCCESSES
    changes = to(response_code="485")


class Provisional(Rewording):
    """Succeeds with a code of one hundred."""

    breaks = "OSRS-RPL-08"
    slug = "succeeds-with-code-of-one-hundred"
    slips_on = Slip.SUCCESSES
    changes = to(response_code="100")


class Shellminded(Rewording):
    """Succeeds with code 0."""

    breaks = "OSRS-RPL-08"
    slug = "succeeds-with-code-0"
    slips_on = Slip.SUCCESSES
    changes = to(response_code="0")


class Doublespoken(Seller):
    """Turns a caller that names no user away with the code and the words for it, and says that this is a success."""

    breaks = "OSRS-RPL-09"
    slug = "turns-away-unnamed-user-with-success"

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, and say yes where nobody was served."""
        items = super().items(answer)
        unnamed = answer.text == REFUSALS[Reason.USER][1]
        return {**items, "response_code": "404", "is_success": "1"} if unnamed else items


class Halfhearted(Seller):
    """Turns a caller away with the code of success, and says that this is a failure."""

    breaks = "OSRS-RPL-09"
    slug = "turns-away-with-code-of-success"

    def items(self, answer: Answer) -> Items:
        """Arrange an answer, and give the code of a success where nobody was served."""
        items = super().items(answer)
        return {**items, "response_code": "200"} if answer.thing == "AUTHENTICATE" else items
